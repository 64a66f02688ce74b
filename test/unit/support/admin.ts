import { createExecutionContext, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { makeApp } from "../../../admin/app.ts";
import type { Policy } from "../../../shared/policy.ts";
import type { Delivery } from "../../../admin/registry/publisher.ts";
import type { Registry } from "../../../admin/registry/registry.ts";

/** The password that vitest.config.ts sets. */
export const PASSWORD = "unit-test-admin-secret";
export const ORIGIN = "https://admin.test";

/** An answer that has been read. */
export interface Answer<T = unknown> {
  status: number;
  headers: Headers;
  text: string;
  body: T;
}

/** The fields of a problem by RFC 9457. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors?: { field: string; message: string }[];
}

export interface TokenBody extends Policy {
  id: string;
  label: string;
  note: string | null;
  providers: string[];
  status: string;
  createdAt: string;
  updatedAt: string;
  expiresAt: string | null;
  version: number;
  secrets: { typed: boolean; endsAt: string | null }[];
  pending: string[];
  policy: { id: string; name: string } | null;
  holderActedAt: string | null;
  summary: string;
  claim: { state: string; expiresAt: string; usedAt: string | null; country: string | null } | null;
}

export interface PolicyBody extends Policy {
  id: string;
  name: string;
  createdAt: string;
  updatedAt: string;
  isDefault: boolean;
  tokens: number;
  pending: number;
  pendingIsExact: boolean;
  summary: string;
}

export interface PoliciesBody {
  policies: PolicyBody[];
  default: string | null;
  pending: boolean;
}

export interface Sending {
  body?: unknown;
  headers?: Record<string, string>;
  origin?: string;
}

async function read<T>(response: Response): Promise<Answer<T>> {
  // Not text(): workerd warns that a body of an unknown type, such as NDJSON, isn't text.
  const text = new TextDecoder().decode(await response.arrayBuffer());
  const isJson = /[/+]json/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, headers: response.headers, text, body: (isJson ? JSON.parse(text) : null) as T };
}

function requestOf(method: string, path: string, { body, headers = {}, origin = ORIGIN }: Sending): Request {
  const init: RequestInit = { method, headers, redirect: "manual" };
  if (body !== undefined) {
    init.body = typeof body === "string" ? body : JSON.stringify(body);
    init.headers = { "content-type": "application/json", ...headers };
  }
  return new Request(origin + path, init);
}

/** Sends a request to the admin as it is deployed. */
export async function send<T = ProblemBody>(method: string, path: string, sending: Sending = {}): Promise<Answer<T>> {
  const admin = (exports as unknown as { default: Fetcher }).default;
  return read<T>(await admin.fetch(requestOf(method, path, sending)));
}

/** Sends a request to an admin with other bindings, such as another secret. */
export async function sendWith<T = ProblemBody>(
  bindings: Record<string, unknown>,
  method: string,
  path: string,
  sending: Sending = {},
): Promise<Answer<T>> {
  const changed = { ...env, ...bindings } as unknown as AdminEnv;
  return read<T>(await makeApp().fetch(requestOf(method, path, sending), changed, createExecutionContext()));
}

/** Signs in; returns the JWT. */
export async function signIn(headers: Record<string, string> = {}): Promise<string> {
  const answer = await send<{ token: string }>("POST", "/api/session", { body: { password: PASSWORD }, headers });
  if (answer.status !== 201) throw new Error(`The sign-in failed: ${answer.text}`);
  return answer.body.token;
}

/** A signed-in program. */
export class Owner {
  readonly jwt: string;

  constructor(jwt: string) {
    this.jwt = jwt;
  }

  static async signedIn(): Promise<Owner> {
    return new Owner(await signIn());
  }

  send<T = ProblemBody>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return send<T>(method, path, { body, headers: { authorization: `Bearer ${this.jwt}` } });
  }

  /** Creates a token; fails where that isn't answered with 201. */
  async create(label: string, more: Record<string, unknown> = {}): Promise<{ secret: string; token: TokenBody }> {
    const body = { label, providers: ["openai"], ...more };
    const answer = await this.send<{ secret: string; token: TokenBody }>("POST", "/api/tokens", body);
    if (answer.status !== 201) throw new Error(`The token wasn't created: ${answer.text}`);
    return answer.body;
  }

  /** Creates a token with a claim link; fails where that isn't answered with 201. @returns the link's secret, too */
  async prepare(label: string, more: Record<string, unknown> = {}): Promise<{ claim: string; token: TokenBody }> {
    const body = { label, providers: ["openai"], claim: {}, ...more };
    const answer = await this.send<{ path: string; token: TokenBody }>("POST", "/api/tokens", body);
    if (answer.status !== 201) throw new Error(`The token wasn't prepared: ${answer.text}`);
    return { claim: answer.body.path.replace(/^.*#/, ""), token: answer.body.token };
  }

  /** Creates a policy; fails where that isn't answered with 201. */
  async policy(name: string, rules: Record<string, unknown> = {}): Promise<PolicyBody> {
    const answer = await this.send<{ policy: PolicyBody }>("POST", "/api/policies", { name, ...rules });
    if (answer.status !== 201) throw new Error(`The policy wasn't created: ${answer.text}`);
    return answer.body.policy;
  }

  async token(id: string): Promise<TokenBody> {
    return (await this.send<{ token: TokenBody }>("GET", `/api/tokens/${id}`)).body.token;
  }
}

/** The one registry. */
export function registry(): DurableObjectStub<Registry> {
  return env.REGISTRY.getByName("registry");
}

/** Runs something inside the registry's Durable Object. */
export function inRegistry<T>(action: (instance: Registry, state: DurableObjectState) => T | Promise<T>): Promise<T> {
  return runInDurableObject(registry(), action);
}

/** Runs something with the registry's database. */
export function withSql<T>(action: (sql: SqlStorage) => T): Promise<T> {
  return inRegistry((_, state) => action(state.storage.sql));
}

/** Replaces parts of the registry's delivery, until the test's end. */
export async function breakDelivery(parts: Partial<Delivery>): Promise<void> {
  await inRegistry((instance) => {
    instance.engine.delivery = { ...instance.engine.delivery, ...parts };
  });
}

/** Rings the registry's alarm now, whenever it is due; says whether one was set. */
export function ring(): Promise<boolean> {
  return runDurableObjectAlarm(registry());
}

/** Makes all that is left in the outbox due, and rings. */
export async function ringDue(): Promise<boolean> {
  await withSql((sql) => {
    sql.exec("UPDATE outbox SET next_at = 1");
    sql.exec("UPDATE settings SET next_at = 1 WHERE next_at IS NOT NULL");
  });
  return ring();
}

/** What KV holds under each of its keys. */
export async function kvContent(): Promise<Record<string, { version: number; state: string; label: string }>> {
  const content: Record<string, { version: number; state: string; label: string }> = {};
  for (const { name } of (await env.TOKENS.list()).keys) {
    content[name] = (await env.TOKENS.get(name, "json")) as { version: number; state: string; label: string };
  }
  return content;
}
