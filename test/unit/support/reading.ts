import { endpointOf } from "../../../gateway/endpoints/find.ts";
import type { Route } from "../../../gateway/providers.ts";
import { readCall } from "../../../gateway/reading/read.ts";
import { Refused } from "../../../gateway/refusals.ts";
import { OPEN_POLICY, type Policy } from "../../../shared/policy.ts";

/** Goes by what requests cost. */
export const LIMITED: Policy = {
  ...OPEN_POLICY,
  limits: {
    requestsPerMinute: null,
    tokensPerMinute: null,
    concurrency: null,
    queueSeconds: 0,
    budgets: [{ usd: 1, per: "day", warnAt: null }],
  },
};
/** Goes by nothing in a body. */
export const ALL: Policy = { ...OPEN_POLICY, endpoints: "all" };

/** What a body is read for; left out: an OpenAI chat of an open token. */
export interface Asked {
  route?: Route;
  path?: string;
  policy?: Policy;
  headers?: Record<string, string>;
}

/** Where chats are asked for. */
export const CHAT = "/v1/chat/completions";

/** Reads a body as the gateway does before it is admitted. */
export async function read(body: BodyInit, asked: Asked = {}) {
  const { route = "openai", path = CHAT, policy = OPEN_POLICY, headers = {} } = asked;
  const request = new Request(`https://gateway.example${path}`, { method: "POST", body, headers });
  const reading = await readCall(request, { path, query: "" }, endpointOf(route, "POST", path, false), policy);
  const text = reading.body instanceof Uint8Array ? new TextDecoder().decode(reading.body) : reading.body;
  return { call: reading.call, text };
}

/** The refusal that a reading ends in; what it gave where it ends in none. */
export async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    return error instanceof Refused ? error.refusal : error;
  }
}

/** A value as a body. */
export const json = (value: unknown): string => JSON.stringify(value);
