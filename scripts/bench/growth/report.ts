import type { Authorized } from "./authorizing.ts";
import type { Times } from "./measuring.ts";

/** The mark for each page at the large size, in ms. */
export const MARK_MS = 100;

/** A view as it was measured. */
export interface PageTimes {
  name: string;
  small: Times;
  large: Times;
  /** Bytes of the page at the large size, as it is sent. */
  bytes: number;
}

const round = (value: number): number => Math.round(value * 100) / 100;
const rounded = ({ median, p95 }: Times): Times => ({ median: round(median), p95: round(p95) });
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** How much longer all pages together take at the large size: ratio of the sums of their medians. */
export const ratioOf = (pages: readonly PageTimes[]): number =>
  sum(pages.map(({ large }) => large.median)) / sum(pages.map(({ small }) => small.median));

const hotRatio = ({ hot: [small, large] }: Authorized): number => (large?.median ?? 0) / (small?.median ?? 1);

const cell = (value: number): string => value.toFixed(1).padStart(9);

/** The table, for people. */
export function tableOf(pages: readonly PageTimes[], authorized: Authorized | null): string {
  const width = Math.max(...pages.map(({ name }) => name.length), 20);
  const line = (name: string, small: Times, large: Times): string => {
    const mark = large.median > MARK_MS ? "  above the mark" : "";
    const ratio = (large.median / small.median).toFixed(2).padStart(7);
    return `${name.padEnd(width)}${cell(small.median)}${cell(small.p95)}${cell(large.median)}${cell(large.p95)}${ratio}${mark}`;
  };
  const titles = ["few p50", "p95", "many p50", "p95"].map((title) => title.padStart(9)).join("");
  const requests = Object.entries(authorized ?? {}).flatMap(([name, [small, large]]) =>
    small === undefined || large === undefined ? [] : [line(`request, ${name} token`, small, large)],
  );
  return [
    `${"ms".padEnd(width)}${titles}${"ratio".padStart(7)}`,
    ...pages.map(({ name, small, large }) => line(name, small, large)),
    ...requests,
  ].join("\n");
}

/** The last line of `--json`. */
export function jsonOf(pages: readonly PageTimes[], authorized: Authorized | null): string {
  return JSON.stringify({
    growth: {
      authorize: authorized === null ? null : round(hotRatio(authorized)),
      console: round(ratioOf(pages)),
    },
    pages: pages.map(({ name, small, large, bytes }) => ({
      name,
      small: rounded(small),
      large: rounded(large),
      ratio: round(large.median / small.median),
      bytes,
    })),
  });
}
