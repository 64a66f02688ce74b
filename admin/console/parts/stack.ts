// What a stacked chart is made of: its steps and keys, where its bars are, and what its steps say.

/** One of the things that are stacked. */
export interface StackKey {
  name: string;
  /** Where more of it is to be seen; null: nowhere. */
  href: string | null;
  /** Whether it is all that isn't told apart. */
  isRest: boolean;
  /** One for each step. */
  values: readonly number[];
  total: number;
}

/** One step, which is one bar. */
export interface StackStep {
  name: string;
  /** Below the axis; null: nothing. */
  label: string | null;
  /** When it begins, ms since 1970, where it is an hour, which the script tells in the viewer's zone. */
  hour: number | null;
}

/** The chart's height, and how wide a step is, in its own units. */
export const HEIGHT = 1000;
export const STEP = 10;
/** Of 10: the rest is the gap to the next bar. */
const BAR_WIDTH = 8;
/** So that a small value can be told from none. */
const LEAST = 8;
/** Between two parts of a bar, so that it isn't colour alone that parts them. */
const GAP = 5;

const REST = 7;
/** The class that gives a key its colour. */
export const classOf = (key: StackKey, index: number): string => `k${key.isRest ? REST : index + 1}`;

/** Values added up. */
export const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** What all keys have in a step. */
export const totalAt = (keys: readonly StackKey[], step: number): number =>
  sum(keys.map(({ values }) => values[step] ?? 0));

/** How high a sum of values ends. Rounded, so that what lies on top of another begins where that ends. */
const heightOf = (value: number, top: number): number =>
  value <= 0 ? 0 : Math.max(LEAST, Math.round((value / top) * HEIGHT));

/** All bars of one key in one path: a fraction of the bytes that a rectangle each would take. */
export function pathOf(keys: readonly StackKey[], key: number, steps: number, top: number): string {
  const bars = Array.from({ length: steps }, (_, step) => {
    const below = totalAt(keys.slice(0, key), step);
    const [from, to] = [heightOf(below, top), heightOf(below + (keys[key]?.values[step] ?? 0), top)];
    const height = from > 0 && to - from > 2 * GAP ? to - from - GAP : to - from;
    return height <= 0 ? "" : `M${step * STEP + 1} ${HEIGHT - to}h${BAR_WIDTH}v${height}h-${BAR_WIDTH}z`;
  });
  return bars.join("");
}

/** A step in words: its sum, and of what it is. */
export function stepWords(
  keys: readonly StackKey[],
  step: number,
  name: string,
  write: (value: number) => string,
): string {
  const parts = keys.filter(({ values }) => (values[step] ?? 0) > 0);
  const all = `${name}: ${write(totalAt(keys, step))}`;
  return parts.length === 0
    ? all
    : `${all} — ${parts.map((key) => `${key.name} ${write(key.values[step] ?? 0)}`).join(", ")}`;
}
