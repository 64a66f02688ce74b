import { endOfString } from "../json-strings.ts";

const STRUCTURE = /["{}[\],]/g;

/** A key of the outermost object, and where its value stands in the text. */
export interface TopValue {
  key: string;
  start: number;
  end: number;
}

/** What a look at a JSON text shows that parsing it hides. */
export interface Scan {
  /** A key that stands twice in one object; null: none does. */
  doubled: string | null;
  top: TopValue[];
}

/** An object or list on the way to where a scan is. */
interface Level {
  /** Null: a list. */
  keys: Set<string> | null;
  key: boolean;
}

/** Goes over a text that is known to be JSON. */
class Scanner {
  readonly scan: Scan = { doubled: null, top: [] };
  readonly #text: string;
  readonly #levels: Level[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  run(): Scan {
    STRUCTURE.lastIndex = 0;
    for (let match = STRUCTURE.exec(this.#text); match !== null; match = STRUCTURE.exec(this.#text)) {
      const [character] = match;
      if (character === '"') STRUCTURE.lastIndex = this.#string(match.index) + 1;
      else this.#step(character, match.index);
    }
    return this.scan;
  }

  #step(character: string, at: number): void {
    if (character === "{") this.#levels.push({ keys: new Set(), key: true });
    else if (character === "[") this.#levels.push({ keys: null, key: false });
    else {
      if (this.#levels.length === 1) this.#close(at);
      if (character === ",") this.#next();
      else this.#levels.pop();
    }
  }

  #next(): void {
    const level = this.#levels.at(-1);
    if (level !== undefined) level.key = level.keys !== null;
  }

  /** @returns where the string ends */
  #string(open: number): number {
    const end = endOfString(this.#text, open);
    const level = this.#levels.at(-1);
    if (level?.key === true && level.keys !== null) {
      const key = String(JSON.parse(this.#text.slice(open, end + 1)));
      if (level.keys.has(key)) this.scan.doubled ??= key;
      level.keys.add(key);
      level.key = false;
      if (this.#levels.length === 1) this.scan.top.push({ key, start: this.#text.indexOf(":", end) + 1, end: 0 });
    }
    return end;
  }

  #close(at: number): void {
    const last = this.scan.top.at(-1);
    if (last !== undefined && last.end === 0) last.end = at;
  }
}

/**
 * Looks at the keys of a JSON text. Parsers take the last of two equal keys, or the first, or none: what one of them judged
 * another one may not see.
 *
 * @param text that JSON.parse takes, an object outermost
 */
export const scanJson = (text: string): Scan => new Scanner(text).run();
