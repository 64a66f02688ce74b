import type { UsageGroup, UsageGroupRow, UsageQuery, UsageReport, UsageRow } from "../../shared/usage.ts";
import { addRow, emptyRow } from "./row.ts";

/** What a row is put together under. */
const KEYS: Record<UsageGroup, (row: UsageRow) => Pick<UsageGroupRow, "key" | "provider">> = {
  day: ({ day }) => ({ key: day, provider: null }),
  token: ({ tokenId }) => ({ key: tokenId, provider: null }),
  model: ({ model, provider }) => ({ key: model, provider }),
  provider: ({ provider }) => ({ key: provider, provider: null }),
};

function totalOf(row: UsageRow): UsageReport["total"] {
  const { requests, errors, counts, micros, unpriced, estimated, ttfbMs, timed, durationMs } = row;
  return { requests, errors, counts, micros, unpriced, estimated, ttfbMs, timed, durationMs };
}

/**
 * Puts rows of usage together in groups, ordered by their keys. Pure.
 *
 * @param asOf up to when they are complete, ms since 1970
 */
export function reportOfRows(
  rows: Iterable<UsageRow>,
  { group }: Pick<UsageQuery, "group">,
  asOf: number,
): UsageReport {
  const groups = new Map<string, { named: Pick<UsageGroupRow, "key" | "provider">; sum: UsageRow }>();
  const total = emptyRow("", { day: "", provider: "openai", model: "" });
  for (const row of rows) {
    const named = KEYS[group](row);
    const name = JSON.stringify(named);
    const found = groups.get(name) ?? { named, sum: emptyRow(row.tokenId, row) };
    groups.set(name, found);
    addRow(found.sum, row);
    addRow(total, row);
  }
  const told = [...groups].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return { rows: told.map(([, { named, sum }]) => ({ ...named, ...totalOf(sum) })), total: totalOf(total), asOf };
}
