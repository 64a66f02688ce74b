/** Longest glob, in characters: no provider's model name comes near it. */
const LONGEST = 200;
const GLOB = /^[\w.:/@*?-]+$/;

/**
 * Tells whether a glob fits a whole name, in any case: `*` stands for any characters, `?` for one. No regular expression is
 * made of it, and it takes at most glob × name steps: an owner's pattern can't make a request slow.
 */
export function matchesGlob(glob: string, name: string): boolean {
  const pattern = glob.toLowerCase();
  const text = name.toLowerCase();
  let at = 0;
  let here = 0;
  let star = -1;
  let tried = 0;
  while (here < text.length) {
    if (pattern[at] === "*") {
      star = at++;
      tried = here;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[here])) {
      at++;
      here++;
    } else if (star === -1) {
      return false;
    } else {
      // The last star takes one character more.
      at = star + 1;
      here = ++tried;
    }
  }
  while (pattern[at] === "*") at++;
  return at === pattern.length;
}

/**
 * Says why a text can't be a glob of model names.
 *
 * @returns a sentence for the owner; null where it is fine
 */
export function globProblem(text: string): string | null {
  if (text === "") return "A model can't be empty.";
  if (text.length > LONGEST) return `A model has at most ${LONGEST} characters.`;
  return GLOB.test(text)
    ? null
    : "A model may hold letters, digits and the characters . _ : / @ - and the wildcards * ?";
}
