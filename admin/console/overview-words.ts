import { isProvider } from "../../shared/providers.ts";
import type { SeriesKey, SeriesPart, SeriesStep } from "../../shared/usage.ts";
import type { ChartSpan, Measure } from "../overview/series.ts";
import type { ComparedName } from "../overview/spans.ts";
import type { Labels } from "../usage/labels.ts";
import { dollars, number } from "./amounts.ts";
import { PROVIDER_NAMES } from "./words.ts";

// How the overview calls things.

/** Names of the compared spans, and of what each is compared with. */
export const COMPARED_WORDS: Record<ComparedName, readonly [name: string, against: string]> = {
  today: ["Today", "against yesterday until now"],
  week: ["This week", "against last week until now"],
  month: ["This month", "against last month until now"],
};

/** Names of the chart's spans. */
export const SPAN_WORDS: Record<ChartSpan, string> = {
  "24h": "24 hours",
  "7d": "7 days",
  "30d": "30 days",
  "90d": "90 days",
  "12m": "12 months",
};

/** Names of what the chart tells apart. */
export const BY_WORDS: Record<SeriesKey, string> = { provider: "Provider", model: "Model", token: "Token" };

/** Names of what the chart shows, and how its values are written. */
export const MEASURE_WORDS: Record<Measure, { name: string; write: (value: number) => string; whole: boolean }> = {
  spend: { name: "Spend", write: dollars, whole: false },
  requests: { name: "Requests", write: number, whole: true },
  tokens: { name: "Model tokens", write: number, whole: true },
  errors: { name: "Errors", write: number, whole: true },
};

const COMPACT = new Intl.NumberFormat("en-US", { notation: "compact", maximumFractionDigits: 2 });
const MICROS = 1_000_000;
/** From here on, a number is written short beside an axis. */
const LONG = 10_000;

/** A value beside an axis. */
export function tickWords(value: number, measure: Measure): string {
  const isMoney = measure === "spend";
  const amount = isMoney ? value / MICROS : value;
  if (amount < LONG) return MEASURE_WORDS[measure].write(value);
  return `${isMoney ? "$" : ""}${COMPACT.format(amount)}`;
}

const part = (options: Intl.DateTimeFormatOptions): ((at: number) => string) => {
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", ...options });
  return (at) => format.format(at);
};
const weekday = part({ weekday: "short" });
const dayAndMonth = part({ day: "numeric", month: "short" });
const clock = part({ hour: "2-digit", minute: "2-digit" });

/** What a step is called, by the moment at which it begins (ms since 1970). */
export const STEP_WORDS: Record<SeriesStep, (at: number) => string> = {
  hour: (at) => `${weekday(at)} ${dayAndMonth(at)}, ${clock(at)} UTC`,
  day: (at) => `${weekday(at)} ${dayAndMonth(at)}`,
  month: part({ month: "short", year: "numeric" }),
};

/** How a span's axis is written: each how many steps, counted from the last one, and with what. */
export const AXIS_WORDS: Record<ChartSpan, { every: number; write: (at: number) => string }> = {
  "24h": { every: 6, write: clock },
  "7d": { every: 1, write: weekday },
  "30d": { every: 7, write: dayAndMonth },
  "90d": { every: 21, write: dayAndMonth },
  "12m": { every: 3, write: part({ month: "short", year: "2-digit" }) },
};

/** What a part of a series is of, as text. */
export function partName(
  { key, provider }: Pick<SeriesPart, "key" | "provider">,
  by: SeriesKey,
  labels: Labels,
): string {
  if (key === null) return "All others";
  if (by === "token") return labels.get(key) ?? key;
  if (by === "provider") return isProvider(key) ? PROVIDER_NAMES[key] : key;
  return `${key === "" ? "No model named" : key}${provider === null ? "" : ` · ${PROVIDER_NAMES[provider]}`}`;
}

/** From so many times on, a percentage says less than how many times it is. */
const TIMES = 10;

/**
 * How a number has changed, in words: none of them says that more is good or bad.
 *
 * @param write writes a number of this kind
 */
export function changeWords(now: number, before: number, write: (value: number) => string): string {
  if (now === before) return now === 0 ? "none before either" : "as before";
  if (before === 0) return `up from ${write(0)}`;
  if (now === 0) return `down from ${write(before)}`;
  const times = now / before;
  if (times >= TIMES) return `${number(times)} times ${write(before)}`;
  const percent = Math.round(Math.abs(times - 1) * 100);
  if (percent === 0) return `about as before, ${write(before)}`;
  return `${times > 1 ? "up" : "down"} ${percent} % from ${write(before)}`;
}

/** A share in percent: with one decimal where it is small. */
export function percentWords(share: number): string {
  const percent = share * 100;
  if (percent === 0) return "0 %";
  if (percent < 0.1) return "below 0.1 %";
  return `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
