import { parsed } from "./slices.ts";
import { at, isJson } from "./numbers.ts";

/** More than this without an empty line is no event: it is passed on as it is, in bytes. */
const LONGEST_EVENT = 1024 * 1024;

// One character for each byte, so that places in the text are places in the bytes.
const decoder = new TextDecoder("latin1");

/** An empty line: two ends of lines, each of them CRLF, LF or CR. */
const EMPTY_LINE = /(?:\r\n|\n|\r(?!\n)){2}/g;

/** Where a field of the outermost object stands; `comma` is the one before it, -1 where it is the first. */
interface Place {
  comma: number;
  start: number;
  /** Behind its value. */
  end: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The place behind a string that begins here. */
function afterString(text: string, start: number): number {
  let place = start + 1;
  while (place < text.length && text.charCodeAt(place) !== QUOTE) place += text.charCodeAt(place) === BACKSLASH ? 2 : 1;
  return place + 1;
}

/** Finds a field at the top of the object that begins at `from`. A field of this name further in is somebody else's. */
function fieldAtTop(text: string, from: number, name: string): Place | null {
  let depth = 0;
  let comma = -1;
  let open: Place | null = null;
  for (let place = from; place < text.length;) {
    const character = text.charAt(place);
    if (character === '"') {
      const end = afterString(text, place);
      const isField = depth === 1 && open === null && text.slice(place, end) === `"${name}"`;
      if (isField && /^\s*:/.test(text.slice(end, end + 8))) open = { comma, start: place, end };
      place = end;
      continue;
    }
    if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    const isBorder = (depth === 1 && character === ",") || depth === 0;
    if (isBorder && open !== null) return { ...open, end: place };
    if (depth === 0) return null;
    if (isBorder) comma = place;
    place++;
  }
  return null;
}

/** What to leave out of an event: `[from, to)`. */
type Cut = readonly [from: number, to: number];

/** What there is in an event only because the gateway asked for usage; null: nothing. */
function cutOf(event: string): Cut | null {
  const data = /^data:[^\S\r\n]*(?=\{)/m.exec(event);
  if (data === null) return null;
  const from = data.index + data[0].length;
  const field = fieldAtTop(event, from, "usage");
  if (field === null) return null;
  const line = event.slice(from).split(/[\r\n]/, 1)[0] ?? "";
  const value = parsed(line);
  const choices = at(value, "choices");
  // The event that is there for the usage alone goes as a whole; empty lines before it are no part of it.
  if (Array.isArray(choices) && choices.length === 0 && isJson(at(value, "usage"))) {
    return [event.search(/[^\r\n]/), event.length];
  }
  if (field.comma !== -1) return [field.comma, field.end];
  const next = event.charAt(field.end) === "," ? field.end + 1 : field.end;
  return [field.start, next + (/^[^\S\r\n]*/.exec(event.slice(next))?.[0].length ?? 0)];
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  if (one.length === 0) return other;
  const whole = new Uint8Array(one.length + other.length);
  whole.set(one);
  whole.set(other, one.length);
  return whole;
}

/** Gives out bytes without what was cut from them, in as few pieces as that leaves. */
function giveOut(bytes: Uint8Array, cuts: readonly Cut[], out: (bytes: Uint8Array) => void): void {
  let from = 0;
  for (const [start, end] of cuts) {
    if (start > from) out(bytes.subarray(from, start));
    from = end;
  }
  if (from < bytes.length) out(bytes.subarray(from));
}

/** Cuts what is whole of a stretch of a stream; tells how much of it that is. */
function cutEvents(text: string): { cuts: Cut[]; end: number } {
  const cuts: Cut[] = [];
  let end = 0;
  for (const { index, 0: border } of text.matchAll(EMPTY_LINE)) {
    const next = index + border.length;
    // A carriage return at the very end may be half of an end of line.
    if (next === text.length && border.endsWith("\r")) break;
    const event = text.slice(end, next);
    const cut = event.includes('"usage"') ? cutOf(event) : null;
    if (cut !== null) cuts.push([end + cut[0], end + cut[1]]);
    end = next;
  }
  return { cuts, end };
}

/**
 * Takes out of an event stream of chat completions what is there only because the gateway added
 * `stream_options.include_usage`: the event with the usage and no choices, and the `usage` of every other one. All other
 * bytes stay; an event waits for its empty line, before which no client acts on it.
 *
 * @param seen is handed every byte of the provider's
 */
export function withoutUsage(seen: (bytes: Uint8Array) => void): TransformStream<Uint8Array, Uint8Array> {
  let held: Uint8Array = new Uint8Array(0);
  return new TransformStream({
    transform(chunk, controller) {
      seen(chunk);
      const bytes = joined(held, chunk);
      const { cuts, end } = cutEvents(decoder.decode(bytes));
      giveOut(bytes.subarray(0, end), cuts, (piece) => controller.enqueue(piece));
      held = bytes.subarray(end);
      if (held.length <= LONGEST_EVENT) return;
      controller.enqueue(held);
      held = new Uint8Array(0);
    },
    flush(controller) {
      const { cuts } = cutEvents(`${decoder.decode(held)}\n\n`);
      const own = cuts.map(([from, to]): Cut => [from, Math.min(to, held.length)]);
      giveOut(held, own, (piece) => controller.enqueue(piece));
    },
  });
}
