// Field values of HTTP (RFC 9110 §5.5) without the ones that no provider's key has: visible ASCII, of a length that the scrubber can hold back.
const USABLE = /^[\x21-\x7e]{1,512}$/;

/** What a provider's secret holds. */
export interface KeyList {
  /** In their order, each once. */
  keys: readonly string[];
  /** Where each of them stands in the secret, the first being 1. */
  places: readonly number[];
  /** Where the ones stand that can't be used, the first being 1. Never their text, which may be a key but for a letter. */
  unusable: readonly number[];
}

/**
 * Reads the keys in a secret: one, or several, each on a line of its own or separated by commas.
 *
 * @param secret as the owner set it: a key pasted into a prompt often brings its line end along
 */
export function keysIn(secret: string): KeyList {
  const found = secret.split(/[\n\r,]/).flatMap((part) => part.trim() || []);
  const unusable = found.flatMap((key, index) => (USABLE.test(key) ? [] : [index + 1]));
  const keys = [...new Set(found.filter((key) => USABLE.test(key)))];
  return { keys, places: keys.map((key) => found.indexOf(key) + 1), unusable };
}
