import { setGlobalProxyFromEnv } from "node:http";
import { ApiFailure, refusal, unreachable } from "./failure.ts";
import type { Login } from "./login.ts";
import { oneLine } from "./state.ts";

/** Where the API is when CLOUDFLARE_API_BASE_URL, the variable that wrangler honours too, does not say otherwise. */
const API_BASE = "https://api.cloudflare.com/client/v4";

const TIMEOUT_MS = 20_000;

/** The state of a Worker's workers.dev address and of its previews. */
export interface Subdomain {
  enabled: boolean;
  previews: boolean;
}

/** The calls that switching needs. */
export interface Api {
  accounts(): Promise<{ id: string; name: string }[]>;
  read(accountId: string, script: string): Promise<Subdomain>;
  write(accountId: string, script: string, wanted: Subdomain): Promise<void>;
}

interface Call {
  method: "GET" | "POST";
  path: string;
  body?: unknown;
  script?: string;
}

/** The API's address in force, checked. */
export function apiBase(env: NodeJS.ProcessEnv): string {
  const base = (env["CLOUDFLARE_API_BASE_URL"] || API_BASE).replace(/\/+$/, "");
  if (!URL.canParse(base) || !/^https?:$/.test(new URL(base).protocol)) {
    throw new ApiFailure("refused", "CLOUDFLARE_API_BASE_URL is not an http(s) address");
  }
  return base;
}

/** Binds a login to an API address. */
export function connect(login: Login, base: string, timeoutMs = TIMEOUT_MS): Api {
  // Behind a proxy wrangler works, so this must too. Node's fetch knows HTTPS_PROXY only when told to.
  if (!/^(localhost|127\..*|\[::1\])$/.test(new URL(base).hostname)) setGlobalProxyFromEnv();
  const send = (call: Call): Promise<unknown> => request(login, base, call, timeoutMs);
  return {
    accounts: async () => asAccounts(await send({ method: "GET", path: "/accounts?per_page=50" })),
    read: async (accountId, script) =>
      asSubdomain(await send({ method: "GET", path: subdomainPath(accountId, script), script })),
    write: async (accountId, script, wanted) => {
      const body = { enabled: wanted.enabled, previews_enabled: wanted.previews };
      const result = record(await send({ method: "POST", path: subdomainPath(accountId, script), body, script }));
      if (typeof result["enabled"] === "boolean" && result["enabled"] !== wanted.enabled) {
        throw new ApiFailure("server", "Cloudflare answered, but did not switch");
      }
    },
  };
}

function subdomainPath(accountId: string, script: string): string {
  return `/accounts/${encodeURIComponent(accountId)}/workers/scripts/${encodeURIComponent(script)}/subdomain`;
}

async function request(login: Login, base: string, call: Call, timeoutMs: number): Promise<unknown> {
  const url = `${base}${call.path}`;
  try {
    const response = await fetch(url, {
      method: call.method,
      headers: { ...login.headers, "content-type": "application/json" },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
      // A login goes to the API only, wherever an answer points.
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    const envelope = record(parse(await response.text()));
    if (response.ok && envelope["success"] === true) return envelope["result"];
    const errors = Array.isArray(envelope["errors"]) ? envelope["errors"].map(record) : [];
    throw refusal(response.status, errors, call.script);
  } catch (error) {
    const failure = error instanceof ApiFailure ? error : unreachable(error, url, timeoutMs);
    throw new ApiFailure(failure.kind, hide(failure.message, login.secrets));
  }
}

/** An answer that repeats the login must not carry it into the log. */
function hide(text: string, secrets: string[]): string {
  return secrets.reduce((left, secret) => left.replaceAll(secret, "[hidden]"), text);
}

function asSubdomain(result: unknown): Subdomain {
  const { enabled, previews_enabled: previews } = record(result);
  if (typeof enabled !== "boolean") throw new ApiFailure("server", "Cloudflare's answer has no `enabled` in it");
  return { enabled, previews: previews === true };
}

function asAccounts(result: unknown): { id: string; name: string }[] {
  const rows = Array.isArray(result) ? result.map(record) : [];
  return rows.map((row) => ({ id: String(row["id"]), name: oneLine(String(row["name"])) }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
