/** More of anything than this is no provider's true word; it keeps sums exact and finite. */
const MOST = 1e12;
/** How many of a provider's own numbers are kept, how deep they may lie, and how long the path to one may be. */
const MOST_RAW = 40;
const RAW_DEPTH = 4;
const RAW_PATH_LENGTH = 120;

/** An object of parsed JSON, of which nothing is known yet. */
export type Json = Record<string, unknown>;

/** Tells whether something is an object with fields. */
export const isJson = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What lies at the end of a path of keys; undefined where it leads nowhere. */
export const at = (value: unknown, ...keys: string[]): unknown =>
  keys.reduce<unknown>((inner, key) => (isJson(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined), value);

/** What lies there, as an object; an empty one where it is none. */
export const objectAt = (value: unknown, ...keys: string[]): Json => {
  const found = at(value, ...keys);
  return isJson(found) ? found : {};
};

/** What lies there, as a list; an empty one where it is none. */
export const listAt = (value: unknown, ...keys: string[]): readonly unknown[] => {
  const found = at(value, ...keys);
  return Array.isArray(found) ? found : [];
};

/** The text that lies there; null where there is none. */
export const textAt = (value: unknown, ...keys: string[]): string | null => {
  const found = at(value, ...keys);
  return typeof found === "string" && found !== "" ? found : null;
};

/** A number that counts something: finite, not below 0; 0 for whatever is none. */
export const amount = (value: unknown): number =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? Math.min(value, MOST) : 0;

/** The first of some fields that holds a number. */
export function numberAt(value: Json, ...names: string[]): number {
  const name = names.find((one) => typeof value[one] === "number");
  return name === undefined ? 0 : amount(value[name]);
}

/** Entries of lists are named by what they are about (`TEXT`, `compaction`), else by their place. */
const nameOf = (entry: unknown, place: number): string =>
  textAt(entry, "modality") ?? textAt(entry, "type") ?? String(place);

function gather(value: unknown, path: string, depth: number, into: Record<string, number>): void {
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((entry, place) => [nameOf(entry, place), entry])
    : isJson(value)
      ? Object.entries(value)
      : [];
  for (const [key, inner] of entries) {
    const here = path === "" ? key : `${path}.${key}`;
    if (here.length > RAW_PATH_LENGTH) continue;
    if (typeof inner === "number" && Number.isFinite(inner)) {
      if (Object.keys(into).length >= MOST_RAW) return;
      into[here] = inner;
    } else if (depth < RAW_DEPTH) gather(inner, here, depth + 1, into);
  }
}

/**
 * The numbers in a provider's usage object, by their dotted path. Numbers alone: no text of a provider's is kept.
 *
 * @param usage as it was parsed
 */
export function rawNumbers(usage: unknown): Record<string, number> {
  const into: Record<string, number> = {};
  gather(usage, "", 1, into);
  return into;
}
