import { withDeadline } from "../../shared/deadline.ts";
import { PROVIDERS } from "../../shared/providers.ts";
import type { Bindings } from "../bindings.ts";
import { log } from "../log.ts";

const DEADLINE_MS = 3_000;

async function works(what: string, work: Promise<unknown>): Promise<"ok" | "failing"> {
  try {
    await withDeadline(work, DEADLINE_MS, what);
    return "ok";
  } catch (error) {
    log("error", "health", { what, reason: String(error) });
    return "failing";
  }
}

/** Tells anyone whether the gateway works, and nothing secret. */
export async function health(bindings: Bindings): Promise<Response> {
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
