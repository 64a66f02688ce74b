import * as fc from "fast-check";
import type { SeriesKey, SeriesPart, SeriesStep } from "../../../shared/usage.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string): number => Date.parse(`${text}Z`);

/** Some more of a row, reported after so many hours have gone by. */
export const CHANGE = fc.record({
  hours: fc.constantFrom(0, 0, 1, 5, 30),
  daysBack: fc.constantFrom(0, 0, 0, 1, 20),
  tokenId: fc.constantFrom("a", "b", "c", "d"),
  provider: fc.constantFrom("openai" as const, "gemini" as const),
  model: fc.constantFrom("", "m", "n"),
  requests: fc.integer({ min: 1, max: 9 }),
  nanos: fc.constantFrom(0, 1, 5_000, 1_000_000),
  input: fc.nat(500),
  cut: fc.nat(3),
});
type Change = typeof CHANGE extends fc.Arbitrary<infer T> ? T : never;

/** A change as a child would write it down: when it counts, by hour and by day, and what of. */
export type Note = Change & { hour: number; day: string };

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Writes down what is reported at a time, ms since 1970. */
export function noteOf(change: Change, now: number): Note {
  const day = dayOf(now - change.daysBack * DAY_MS);
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  return { ...change, day, hour: dayOf(hour) === day ? hour : at(`${day}T23:00:00`) };
}

const stepOf: Record<SeriesStep, (note: Note) => number> = {
  hour: ({ hour }) => hour,
  day: ({ day }) => at(`${day}T00:00:00`),
  month: ({ day }) => at(`${day.slice(0, 7)}-01T00:00:00`),
};
const keyOf: Record<SeriesKey, (note: Note) => Pick<SeriesPart, "key" | "provider">> = {
  provider: ({ provider }) => ({ key: provider, provider: null }),
  model: ({ model, provider }) => ({ key: model, provider }),
  token: ({ tokenId }) => ({ key: tokenId, provider: null }),
};

const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0);

function partOf(
  notes: readonly Note[],
  steps: readonly number[],
  step: SeriesStep,
  named: Pick<SeriesPart, "key" | "provider">,
): SeriesPart {
  const of = (read: (note: Note) => number): number[] =>
    steps.map((start) => sum(notes.filter((note) => stepOf[step](note) === start).map(read)));
  return {
    ...named,
    requests: of(({ requests }) => requests),
    errors: of(({ cut }) => cut),
    tokens: of(({ input }) => input),
    micros: of(({ nanos }) => nanos).map((nanos) => nanos / 1_000),
  };
}

const name = ({ key, provider }: SeriesPart): string => `${key} ${provider}`;
/** Whole ones: sums of fractions drift. */
const nanos = ({ micros }: SeriesPart): number => sum(micros.map((amount) => Math.round(amount * 1_000)));

/** The parts of a series, added up out of all that was noted. */
export function naiveParts(
  all: readonly Note[],
  steps: readonly number[],
  step: SeriesStep,
  by: SeriesKey,
  top: number,
): SeriesPart[] {
  const notes = all.filter((note) => steps.includes(stepOf[step](note)));
  const keys = new Map(notes.map((note) => [JSON.stringify(keyOf[by](note)), keyOf[by](note)]));
  const parts = [...keys].map(([key, named]) =>
    partOf(
      notes.filter((note) => JSON.stringify(keyOf[by](note)) === key),
      steps,
      step,
      named,
    ),
  );
  parts.sort(
    (one, other) =>
      nanos(other) - nanos(one) || sum(other.requests) - sum(one.requests) || (name(one) < name(other) ? -1 : 1),
  );
  const told = new Set(parts.slice(0, top).map(({ key, provider }) => JSON.stringify({ key, provider })));
  const others = notes.filter((note) => !told.has(JSON.stringify(keyOf[by](note))));
  const rest = others.length > 0 ? [partOf(others, steps, step, { key: null, provider: null })] : [];
  return [...parts.slice(0, top), ...rest];
}
