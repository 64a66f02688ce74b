import type { ControlApi } from "../../../../shared/control.ts";
import type { SeriesQuery, UsageSpan } from "../../../../shared/usage.ts";
import { gatewayFacts, seriesPart, spanTotals, usageSeries } from "../../support/series.ts";
import { fakeGateway } from "../../support/usage.ts";
import type { Browser } from "./browser.ts";

/** A Tuesday. */
export const NOW = Date.UTC(2026, 10, 24, 14, 30);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Steps as the ledger would tell them, and two parts in the last two of them. */
async function twoProviders({ from, to, step }: SeriesQuery) {
  const length = step === "hour" ? HOUR : DAY;
  const steps = Array.from({ length: (to - from) / length }, (_, index) => from + index * length);
  const lasts = (...values: number[]) => [...steps.slice(values.length).map(() => 0), ...values];
  return usageSeries(steps, [
    seriesPart("openai", {
      micros: lasts(2_000_000, 800_000),
      requests: lasts(20, 8),
      errors: lasts(1, 0),
      tokens: lasts(0, 0),
    }),
    seriesPart("anthropic", {
      micros: lasts(0, 400_000),
      requests: lasts(0, 4),
      errors: lasts(0, 0),
      tokens: lasts(0, 0),
    }),
  ]);
}

/** A gateway where all is well and nothing was used. */
export const NOTHING_USED = {
  facts: async () => gatewayFacts(),
  webhooks: async () => [],
  usageSeries: async ({ from }: SeriesQuery) => usageSeries([from], []),
  spanTotals: async (spans: readonly UsageSpan[]) => spans.map(() => spanTotals()),
};
/** A gateway where all is well and two providers were used. */
export const USED: Partial<ControlApi> = { ...NOTHING_USED, usageSeries: twoProviders };

/** Opens a page of an admin with such a gateway. */
export async function visit(browser: Browser, parts: Partial<ControlApi>, path = "/") {
  const { calls, bindings } = fakeGateway(parts);
  browser.bindings = bindings;
  return { page: await browser.get(path), calls };
}
