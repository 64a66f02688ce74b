import type { CallInput } from "../call.ts";
import { Refused } from "../refusals.ts";
import type { Fields, SharedField } from "./fields.ts";
import { DEEPEST, walk } from "./walk.ts";

/** What is known of a body that was judged. */
export interface Judged {
  input: CallInput;
  /** Whether it reaches what is shared. */
  namesStored: boolean;
}

/** What a body is judged by. */
export interface Judgement {
  rules: readonly SharedField[];
  /** Whether what reaches what is shared is refused. */
  refuses: boolean;
  /** The field of a frame that holds it; left out: it is whole. */
  within?: string;
}

/**
 * Judges what a body reaches, and measures what of it can become input.
 *
 * @param body parsed
 * @param bytes of it
 * @throws Refused `field_not_allowed`, `unreadable_request` where it is nested too deeply to be judged
 */
export function judged(body: Fields, bytes: number, { rules, refuses, within }: Judgement): Judged {
  const { shared, input, tooDeep } = walk(body, bytes, rules);
  if (shared !== null && refuses) {
    const field = within === undefined ? shared : `${within}.${shared}`;
    throw new Refused({ code: "field_not_allowed", field: field.slice(0, 200) });
  }
  // A field that nobody looked at might reach what is shared, or be content that nobody counted.
  if (tooDeep) {
    const problem = `The body is nested more than ${DEEPEST} levels deep. Send it flatter.`;
    throw new Refused({ code: "unreadable_request", problem });
  }
  return { input, namesStored: shared !== null };
}
