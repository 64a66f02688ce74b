import { askedFrom, extensionPreview } from "./bulk-forms.ts";
import { BULK_WORDS } from "./list-words.ts";
import { counted } from "./amounts.ts";

// What a form that is done right after a proof would do, where a person couldn't see it from the page that asks for the proof.

/**
 * Says what is done once a proof was given.
 *
 * @param path where the form goes
 * @param form its fields
 * @param now ms since 1970
 * @returns null: it is no form of which more has to be said, or something in it isn't right
 */
export function waitingWords(path: string, form: URLSearchParams, now: number): string | null {
  if (path !== "/tokens/bulk") return null;
  const { sentence } = extensionPreview(form, askedFrom(form), now);
  if (sentence === null) return null;
  return `${BULK_WORDS.extend[0]}: ${counted(Number(form.get("expect")), "token")}. ${sentence}`;
}
