const DAY = 24 * 60 * 60 * 1000;

/** What the clocks of a zone show at a time, as if it were UTC; ms since 1970. */
function clockAt(timeZone: string, at: number): number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    hourCycle: "h23",
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute);
}

/**
 * When the clocks of a zone show a time: an hour that they skip is the one after, of an hour that they show twice the first.
 *
 * @param timeZone IANA name that is known here
 * @param shown the time as if it were UTC, ms since 1970
 */
export function fromZone(timeZone: string, shown: number): number {
  const early = shown - (clockAt(timeZone, shown - DAY) - (shown - DAY));
  if (clockAt(timeZone, early) === shown) return early;
  const late = shown - (clockAt(timeZone, shown + DAY) - (shown + DAY));
  return clockAt(timeZone, late) === shown ? late : early;
}
