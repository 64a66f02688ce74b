import type { UsageGroup, UsageGroupRow, UsageReport, UsageRow } from "../../shared/usage.ts";
import { addRow, emptyRow } from "./row.ts";

const keyOf: Record<UsageGroup, (row: UsageRow) => string> = {
  day: ({ day }) => day,
  token: ({ tokenId }) => tokenId,
  model: ({ model }) => model,
  provider: ({ provider }) => provider,
};

/** The order in which groups are told: days as they came, all else by what was spent. */
const before: Record<UsageGroup, (one: UsageGroupRow, other: UsageGroupRow) => number> = {
  day: (one, other) => one.key.localeCompare(other.key),
  token: bySpend,
  model: bySpend,
  provider: bySpend,
};

function bySpend(one: UsageGroupRow, other: UsageGroupRow): number {
  return other.micros - one.micros || other.requests - one.requests || one.key.localeCompare(other.key);
}

function sums({
  tokenId: _token,
  day: _day,
  provider: _provider,
  model: _model,
  ...rest
}: UsageRow): UsageReport["total"] {
  return rest;
}

/**
 * Puts rows together.
 *
 * @param asOf up to when they are complete, ms since 1970
 */
export function grouped(rows: Iterable<UsageRow>, group: UsageGroup, asOf: number): UsageReport {
  const groups = new Map<string, UsageRow>();
  const total = emptyRow("", { day: "", provider: "openai", model: "" });
  for (const row of rows) {
    addRow(total, row);
    // One model's name may be of two providers.
    const name = group === "model" ? `${row.provider} ${row.model}` : keyOf[group](row);
    const known = groups.get(name) ?? emptyRow(row.tokenId, row);
    addRow(known, row);
    groups.set(name, known);
  }
  const told = [...groups.values()].map((row): UsageGroupRow => ({
    key: keyOf[group](row),
    provider: group === "model" || group === "provider" ? row.provider : null,
    ...sums(row),
  }));
  return { rows: told.toSorted(before[group]), total: sums(total), asOf };
}
