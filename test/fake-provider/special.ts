import { type Answer, type Call, whole } from "./call.ts";
import { DIALECTS } from "./dialects.ts";
import { type Dialect, failure } from "./errors.ts";
import type { Plan } from "./plan.ts";

const SPECIAL: Record<NonNullable<Plan["special"]>, (call: Call, key: string, dialect: Dialect) => Answer> = {
  "key-in-error": (_call, key) => {
    const consumer = `Permission denied: Consumer 'api_key:${key}' has been suspended.`;
    const details = [
      {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        reason: "CONSUMER_SUSPENDED",
        domain: "googleapis.com",
        metadata: { containerInfo: `api_key:${key}`, consumer: "projects/000000000000" },
      },
      { "@type": "type.googleapis.com/google.rpc.LocalizedMessage", locale: "en-US", message: consumer },
    ];
    const error = { code: 403, message: consumer, status: "PERMISSION_DENIED", type: "permission_error", details };
    return whole({ type: "error", error }, 403, { "x-fake-echo": `api_key:${key}` });
  },
  "key-rejected": (call, key, dialect) => DIALECTS[dialect].refusal(call, key),
  "account-in-error": (call, _key, dialect) => {
    const where = "in organization org-fake0000account, project proj_fake0000account, consumer projects/000000000000";
    return failure(dialect, call, 429, `Rate limit reached for requests ${where}.`);
  },
  html: () => ({
    kind: "whole",
    status: 502,
    headers: { "content-type": "text/html" },
    body: "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>\n",
  }),
  redirect: (call) => {
    const headers = { location: `https://elsewhere.example${call.path}` };
    return { kind: "whole", status: 307, headers, body: "" };
  },
};

/**
 * The special answer that a plan asks for, or null.
 *
 * @param key the real key, which some of them leak on purpose
 * @param dialect whose shape the answer has
 */
export function special(call: Call, key: string, dialect: Dialect): Answer | null {
  return call.plan.special === null ? null : SPECIAL[call.plan.special](call, key, dialect);
}
