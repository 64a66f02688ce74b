import { log } from "./log.ts";
import { PROVIDER_ROWS } from "./providers.ts";
import { Refused, type Refusal } from "./refusals.ts";

/** What the owner must know of a refusal, beyond what the holder was told. */
function logRefusal(refusal: Refusal): void {
  if (refusal.code === "provider_not_configured") {
    log("error", refusal.code, { secret: refusal.secret, problem: refusal.problem });
  } else if (refusal.code === "provider_unreachable") {
    log("error", refusal.code, { provider: PROVIDER_ROWS[refusal.provider].name, reason: refusal.reason });
  } else {
    log("info", "refused", { code: refusal.code });
  }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal;
  // The name alone: a message may quote a URL or a header.
  log("error", "internal_error", { name: error instanceof Error ? error.name : typeof error });
  return { code: "internal_error" };
}

/**
 * The refusal that whatever was thrown leads to, with all that the owner has to know of it written down.
 *
 * @param error thrown on a request's way
 */
export function refusalOf(error: unknown): Refusal {
  const refusal = asRefusal(error);
  logRefusal(refusal);
  return refusal;
}
