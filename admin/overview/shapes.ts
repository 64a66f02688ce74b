import { z } from "@hono/zod-openapi";
import { PROVIDERS } from "../../shared/providers.ts";
import { SERIES_KEYS, SERIES_STEPS, type SpanTotals } from "../../shared/usage.ts";
import { time, toTime } from "../api/times.ts";
import { toMicros, toUsd } from "../usage/amounts.ts";
import { usdShape } from "../usage/shapes.ts";
import { type Finding, FINDING_KINDS } from "./attention.ts";
import type { LabelledSeries, Numbers, Standing } from "./reading.ts";
import { CHART_SPAN_NAMES, CHART_SPANS, type ChartSpan } from "./series.ts";
import { COMPARED, type ComparedName } from "./spans.ts";

// The overview and usage over time as the JSON API tells them.

const count = z.int().min(0);
const spanTotals = z.object({
  from: time,
  to: time,
  requests: count,
  errors: count,
  tokens: count.openapi({ description: "Input and output of models." }),
  usd: usdShape,
  micros: z.number(),
  unpriced: count.openapi({ description: "Requests that used something without a known price: not in `usd`." }),
  usedTokens: count.openapi({
    description:
      "Tokens of Doppelgate that were used; what was used before the gateway counted it by hours, by whole days.",
  }),
});
const compared = z
  .object({ now: spanTotals, before: spanTotals })
  .openapi("ComparedSpans", { description: "A span up to now, and the same part of the span before." });

const finding = z
  .looseObject({ kind: z.enum(FINDING_KINDS) })
  .openapi("Finding", { description: "Something that needs attention, with its facts. Times are ms since 1970." });

/** The overview. */
export const overviewShape = z
  .object({
    used: z
      .object({ today: compared, week: compared, month: compared })
      .nullable()
      .openapi({ description: "Days, weeks (from Monday) and months of UTC. Null where the gateway doesn't answer." }),
    attention: z.array(finding).openapi({ description: "The most urgent first." }),
  })
  .openapi("Overview");

const values = z.array(z.number()).openapi({ description: "One for each step." });
const part = z
  .object({
    key: z
      .string()
      .nullable()
      .openapi({ description: "Provider, model (empty: none was named) or token id; null: all others together." }),
    label: z.string().nullable().openapi({ description: "The token's label, where parts are of tokens." }),
    provider: z.enum(PROVIDERS).nullable().openapi({ description: "The model's provider, where parts are of models." }),
    requests: values,
    errors: values,
    tokens: values,
    usd: values,
    micros: values,
  })
  .openapi("SeriesPart");

/** Usage over time. */
export const seriesShape = z
  .object({
    span: z.enum(CHART_SPAN_NAMES),
    by: z.enum(SERIES_KEYS),
    step: z.enum(SERIES_STEPS),
    steps: z.array(time).openapi({ description: "When each step begins, oldest first." }),
    parts: z.array(part).openapi({ description: "The one with the most money first, all others last." }),
    asOf: time.openapi({ description: "What is told is complete up to here, but for requests on their way." }),
  })
  .openapi("UsageSeries");

function totalsJson({ from, to }: { from: number; to: number }, totals: SpanTotals): z.output<typeof spanTotals> {
  const { micros, ...counts } = totals;
  return { from: toTime(from), to: toTime(to), ...counts, usd: toUsd(micros), micros: toMicros(micros) };
}

function numbersJson(numbers: Numbers): z.output<typeof overviewShape>["used"] {
  const rows = COMPARED.map((name) => {
    const { now, before, used, usedBefore } = numbers[name];
    return [name, { now: totalsJson(now, used), before: totalsJson(before, usedBefore) }] as const;
  });
  // The cast: `entries` forgets the names.
  return Object.fromEntries(rows) as Record<ComparedName, z.output<typeof compared>>;
}

const findingJson = (finding: Finding): z.output<typeof overviewShape>["attention"][number] => ({ ...finding });

/** The overview as JSON. */
export function overviewJson(numbers: Numbers | null, { findings }: Standing): z.output<typeof overviewShape> {
  return { used: numbers === null ? null : numbersJson(numbers), attention: findings.map(findingJson) };
}

/** Usage over time as JSON. */
export function seriesJson(
  span: ChartSpan,
  by: (typeof SERIES_KEYS)[number],
  { series, labels }: LabelledSeries,
): z.output<typeof seriesShape> {
  const { steps, parts, asOf } = series;
  return {
    span,
    by,
    step: CHART_SPANS[span].step,
    steps: steps.map(toTime),
    parts: parts.map(({ micros, ...part }) => ({
      ...part,
      label: (part.key !== null && by === "token" ? labels.get(part.key) : undefined) ?? null,
      usd: micros.map(toUsd),
      micros: micros.map(toMicros),
    })),
    asOf: toTime(asOf),
  };
}
