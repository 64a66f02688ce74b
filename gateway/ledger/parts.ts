import type { Provider } from "../../shared/providers.ts";
import type { SeriesPart } from "../../shared/usage.ts";
import { microsOf } from "../usage/money.ts";
import type { Steps } from "./steps.ts";

/** What one key used in one step; null keys are all together. */
export type Row = {
  step: string | number;
  key: string | null;
  provider: string | null;
  requests: number;
  errors: number;
  tokens: number;
  nanos: number;
};

/** A key with the provider where it is a model's. */
export type Key = [key: string, provider: string | null];

/** What was found of a series. */
export interface Found {
  /** The largest first. */
  keys: Key[];
  rows: Row[];
}

function emptyPart(key: string | null, provider: string | null, length: number): SeriesPart {
  const none = (): number[] => Array.from({ length }, () => 0);
  // The cast: only providers are ever written.
  return {
    key,
    provider: provider as Provider | null,
    requests: none(),
    errors: none(),
    tokens: none(),
    micros: none(),
  };
}

/** Adds a row to a part, or takes it away. Money is in nano-dollars until all is there: sums of fractions drift. */
function addRow(part: SeriesPart, place: number, row: Row, times: 1 | -1): void {
  const add = (to: number[], value: number): void => {
    to[place] = (to[place] ?? 0) + value * times;
  };
  add(part.requests, row.requests);
  add(part.errors, row.errors);
  add(part.tokens, row.tokens);
  add(part.micros, row.nanos);
}

const isNothing = ({ requests, tokens, micros }: SeriesPart): boolean =>
  [requests, tokens, micros].every((sums) => sums.every((sum) => sum === 0));

/**
 * The parts of a series. Pure.
 *
 * @param totals of all together, one for each step
 */
export function partsOf({ labels }: Steps, { keys, rows }: Found, totals: readonly Row[]): SeriesPart[] {
  const places = new Map(labels.map((label, place) => [label, place]));
  const others = emptyPart(null, null, labels.length);
  const parts = new Map(keys.map((key) => [JSON.stringify(key), emptyPart(...key, labels.length)]));
  for (const total of totals) addRow(others, places.get(total.step) ?? 0, total, 1);
  for (const row of rows) {
    const place = places.get(row.step) ?? 0;
    const part = parts.get(JSON.stringify([row.key, row.provider]));
    if (part !== undefined) addRow(part, place, row, 1);
    addRow(others, place, row, -1);
  }
  const told = [...parts.values(), ...(isNothing(others) ? [] : [others])];
  return told.map((part) => ({ ...part, micros: part.micros.map(microsOf) }));
}
