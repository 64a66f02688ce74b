import { isJson, type Json } from "./numbers.ts";

const BLANK = /[\s:]/;

/** Tells whether a field that ends here holds an object or a list. */
function isFilled(text: string, after: number): boolean {
  let next = after;
  while (next < text.length && BLANK.test(text.charAt(next))) next++;
  return text.charAt(next) === "{" || text.charAt(next) === "[";
}

/**
 * Where the next field of a name stands that holds something.
 *
 * @returns -1 where there is none
 */
export function nextFilled(text: string, field: string, from: number): number {
  const name = `"${field}"`;
  let start = text.indexOf(name, from);
  while (start !== -1 && !isFilled(text, start + name.length)) start = text.indexOf(name, start + name.length);
  return start;
}

/** Where the last one stands; see `nextFilled`. */
export function lastFilled(text: string, field: string, before = Infinity): number {
  const name = `"${field}"`;
  let start = text.lastIndexOf(name, before);
  while (start > 0 && !isFilled(text, start + name.length)) start = text.lastIndexOf(name, start - 1);
  return start !== -1 && isFilled(text, start + name.length) ? start : -1;
}

/** Parses what may be JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The end of the object that begins at a brace; -1 where it isn't whole. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  for (let place = start; place < text.length; place++) {
    const character = text.charCodeAt(place);
    // A string is left by its closing quote; a backslash takes the next character along.
    if (character === 0x22) {
      for (place++; place < text.length && text.charCodeAt(place) !== 0x22; place++) {
        if (text.charCodeAt(place) === 0x5c) place++;
      }
    } else if (character === 0x7b) depth++;
    else if (character === 0x7d && --depth === 0) return place + 1;
  }
  return -1;
}

/**
 * The last object that a field of this name holds, cut out of JSON that isn't parsed whole: it is too long, or it broke off.
 *
 * @returns null where there is none that is whole
 */
export function lastObject(text: string, field: string): Json | null {
  for (let start = lastFilled(text, field); start !== -1; start = lastFilled(text, field, start - 1)) {
    const brace = text.indexOf("{", start + field.length + 2);
    const end = brace === -1 ? -1 : endOfObject(text, brace);
    const value = end === -1 ? null : parsed(text.slice(brace, end));
    if (isJson(value)) return value;
    if (start === 0) return null;
  }
  return null;
}

/** The last text that a field of this name holds, read like `lastObject`. */
export function lastText(text: string, field: string): string | null {
  let value: string | null = null;
  for (const [, inner] of text.matchAll(new RegExp(`"${field}"\\s*:\\s*"([^"\\\\]{1,200})"`, "g")))
    value = inner ?? null;
  return value;
}

/** The line that a place is in, without what stands before its JSON, and where the line ends. */
export function lineAt(text: string, place: number): { json: string; end: number } {
  const start = text.lastIndexOf("\n", place) + 1;
  const feed = text.indexOf("\n", place);
  const line = text.slice(start, feed === -1 ? text.length : feed);
  // A carriage return ends a line too, before a line feed or alone.
  const from = line.lastIndexOf("\r", place - start) + 1;
  const back = line.indexOf("\r", place - start);
  const own = line.slice(from, back === -1 ? line.length : back);
  return { json: own.slice(Math.max(0, own.indexOf("{"))), end: start + from + own.length };
}
