import { type FieldError, ProblemError, toFieldErrors } from "../api/problem.ts";
import { shownBy, signInInput } from "../api/proof-schemas.ts";
import type { Shown } from "../auth/signin.ts";
import type { Checked } from "./forms.ts";

/** What the names of the proof's own fields begin with, where they travel beside another form's. */
export const CONFIRM_PREFIX = "confirm-";

/** Whether a field is part of the proof, and none of the form's that needs it. */
export const isProofField = (name: string): boolean => name.startsWith(CONFIRM_PREFIX);

/** What a field holds as JSON; null where it isn't any. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const atField = ({ field, message }: FieldError): FieldError => ({ field: field.split(".", 1)[0] ?? field, message });

/**
 * What the owner shows in a form.
 *
 * @param prefix of its fields' names
 * @param asked whether a code is asked for
 */
export function shownFrom(form: URLSearchParams, prefix: string, asked: boolean): Checked<Shown> {
  const field = (name: string): string => form.get(prefix + name) ?? "";
  const passkey = field("passkey");
  const typed = asked ? { password: field("password"), totp: field("totp") } : { password: field("password") };
  const checked = signInInput.safeParse(passkey === "" ? typed : { passkey: parsedJson(passkey) });
  // One error for each field: of a passkey's answer many parts may be off, and one is as telling as all.
  if (!checked.success) return { ok: false, errors: toFieldErrors(checked.error.issues).map(atField).slice(0, 1) };
  try {
    return { ok: true, input: shownBy(checked.data, asked) };
  } catch (error) {
    if (error instanceof ProblemError) return { ok: false, errors: error.problem.errors ?? [] };
    throw error;
  }
}
