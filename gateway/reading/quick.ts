import type { SharedField } from "./fields.ts";

/**
 * Escapes that can spell a name of a field (`\u0066ile_id`): of ASCII from the space on. `\x` is none of JSON's, but lenient
 * readers may know it.
 */
const ESCAPES = String.raw`\\u00[2-7]|\\x`;

/** A key, in quotes of any kind or in none: Google's reader of JSON is known to be lenient. */
const keyed = (names: readonly string[]): string => String.raw`\b(?:${names.join("|")})["']?\s*:`;

/** By the table, whose lists are made once. Names hold letters and underscores alone. */
const HINTS = new WeakMap<readonly SharedField[], RegExp>();

/** What stands in every text that may hold a field which reaches what is shared. */
function hintOf(rules: readonly SharedField[]): RegExp {
  const known = HINTS.get(rules);
  if (known !== undefined) return known;
  const names = rules.filter(({ words }) => words === undefined).flatMap((rule) => rule.names);
  const words = rules.flatMap((rule) => rule.words ?? []);
  const hint = new RegExp([ESCAPES, ...(names.length === 0 ? [] : [keyed(names)]), ...words].join("|"));
  HINTS.set(rules, hint);
  return hint;
}

/** Tells whether a text may hold one of some fields. A search takes a tenth of the time that parsing and judging take. */
export const mayHold = (text: string, rules: readonly SharedField[]): boolean => hintOf(rules).test(text);

const FIRST_MODEL = /^\s*\{\s*"model"\s*:\s*"([^"\\]{1,200})"/;

/** Shorter texts are parsed where that alone tells their model, in characters: it takes less than half a millisecond. */
const SHORT = 16 * 1024;

/**
 * Tells whether a text needs no parsing where nothing but shared fields matters: none of them stands in it, and its model is
 * known, or would cost too much to find.
 *
 * @param model as far as it is known
 */
export const isPlain = (text: string, model: string | null, rules: readonly SharedField[]): boolean =>
  (model !== null || text.length > SHORT) && !mayHold(text, rules);

/**
 * The model of a text that isn't parsed, for the log and for the price: where it stands first, as most clients write it. Null where it
 * doesn't.
 */
export const firstModel = (text: string): string | null => FIRST_MODEL.exec(text)?.[1] ?? null;
