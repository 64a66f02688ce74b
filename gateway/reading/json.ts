import { countsTokens, type Policy } from "../../shared/policy.ts";
import { unreadCall, type Call } from "../call.ts";
import type { Endpoint } from "../endpoints.ts";
import { Refused } from "../refusals.ts";
import { askedFor } from "./asked.ts";
import { textOf } from "./body.ts";
import { fieldsOf, sharedFieldsOf, type Fields } from "./fields.ts";
import { judged } from "./judged.ts";
import { firstModel, isPlain } from "./quick.ts";
import { scanJson, type Scan } from "./scan.ts";
import { withUsage } from "./usage-option.ts";

const unreadable = (problem: string): Refused => new Refused({ code: "unreadable_request", problem });

/**
 * A JSON object as its fields, where nobody can read it otherwise.
 *
 * @throws Refused `unreadable_request`
 */
export function parseJson(text: string): { body: Fields; scan: Scan } {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw unreadable("The body is not valid JSON. This token's requests are read, so they have to be.");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw unreadable("The body has to be a JSON object.");
  }
  const scan = scanJson(text);
  if (scan.doubled !== null) {
    // One reader takes the first, another one the last: what is judged here might not be what counts there.
    throw unreadable(`The field "${scan.doubled.slice(0, 100)}" stands twice in one object of the body. Send it once.`);
  }
  return { body: fieldsOf(body), scan };
}

/** A call as its JSON body tells it, and the body as it goes upstream where that isn't as it came. */
export interface JsonReading {
  call: Call;
  /** Null: as it came. */
  changed: string | null;
}

/**
 * Reads a JSON body.
 *
 * @param bytes of it, behind its content coding
 * @param named the model that the address names; null: the body names it
 * @param whole whether more of it matters than fields that reach what is shared
 * @throws Refused `unreadable_request`, `field_not_allowed`
 */
export function readJson(
  bytes: Uint8Array,
  endpoint: Endpoint,
  named: string | null,
  policy: Policy,
  whole: boolean,
): JsonReading {
  const text = textOf(bytes);
  const rules = sharedFieldsOf(endpoint.body);
  const model = whole ? null : (named ?? firstModel(text));
  if (!whole && isPlain(text, model, rules)) return { call: { ...unreadCall(endpoint), model }, changed: null };
  const { body, scan } = parseJson(text);
  const { input, namesStored } = judged(body, bytes.length, { rules, refuses: policy.endpoints === "inference" });
  const { tier, ...asked } = askedFor(endpoint.body, body);
  // What a tool of the provider's brings in is read by the model too.
  if (asked.hostedTools.length > 0) input.unseen = true;
  const usageAdded = endpoint.body === "chat" && asked.stream && !asked.asksForUsage && countsTokens(policy);
  const call: Call = {
    endpoint,
    ...asked,
    model: named ?? asked.model,
    usageAdded,
    input,
    ...(tier !== undefined && { tier }),
    ...(namesStored && { namesStored }),
  };
  return { call, changed: usageAdded ? withUsage(text, body["stream_options"], scan) : null };
}
