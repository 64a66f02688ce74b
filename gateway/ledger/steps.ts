import type { SeriesQuery, SeriesStep } from "../../shared/usage.ts";
import { DAY_MS, dayOf, HOUR_MS, monthStart } from "../calendar.ts";

/** Steps that are told at most, the last of them: more than a year of days. */
const MOST_STEPS = 500;

/** Behind this, a day has more than four digits for its year. */
const LATEST = Date.UTC(9999, 0, 1);

/** How steps lie in time (ms since 1970), and what they are called in the tables. */
interface StepKind {
  start: (at: number) => number;
  /** Of the step so many behind the one that begins then. */
  ahead: (start: number, count: number) => number;
  label: (start: number) => string | number;
}

const fixed = (length: number): Pick<StepKind, "start" | "ahead"> => ({
  start: (at) => Math.floor(at / length) * length,
  ahead: (start, count) => start + count * length,
});

const KINDS: Record<SeriesStep, StepKind> = {
  hour: { ...fixed(HOUR_MS), label: (start) => start },
  day: { ...fixed(DAY_MS), label: dayOf },
  month: { start: (at) => monthStart(at, 0), ahead: monthStart, label: (start) => dayOf(start).slice(0, 7) },
};

/** The steps of a series. */
export interface Steps {
  /** When each begins, ms since 1970, oldest first. */
  starts: number[];
  /** What each is called, in the same order. */
  labels: (string | number)[];
  /** What the step behind the last would be called: labels are in the order of time. */
  before: string | number;
}

/**
 * The steps that a series is made of: whole ones, from that in which `from` is to that in which the moment before `to` is,
 * and the last 500 of these.
 *
 * @returns null where there are none
 */
export function stepsOf({ from, to, step }: Pick<SeriesQuery, "from" | "to" | "step">): Steps | null {
  const { start, ahead, label } = KINDS[step];
  const last = start(Math.min(to, LATEST) - 1);
  const first = Math.max(start(Math.max(from, 0)), ahead(last, 1 - MOST_STEPS));
  // Of numbers that aren't times too.
  if (!(first <= last)) return null;
  const starts: number[] = [];
  for (let at = first; at <= last; at = ahead(at, 1)) starts.push(at);
  return { starts, labels: starts.map(label), before: label(ahead(last, 1)) };
}
