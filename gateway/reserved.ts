import { PROVIDERS } from "../shared/providers.ts";
import type { Bindings } from "./bindings.ts";
import { withDeadline } from "../shared/deadline.ts";
import { refusalResponse } from "./dialects.ts";
import { log } from "./log.ts";

/** Where the gateway's own pages are. No provider has paths there. */
const RESERVED = "/-/";
const DEADLINE_MS = 3_000;

/** Tells whether a path is one of the gateway's own. */
export const isReserved = (path: string): boolean => path.startsWith(RESERVED) || path === "/-";

async function works(what: string, work: Promise<unknown>): Promise<"ok" | "failing"> {
  try {
    await withDeadline(work, DEADLINE_MS, what);
    return "ok";
  } catch (error) {
    log("error", "health", { what, reason: String(error) });
    return "failing";
  }
}

async function health(bindings: Bindings): Promise<Response> {
  const [kv, guard] = await Promise.all([
    works("kv", bindings.tokens.get("health")),
    works("guard", bindings.guards.getByName("health").ping()),
  ]);
  const providers = Object.fromEntries(
    PROVIDERS.map((provider) => [
      provider,
      bindings.providers[provider].keys.length === 0 ? "not configured" : "configured",
    ]),
  );
  const status = kv === "ok" && guard === "ok" ? "ok" : "failing";
  return Response.json(
    { status, kv, guard, providers },
    { status: status === "ok" ? 200 : 503, headers: { "cache-control": "no-store" } },
  );
}

/**
 * Answers a path of the gateway's own.
 *
 * @param method of the request
 * @param path without query
 */
export async function reserved(method: string, path: string, bindings: Bindings): Promise<Response> {
  if (path !== "/-/health") return refusalResponse({ code: "not_found" }, null);
  if (method !== "GET" && method !== "HEAD") {
    return refusalResponse({ code: "method_not_allowed", allow: "GET, HEAD" }, null);
  }
  return health(bindings);
}
