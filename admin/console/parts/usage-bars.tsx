import type { UsageGroupRow, UsageReport } from "../../../shared/usage.ts";
import { type DayRange, daysOf } from "../../usage/days.ts";
import { dollars, number } from "../amounts.ts";
import { type Bar, DayChart } from "./chart.tsx";

/** What bars of usage show, and how one is made. */
export interface UsageMeasure {
  title: string;
  barOf: (name: string, row: UsageGroupRow | undefined) => Bar;
}

/** What a report's bars show: spend, or where nothing has a price, requests. */
export function measureOf({ total }: UsageReport): UsageMeasure {
  const isMoney = total.micros > 0;
  return {
    title: isMoney ? "Spend" : "Requests",
    barOf: (name, row) => {
      const value = (isMoney ? row?.micros : row?.requests) ?? 0;
      return { name, value, words: isMoney ? dollars(value) : number(value) };
    },
  };
}

/** Usage by day; days without any have an empty place. */
export function UsageByDay({ report, range }: { report: UsageReport; range: DayRange }) {
  const { title, barOf } = measureOf(report);
  const rows = new Map(report.rows.map((row) => [row.key, row]));
  return <DayChart title={title} bars={daysOf(range).map((day) => barOf(day, rows.get(day)))} />;
}
