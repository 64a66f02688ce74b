import type { Route } from "../../../gateway/providers.ts";
import { Refused } from "../../../gateway/refusals.ts";
import type { Asked } from "../../../gateway/stages/authorize.ts";

/** A POST from nowhere in particular. */
export const asked = (route: Route, path: string): Asked => ({
  route,
  path,
  method: "POST",
  socket: false,
  address: null,
  country: null,
});

/** The refusal that a piece of work ends in; null: none. */
export function refusalOf(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Refused ? error.refusal : error;
  }
}
