import type { Policy } from "../../shared/policy.ts";
import type { CallInput } from "../call.ts";
import type { Endpoint } from "../endpoints.ts";
import { Refused } from "../refusals.ts";
import { type Fields, SHARED_FIELDS, type SharedField } from "./fields.ts";
import { DEEPEST, walk } from "./walk.ts";

const NONE: readonly SharedField[] = [];

/** The fields that a policy doesn't open in a body. */
export const shutFields = ({ endpoints }: Policy, { body }: Endpoint): readonly SharedField[] =>
  endpoints === "inference" ? (SHARED_FIELDS[body] ?? NONE) : NONE;

/**
 * Judges what a body reaches, and measures what of it can become input.
 *
 * @param body parsed
 * @param bytes of it
 * @param within the fields of a frame that lead to it
 * @throws Refused `field_not_allowed`, `unreadable_request` where it is nested too deeply to be judged
 */
export function judged(
  body: Fields,
  bytes: number,
  rules: readonly SharedField[],
  within: readonly string[] = [],
): CallInput {
  const { shared, input, tooDeep } = walk(body, bytes, rules);
  if (shared !== null) {
    throw new Refused({ code: "field_not_allowed", field: [...within, shared].join(".").slice(0, 200) });
  }
  // A field that nobody looked at might reach what is shared, or be content that nobody counted.
  if (tooDeep) {
    const problem = `The body is nested more than ${DEEPEST} levels deep. Send it flatter.`;
    throw new Refused({ code: "unreadable_request", problem });
  }
  return input;
}
