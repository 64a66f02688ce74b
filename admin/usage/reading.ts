import type { UsageGroup, UsageGroupRow, UsageReport } from "../../shared/usage.ts";
import type { AdminBindings } from "../bindings.ts";
import { type Labels, makeLabels } from "./labels.ts";

const byKey = (a: UsageGroupRow, b: UsageGroupRow): number => (a.key < b.key ? -1 : Number(a.key > b.key));

/** A group's rows in the order in which people look for them: days as they came, all else by money, then by requests. */
function sorted(rows: readonly UsageGroupRow[], group: UsageGroup): UsageGroupRow[] {
  if (group === "day") return rows.toSorted(byKey);
  return rows.toSorted((a, b) => b.micros - a.micros || b.requests - a.requests || byKey(a, b));
}

/** A report with its rows in order. */
export const inOrder = (report: UsageReport, group: UsageGroup): UsageReport => ({
  ...report,
  rows: sorted(report.rows, group),
});

/** The labels of a report's tokens; none where its rows aren't of tokens. */
export async function labelsOfReport(
  registry: AdminBindings["registry"],
  { rows }: UsageReport,
  group: UsageGroup,
): Promise<Labels> {
  return makeLabels(registry)(group === "token" ? rows.map(({ key }) => key) : []);
}
