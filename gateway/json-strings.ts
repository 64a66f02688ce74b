const STRUCTURE = /["{}[\],]/g;
/** Stands for a list in a path of keys. */
const LIST = "[]";

/** Where the closing quote of a string is; -1 where it has none. */
export function endOfString(text: string, open: number): number {
  for (let quote = text.indexOf('"', open + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (text[before - 1] === "\\") before--;
    if ((quote - before) % 2 === 0) return quote;
  }
  return -1;
}

/** The text of a string as it stands in JSON, quotes included; null where it isn't one. */
function parsed(literal: string): string | null {
  if (!literal.includes("\\")) return literal.slice(1, -1);
  try {
    return String(JSON.parse(literal));
  } catch {
    return null;
  }
}

/** The keys that lead to where a scan is. */
class Place {
  readonly #keys: string[] = [];
  /** True where the next string is a key. */
  key = false;

  enter(bracket: string): void {
    this.key = bracket === "{";
    this.#keys.push(this.key ? "" : LIST);
  }

  leave(): void {
    this.#keys.pop();
    this.key = false;
  }

  next(): void {
    this.key = this.#keys.length > 0 && this.#keys.at(-1) !== LIST;
  }

  name(key: string): void {
    this.#keys[this.#keys.length - 1] = key;
    this.key = false;
  }

  endsWith(suffix: readonly string[]): boolean {
    return suffix.every((key, index) => this.#keys[this.#keys.length - suffix.length + index] === key);
  }
}

/**
 * Changes some strings of a JSON text and leaves every other character as it was: no parsing and writing anew, which would
 * lose spaces, escapes, doubled keys and digits of large numbers.
 *
 * @param text JSON; in what isn't any, nothing is changed that a reader could take for something else
 * @param suffix the last keys of the path to the strings that count, e.g. `["video", "uri"]`
 * @param change gives the new value of a string, or null to leave it
 */
export function rewriteStrings(
  text: string,
  suffix: readonly string[],
  change: (value: string) => string | null,
): string {
  const place = new Place();
  const pieces: string[] = [];
  let copied = 0;
  STRUCTURE.lastIndex = 0;
  for (let match = STRUCTURE.exec(text); match !== null; match = STRUCTURE.exec(text)) {
    const [character] = match;
    if (character === "{" || character === "[") place.enter(character);
    else if (character === "}" || character === "]") place.leave();
    else if (character === ",") place.next();
    else {
      const end = endOfString(text, match.index);
      if (end === -1) break;
      STRUCTURE.lastIndex = end + 1;
      const literal = text.slice(match.index, end + 1);
      if (place.key) place.name(parsed(literal) ?? "");
      else if (place.endsWith(suffix)) {
        const value = parsed(literal);
        const changed = value === null ? null : change(value);
        if (changed === null) continue;
        pieces.push(text.slice(copied, match.index), JSON.stringify(changed));
        copied = end + 1;
      }
    }
  }
  return copied === 0 ? text : pieces.join("") + text.slice(copied);
}
