import { withDeadline } from "../shared/deadline.ts";

/** How long one call to the gateway or to KV may take before it counts as failed, in ms. */
const DEADLINE = 3000;

/**
 * Waits for a call, but not for ever: a gateway that hangs must not hold the owner up.
 *
 * @throws what the call throws, or after 3 s that there was no answer in time; the call may still have its effect then
 */
export const inTime = <T>(call: Promise<T>): Promise<T> => withDeadline(call, DEADLINE, "the gateway or KV");
