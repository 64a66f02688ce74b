import type { Authorized } from "./authorizing.ts";
import type { Growth } from "../measured.ts";
import type { Times } from "./measuring.ts";

/** The mark for each page at the large size, in ms. */
export const MARK_MS = 100;

/** The sizes: little, as much as fills every page, and much. */
export const SIZES = ["few", "filled", "many"] as const;
/** One of the sizes. */
export type SizeName = (typeof SIZES)[number];

/** A view as it was measured at each size. */
export type PageTimes = Record<SizeName, Times> & {
  name: string;
  /** Bytes of the page, before it is compressed. */
  bytes: Record<SizeName, number>;
};

/** Gives each of three values, in the order of the sizes, the name of its own. */
export function bySize<T>(values: readonly T[]): Record<SizeName, T> {
  const [few, filled, many] = values;
  if (few === undefined || filled === undefined || many === undefined) throw new Error("A size is missing.");
  return { few, filled, many };
}

/** Whether a page shows as much at the full size as at the large one, within a tenth: else it takes longer for what it shows. */
const isAlike = ({ bytes: { filled, many } }: PageTimes): boolean => Math.abs(many - filled) <= filled / 10;

const round = (value: number): number => Math.round(value * 100) / 100;
const rounded = ({ median, p95 }: Times): Times => ({ median: round(median), p95: round(p95) });
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** How much longer all pages together take at the large size: ratio of the sums of their medians. */
export const ratioOf = (pages: readonly PageTimes[], to: SizeName): number =>
  sum(pages.map(({ many }) => many.median)) / sum(pages.map((page) => page[to].median));

/** More than this many times longer, and a page has grown. */
const FLAT = 1.2;

const manyToFew = (times: readonly Times[]): number =>
  (times.at(-1)?.median ?? Number.NaN) / (times[0]?.median ?? Number.NaN);

/** What the times of pages and requests come to. Pages that show more than at the full size aren't compared with that. */
export function growthOf(pages: readonly PageTimes[], authorized: Authorized | null): Growth {
  const alike = pages.filter(isAlike);
  return {
    authorize: manyToFew(authorized?.hot ?? []),
    authorizeCold: manyToFew(authorized?.cold ?? []),
    console: ratioOf(alike, "filled"),
    grown: alike.filter(({ filled, many }) => many.median > FLAT * filled.median).length,
    pages: alike.length,
    slowestMs: Math.max(...pages.map(({ many }) => many.median)),
  };
}

const cell = (value: number): string => value.toFixed(1).padStart(9);

/** What there is to say of a page beside its times. */
function remarkOn(page: PageTimes): string {
  const { bytes, many } = page;
  const shows = isAlike(page) ? "" : `  shows ${Math.round((100 * bytes.many) / bytes.filled)} %`;
  return `${shows}${many.median > MARK_MS ? "  above the mark" : ""}`;
}

function line(name: string, [few, filled, many]: readonly Times[], width: number): string {
  if (few === undefined || filled === undefined || many === undefined) return name;
  const ratios = [few, filled].map(({ median }) => (many.median / median).toFixed(2).padStart(8)).join("");
  return `${name.padEnd(width)}${[few, filled, many].map(({ median }) => cell(median)).join("")}${cell(many.p95)}${ratios}`;
}

/** The table, for people. */
export function tableOf(pages: readonly PageTimes[], authorized: Authorized | null): string {
  const width = Math.max(...pages.map(({ name }) => name.length), 20);
  const titles = ["few", "filled", "many", "p95"].map((title) => title.padStart(9)).join("");
  const requests = Object.entries(authorized ?? {}).map(([name, times]) =>
    line(`request, ${name} token`, times, width),
  );
  return [
    `${"medians, ms".padEnd(width)}${titles}${"÷ few".padStart(8)}${"÷ filled".padStart(9)}`,
    ...pages.map((page) => line(page.name, [page.few, page.filled, page.many], width) + remarkOn(page)),
    ...requests,
    `all pages together: many ÷ few ${ratioOf(pages, "few").toFixed(2)}; those that show as much: many ÷ filled ${ratioOf(pages.filter(isAlike), "filled").toFixed(2)}`,
  ].join("\n");
}

/** The last line of `--json`. */
export function jsonOf(pages: readonly PageTimes[], authorized: Authorized | null): string {
  const { authorize, console } = growthOf(pages, authorized);
  return JSON.stringify({
    growth: {
      // JSON has null for what is NaN.
      authorize: round(authorize),
      console: round(console),
      consoleFromFew: round(ratioOf(pages, "few")),
    },
    pages: pages.map(({ name, few, filled, many, bytes }) => ({
      name,
      few: rounded(few),
      filled: rounded(filled),
      many: rounded(many),
      ratio: round(many.median / filled.median),
      bytes,
    })),
  });
}
