import { refusalResponse } from "./dialects.ts";
import { addLimitHeaders } from "./limit-headers.ts";
import { log } from "./log.ts";
import { PROVIDER_ROWS, type Dialect } from "./providers.ts";
import { Refused, type Refusal } from "./refusals.ts";
import type { Permit } from "./stages/admit.ts";

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

/** A request that failed. */
export interface Failure {
  refusal: Refusal;
  /** The answer to it, in the shape of the client's provider. */
  response: Response;
}

/**
 * What becomes of a request on whose way something was thrown; all that the owner has to know of it is written down.
 *
 * @param error that was thrown
 * @param permit null: it got none
 * @param dialect null where the provider can't be told
 * @param now ms since 1970
 */
export function failureOf(
  error: unknown,
  permit: Pick<Permit, "standing"> | null,
  dialect: Dialect | null,
  now: number,
): Failure {
  const refusal = asRefusal(error);
  logRefusal(refusal);
  const response = refusalResponse(refusal, dialect);
  const standing = error instanceof Refused ? error.standing : null;
  addLimitHeaders(response.headers, standing ?? permit?.standing ?? null, dialect, now);
  return { refusal, response };
}
