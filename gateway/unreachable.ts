import { ROUTE_ROWS } from "./providers.ts";
import { Refused } from "./refusals.ts";
import { scrubText } from "./scrub.ts";
import type { Permit } from "./stages/admit.ts";

/**
 * The refusal for a provider that can't be reached, or that breaks off.
 *
 * @param error that was thrown on the way to it; a refusal stays what it is
 * @param permit the provider keys among it: the owner's log gets the error without them
 */
export function unreachable(error: unknown, { route, keys }: Pick<Permit, "route" | "keys">): Refused {
  if (error instanceof Refused) return error;
  const { provider } = ROUTE_ROWS[route];
  return new Refused({ code: "provider_unreachable", provider, reason: scrubText(String(error), keys) });
}
