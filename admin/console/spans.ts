// How far away a time is, in words that need no time zone.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;

/** From how many milliseconds on each unit is used. Two of a unit are told in the smaller one: 36 hours, not 1 day. */
const UNITS: readonly (readonly [from: number, size: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [2 * YEAR, YEAR, "year"],
  [2 * MONTH, MONTH, "month"],
  [2 * DAY, DAY, "day"],
  [2 * HOUR, HOUR, "hour"],
  [MINUTE, MINUTE, "minute"],
];
const WORDS = new Intl.RelativeTimeFormat("en-US", { numeric: "always" });

/**
 * How far a time is from now: `3 hours ago`, `in 5 days`.
 *
 * @param ms the time, ms since 1970
 * @param now ms since 1970
 */
export function fromNow(ms: number, now: number): string {
  const distance = ms - now;
  const unit = UNITS.find(([from]) => Math.abs(distance) >= from);
  if (unit === undefined) return distance > 0 ? "in less than a minute" : "just now";
  const [, size, name] = unit;
  return WORDS.format(Math.trunc(distance / size), name);
}
