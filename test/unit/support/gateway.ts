import { env, exports } from "cloudflare:workers";
import { vi, type MockInstance } from "vitest";
import type { Control } from "../../../gateway/index.ts";
import { hashToken } from "../../../shared/hash.ts";
import { OPEN_POLICY } from "../../../shared/policy.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { generateToken, newTokenId, tokenShape } from "../../../shared/token.ts";

/** The keys that vitest.config.ts gives the gateway under test. */
export const KEYS = {
  openai: "unit-test-openai-key",
  anthropic: "unit-test-anthropic-key",
  gemini: "unit-test-gemini-key",
} as const;

export const gatewayEnv = env as GatewayEnv;
/** The gateway's RPC entrypoint, as the admin has it. */
export const control = (exports as unknown as { Control: Service<typeof Control> }).Control;
const gateway = (exports as unknown as { default: Fetcher }).default;

/** A token with its record; nothing is stored yet. */
export interface TestToken {
  secret: string;
  hash: string;
  record: TokenRecord;
}

/** Makes a token and its record, generated or typed. */
export async function makeToken(change: Partial<TokenRecord> = {}, typed?: string): Promise<TestToken> {
  const id = change.id ?? newTokenId();
  const secret = typed ?? generateToken(id);
  const hash = await hashToken(secret);
  const record: TokenRecord = {
    ...OPEN_POLICY,
    // These tests are about the wire: nothing that a provider has is closed to them.
    endpoints: "all",
    policy: null,
    holderActedAt: null,
    claim: null,
    schema: 2,
    id,
    version: 1,
    label: "test",
    note: null,
    state: "active",
    providers: ["openai", "anthropic", "gemini"],
    secrets: [{ hash, typed: tokenShape(secret)?.kind === "typed", endsAt: null }],
    expiresAt: null,
    createdAt: 0,
    updatedAt: 0,
    ...change,
  };
  return { secret, hash, record };
}

/** Puts a record where a KV write of the admin's would. */
export async function publish({ hash, record }: TestToken): Promise<void> {
  await gatewayEnv.TOKENS.put(hash, JSON.stringify(record));
}

/** Makes a token that KV and its guard know. */
export async function issue(change: Partial<TokenRecord> = {}, typed?: string): Promise<TestToken> {
  const token = await makeToken(change, typed);
  await publish(token);
  await control.apply(token.record);
  return token;
}

/** What went upstream, one entry a request. */
export interface Sent {
  url: string;
  method: string;
  headers: Headers;
  body: string;
}

/** Stands in for all providers: records what reaches them, and answers with what the test gives. */
export function fakeUpstream(answer: () => Response | Promise<Response> = () => Response.json({ ok: true })): {
  sent: Sent[];
  spy: MockInstance<typeof fetch>;
} {
  const sent: Sent[] = [];
  const spy = vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const { method, headers } = request;
    // What was asked for, before a parser touched it.
    const url = typeof input === "string" ? input : request.url;
    sent.push({ url, method, headers, body: await request.text() });
    return answer();
  });
  return { sent, spy };
}

/** Sends a request to the gateway under test. */
export function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return gateway.fetch(`https://gateway.example${path}`, init);
}

/** Sends a request with a token as Bearer. */
export function askAs(secret: string, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${secret}`);
  return ask(path, { ...init, headers });
}
