import { type HourWindow, WEEKDAYS, type Weekday } from "../../shared/policy.ts";

// Hours as people type them, one window a line: `mon-fri 09:00-17:00`, `sat,sun 22:00-02:00`.

const LINE = /^([a-z]+(?:\s*[-–,]\s*[a-z]+)*)\s+(\d{1,2}:\d\d)\s*[-–]\s*(\d{1,2}:\d\d)$/;

/** How to write a window. */
export const HOURS_EXAMPLE = "mon-fri 09:00-17:00";

const dayOf = (name: string): Weekday | null => WEEKDAYS.find((day) => day === name.trim().slice(0, 3)) ?? null;

/** The days of `mon-fri`, `fri-mon` or `sat`; null where one of them is none. */
function spanOf(text: string): Weekday[] | null {
  const [first, last, more] = text.split(/[-–]/).map(dayOf);
  if (first === null || first === undefined || last === null || more !== undefined) return null;
  const from = WEEKDAYS.indexOf(first);
  const length = last === undefined ? 1 : ((WEEKDAYS.indexOf(last) - from + 7) % 7) + 1;
  return Array.from({ length }, (_, index) => WEEKDAYS[(from + index) % 7] ?? first);
}

/**
 * Reads one window.
 *
 * @returns null where it isn't understood
 */
export function windowFrom(line: string): HourWindow | null {
  const [, days = "", from = "", to = ""] = LINE.exec(line.trim().toLowerCase()) ?? [];
  const spans = days.split(",").map(spanOf);
  if (days === "" || spans.includes(null)) return null;
  return { days: spans.flatMap((span) => span ?? []), from: from.padStart(5, "0"), to: to.padStart(5, "0") };
}
