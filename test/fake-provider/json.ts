/**
 * Reads a field of unchecked JSON.
 *
 * @param value anything
 * @param path names of fields, or indexes of lists
 * @returns what is there, or undefined
 */
export function field(value: unknown, ...path: (string | number)[]): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}

/** A list as it is, anything else as an empty one. */
export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A string as it is, anything else as the fallback. */
export function string(value: unknown, fallback = ""): string {
  return typeof value === "string" ? value : fallback;
}

/** A finite number as it is, anything else as null. */
export function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/**
 * The readable text of a prompt in any of the dialects: a string, `{content}`, `{parts}`, `{text}`, or a list of these.
 */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (Array.isArray(value)) return value.map(textOf).filter(Boolean).join(" ");
  for (const name of ["text", "content", "parts", "output"]) {
    const inner = field(value, name);
    if (inner !== undefined && inner !== null) return textOf(inner);
  }
  return "";
}

/** Parses JSON; undefined where it isn't any. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
