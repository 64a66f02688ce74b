import { withDeadline } from "../shared/deadline.ts";

/** How long one call to the gateway or to KV may take before it counts as failed, in ms. */
const DEADLINE = 3000;

/**
 * Waits for a call, but not for ever: a gateway that hangs must not hold the owner up.
 *
 * @param milliseconds how long; 3 s where it is left out
 * @throws what the call throws, or a DeadlineError at the deadline; the call may still have its effect then
 */
export const inTime = <T>(call: Promise<T>, milliseconds = DEADLINE): Promise<T> =>
  withDeadline(call, milliseconds, "the gateway or KV");
