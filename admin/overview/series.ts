import type { SeriesPart, SeriesQuery, SeriesStep, UsageSeries } from "../../shared/usage.ts";
import { startOfMonth } from "./spans.ts";

const HOUR_MS = 60 * 60 * 1000;
const DAY_MS = 24 * HOUR_MS;

/** How many keys the chart tells apart; all others are one. */
export const TOP_KEYS = 6;

/** What the chart can show, in the order in which it is offered. */
export const MEASURES = ["spend", "requests", "tokens", "errors"] as const;
/** Something that the chart can show. */
export type Measure = (typeof MEASURES)[number];

/** The spans of the chart: up to now, so many steps long. */
export const CHART_SPANS = {
  "24h": { step: "hour", steps: 24 },
  "7d": { step: "day", steps: 7 },
  "30d": { step: "day", steps: 30 },
  "90d": { step: "day", steps: 90 },
  "12m": { step: "month", steps: 12 },
} as const satisfies Record<string, { step: SeriesStep; steps: number }>;
/** The name of a span of the chart. */
export type ChartSpan = keyof typeof CHART_SPANS;
/** Their names, the shortest first. */
export const CHART_SPAN_NAMES = Object.keys(CHART_SPANS) as [ChartSpan, ...ChartSpan[]];

const MS: Record<Exclude<SeriesStep, "month">, number> = { hour: HOUR_MS, day: DAY_MS };

/** When a span's first step begins and its last one ends, in UTC. */
function rangeOf(step: SeriesStep, steps: number, now: number): { from: number; to: number } {
  if (step === "month") return { from: startOfMonth(now, 1 - steps), to: startOfMonth(now, 1) };
  const to = (Math.floor(now / MS[step]) + 1) * MS[step];
  return { from: to - steps * MS[step], to };
}

/**
 * What to ask the gateway for a span of the chart.
 *
 * @param now ms since 1970; its step is the last one
 */
export function seriesQuery(span: ChartSpan, by: SeriesQuery["by"], now: number, top: number = TOP_KEYS): SeriesQuery {
  const { step, steps } = CHART_SPANS[span];
  return { ...rangeOf(step, steps, now), step, by, top };
}

const FIELDS: Record<Measure, "micros" | "requests" | "tokens" | "errors"> = {
  spend: "micros",
  requests: "requests",
  tokens: "tokens",
  errors: "errors",
};

/** A part's values of a measure, one for each step. */
export const valuesOf = (part: SeriesPart, measure: Measure): readonly number[] => part[FIELDS[measure]];

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** A part's value of a measure over all steps. */
export const totalOf = (part: SeriesPart, measure: Measure): number => sum(valuesOf(part, measure));

/**
 * What to show where the owner didn't say it: spend, and where nothing has a price, requests.
 *
 * @param asked what the address says; null: nothing
 */
export function measureOf(series: UsageSeries | null, asked: Measure | null): Measure {
  if (asked !== null) return asked;
  const parts = series?.parts ?? [];
  const hasMoney = parts.some((part) => totalOf(part, "spend") > 0);
  return hasMoney || parts.length === 0 ? "spend" : "requests";
}
