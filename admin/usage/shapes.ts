import { z } from "@hono/zod-openapi";
import { PROVIDERS } from "../../shared/providers.ts";
import { COUNT_NAMES, ERROR_KINDS, type UsageGroupRow, type UsageReport, type UsageRow } from "../../shared/usage.ts";
import { time, toTime } from "../api/times.ts";
import { meanOf, toMicros, toUsd } from "./amounts.ts";
import type { DayRange } from "./days.ts";
import type { Labels } from "./labels.ts";
import { GROUPS } from "./schemas.ts";

// Usage as the JSON API and the exports tell it.

const count = z.number().min(0);
const errors = z.record(z.enum(ERROR_KINDS), count);
/** Counts of a call or of many. */
export const countsShape = z.record(z.enum(COUNT_NAMES), count).openapi("UsageCounts", {
  description: "Tokens; `webSearches` are searches, `audioSeconds` seconds. `input` and `output` hold their parts.",
});
/** Money as the API tells it. */
export const usdShape = z.number().openapi({ description: "US dollars, to 9 decimals.", example: 0.0023 });

const used = {
  requests: count,
  errors: errors.openapi({ description: "Requests that were no success, by kind." }),
  counts: countsShape,
  usd: usdShape,
  micros: z.number().openapi({ description: "The same in millionths of a US dollar." }),
  unpriced: count.openapi({ description: "Requests that used something without a known price: not in `usd`." }),
  estimated: count.openapi({ description: "Requests whose usage is an estimate." }),
};
const means = {
  ttfbMs: z.int().nullable().openapi({ description: "Mean time to the first byte, in ms; null: none was timed." }),
  durationMs: z.int().nullable().openapi({ description: "Mean duration, in ms; null: there were no requests." }),
};

/** Usage of one group. */
const groupShape = z
  .object({
    key: z
      .string()
      .openapi({ description: "The day, token id, model or provider. A model may be empty: none was named." }),
    label: z.string().nullable().openapi({ description: "The token's label, where rows are of tokens." }),
    provider: z.enum(PROVIDERS).nullable().openapi({ description: "The model's provider, where rows are of models." }),
    ...used,
    ...means,
  })
  .openapi("UsageGroup");

/** Usage as told. */
export const usageShape = z
  .object({
    token: z.string().nullable(),
    from: z.iso.date(),
    to: z.iso.date(),
    group: z.enum(GROUPS),
    rows: z.array(groupShape),
    total: z.object({ ...used, ...means }).openapi("UsageTotal"),
    asOf: time.openapi({ description: "What is told is complete up to here, but for requests on their way." }),
  })
  .openapi("Usage");

type Sums = UsageReport["total"];

const usedJson = ({ requests, errors, counts, micros, unpriced, estimated }: Sums) => ({
  requests,
  errors,
  counts,
  usd: toUsd(micros),
  micros: toMicros(micros),
  unpriced,
  estimated,
});

const sumsJson = (sums: Sums) => ({
  ...usedJson(sums),
  ttfbMs: meanOf(sums.ttfbMs, sums.timed),
  durationMs: meanOf(sums.durationMs, sums.requests),
});

const groupJson = (row: UsageGroupRow, labels: Labels) => ({
  key: row.key,
  label: labels.get(row.key) ?? null,
  provider: row.provider,
  ...sumsJson(row),
});

/** Which usage was asked for. */
export interface Asking extends DayRange {
  token: string | null;
  group: (typeof GROUPS)[number];
}

/** Usage as JSON. `labels`: empty where rows aren't of tokens. */
export function usageJson(asking: Asking, report: UsageReport, labels: Labels): z.output<typeof usageShape> {
  const { token, from, to, group } = asking;
  const rows = report.rows.map((row) => groupJson(row, labels));
  return { token, from, to, group, rows, total: sumsJson(report.total), asOf: toTime(report.asOf) };
}

/** A row of usage as the exports tell it: sums of the times instead of means, so that rows can be added up. */
export function rowJson(row: UsageRow, labels: Labels) {
  const { tokenId, day, provider, model, ttfbMs, timed, durationMs } = row;
  const label = labels.get(tokenId) ?? null;
  return { day, token: tokenId, label, provider, model, ...usedJson(row), ttfbMs, timed, durationMs };
}
