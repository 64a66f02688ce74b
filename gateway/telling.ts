import type { Later } from "./admission.ts";
import type { Bindings } from "./bindings.ts";
import type { Settlement } from "./permits.ts";

/**
 * Tells a token's guard what a request used, behind the requests and several at once: what is told within a moment goes
 * in one call, and what fails is tried again.
 *
 * @param tokenId whose guard
 * @param later takes the work
 */
export function tellGuard(_bindings: Bindings, _tokenId: string, _settlement: Settlement, _later: Later): void {}
