import { type Found, found, type MeterRow } from "./found.ts";
import { isJson, type Json } from "./numbers.ts";
import { lastFilled, lastObject, lastText, lineAt, nextFilled, parsed } from "./slices.ts";
import { wordsIn, type Words } from "./words.ts";

/** Bodies up to this many bytes are parsed whole; of longer ones (vectors, images) the usage alone is cut out. */
const PARSED_BYTES = 256 * 1024;
/** How much of a stream is kept to count the model's words in, in bytes, if it comes to that. */
const UNCOUNTED_BYTES = 1024 * 1024;
/** Where a model's name is looked for, in bytes from the beginning. */
const BEGINNING = 4_096;
/** More than this in one line is no event of a provider's, in bytes. */
const LONGEST_LINE = 32 * 1024 * 1024;

/** Everything that a meter has found. */
export interface Reading {
  /** Of the answer itself: all that its events said, later ones over earlier ones; null where none said anything. */
  main: Found | null;
  apart: Found[];
  words: Words;
}

// One character for each byte: no character is torn where a chunk ends, and it takes half of the time. Names and numbers are ASCII.
const decoder = new TextDecoder("latin1");

const known = (value: Json): Json =>
  Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined));

/** Reads the usage out of an answer's bytes, as they come. Never throws, whatever the bytes are. */
export class Meter {
  readonly #row: MeterRow;
  readonly #inLines: boolean;
  #main: Found | null = null;
  readonly #apart: Found[] = [];
  readonly #words: Words = { bytes: 0, pieces: 0 };
  /** Of lines: what hasn't ended yet. Of a body: its beginning and its end, which is all that is kept of a long one. */
  #open: string[] = [];
  #openLength = 0;
  #cut = false;
  #uncounted: string[] = [];
  #uncountedLength = 0;
  /** The beginning of the answer: every event names the model, and the usage may never come. */
  #beginning: string | null = null;

  /**
   * @param inLines whether each line has a JSON of its own: events, or JSON lines
   */
  constructor(row: MeterRow, inLines: boolean) {
    this.#row = row;
    this.#inLines = inLines;
  }

  /** Takes the next bytes. */
  feed(bytes: Uint8Array): void {
    const text = decoder.decode(bytes);
    this.#beginning ??= text.slice(0, BEGINNING);
    if (this.#inLines) this.#feedLines(text);
    else this.#feedBody(text);
  }

  /** Ends the reading. */
  end(): Reading {
    const rest = this.#open.join("");
    if (this.#inLines) this.#lines(rest);
    else this.#body(rest);
    if (this.#main?.final !== true) this.#count();
    this.#name();
    return { main: this.#main, apart: this.#apart, words: this.#words };
  }

  /** Names the model of an answer that told nothing else. */
  #name(): void {
    if ((this.#main !== null && this.#main.model !== null) || this.#row.lines || this.#apart.length > 0) return;
    const model = lastText(this.#beginning ?? "", this.#row.modelField);
    if (model !== null) this.#main = { ...(this.#main ?? found({ final: false })), model };
  }

  #feedLines(text: string): void {
    const end = Math.max(text.lastIndexOf("\n"), text.lastIndexOf("\r")) + 1;
    if (end === 0) return this.#hold(text);
    this.#lines(this.#open.join("") + text.slice(0, end));
    this.#open = [];
    this.#openLength = 0;
    this.#hold(text.slice(end));
  }

  #hold(text: string): void {
    this.#openLength += text.length;
    if (this.#openLength > LONGEST_LINE) this.#open = [];
    else if (text !== "") this.#open.push(text);
  }

  #lines(text: string): void {
    if (text === "") return;
    for (const field of this.#row.every) {
      for (let place = nextFilled(text, field, 0); place !== -1;) {
        const { json, end } = lineAt(text, place);
        this.#read(parsed(json));
        place = nextFilled(text, field, end);
      }
    }
    const place = this.#row.last === null ? -1 : lastFilled(text, this.#row.last);
    if (place !== -1) this.#read(parsed(lineAt(text, place).json));
    this.#uncounted.push(text);
    this.#uncountedLength += text.length;
    if (this.#uncountedLength > UNCOUNTED_BYTES) this.#count();
  }

  #count(): void {
    const words = wordsIn(this.#uncounted.join(""), this.#row.words);
    this.#words.bytes += words.bytes;
    this.#words.pieces += words.pieces;
    this.#uncounted = [];
    this.#uncountedLength = 0;
  }

  #feedBody(text: string): void {
    this.#open.push(text);
    this.#openLength += text.length;
    while (this.#openLength > PARSED_BYTES && this.#open.length > 3) {
      const [dropped = ""] = this.#open.splice(1, 1);
      this.#openLength -= dropped.length;
      this.#cut = true;
    }
  }

  #body(text: string): void {
    this.#uncounted.push(text);
    const value = this.#cut || text.length > PARSED_BYTES ? null : parsed(text);
    // Gemini streams a list of parts where nobody asks for events.
    const parts: unknown[] = Array.isArray(value) ? value : [value];
    for (const part of parts) this.#read(part);
    if (value !== null || text === "") return;
    const { usageField, modelField } = this.#row;
    const usage = lastObject(text, usageField);
    if (usage !== null) this.#read({ [usageField]: usage, [modelField]: lastText(text, modelField) });
  }

  #read(value: unknown): void {
    if (!isJson(value)) return;
    for (const one of this.#row.find(value)) {
      if (one.apart) this.#apart.push(one);
      else this.#main = this.#main === null ? one : merged(this.#main, one);
    }
  }
}

/** Two findings of one answer: what the later one says counts, and what it doesn't say stays. */
function merged(earlier: Found, later: Found): Found {
  // Sums so far never take the place of the last ones.
  const isBehind = earlier.final && !later.final;
  return {
    usage: isBehind ? { ...known(later.usage), ...earlier.usage } : { ...earlier.usage, ...known(later.usage) },
    model: later.model ?? earlier.model,
    tier: later.tier ?? earlier.tier,
    once: later.once ?? earlier.once,
    final: later.final || earlier.final,
    apart: false,
    pending: later.pending,
    webSearches: Math.max(earlier.webSearches, later.webSearches),
  };
}
