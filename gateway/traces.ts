/** The shape of a generated token, anywhere in a text (shared/token.ts; the checksum doesn't matter here). */
const GENERATED = /dg_[0-9A-Za-z]{48}/;
const ESCAPE = /%([0-9a-f]{2})/gi;
/** How often a text is unescaped. A server does it once or twice. */
const MOST_LAYERS = 4;
/** Of a generated token, in characters (shared/token.ts). */
const GENERATED_LENGTH = 51;

/**
 * Undoes percent-encoding byte by byte. Unlike decodeURIComponent it never gives up: one malformed escape would otherwise
 * hide everything beside it. What isn't ASCII comes out wrong, which is fine for telling names and tokens.
 *
 * @param text a part of an address or a header
 */
export const unescaped = (text: string): string =>
  text.replaceAll(ESCAPE, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));

/** How a secret looks in base64, without the characters at its ends that depend on its neighbours. */
function base64Forms(secret: string): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const text = btoa("\0".repeat(shift) + secret);
    const spoiled = (shift + secret.length) % 3;
    const form = text.slice(shift === 0 ? 0 : shift + 1, spoiled === 0 ? text.length : spoiled - 4);
    return [form, form.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

/** By the list of a request's tokens, which its path, its query and its headers are all searched for. */
const finders = new WeakMap<readonly string[], (text: string) => boolean>();

/**
 * Makes a test for texts that may go upstream: true where one of the tokens can be read out of a text, as it is,
 * percent-encoded or in base64 (as in `Basic`). A holder who pastes a token into the wrong setting must not hand it to the
 * provider. Another generated token than the request's own counts too.
 *
 * @param tokens the token-shaped strings of the request's slots
 */
export function tokenFinder(tokens: readonly string[]): (text: string) => boolean {
  const known = finders.get(tokens);
  if (known !== undefined) return known;
  const finder = newFinder(tokens);
  finders.set(tokens, finder);
  return finder;
}

function newFinder(tokens: readonly string[]): (text: string) => boolean {
  let forms: string[] | null = null;
  // No coding makes a token shorter, and most headers are shorter than any: most requests pay nothing.
  const shortest = Math.min(GENERATED_LENGTH, ...tokens.map(({ length }) => length));
  const within = (text: string): boolean => {
    if (GENERATED.test(text)) return true;
    forms ??= tokens.flatMap((token) => [token, ...base64Forms(token)]);
    return forms.some((form) => text.includes(form));
  };
  return (text) => {
    if (text.length < shortest) return false;
    let reading = text;
    for (let layer = 0; layer < MOST_LAYERS; layer++) {
      if (within(reading)) return true;
      const next = reading.includes("%") ? unescaped(reading) : reading;
      if (next === reading) return false;
      reading = next;
    }
    return within(reading);
  };
}
