import { WEEKDAYS, type ActiveHours, type HourWindow, type Weekday } from "./policy.ts";

const DAY_MINUTES = 24 * 60;
const WEEK_MINUTES = 7 * DAY_MINUTES;
const MINUTE_MS = 60_000;
const CLOCK = /^(?:([01]\d|2[0-3]):([0-5]\d)|(24):(00))$/;

/** Making a formatter is dear, using it isn't. There are a few hundred time zones. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone,
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  formatters.set(timeZone, format);
  return format;
}

/** Minutes since Monday 00:00 on the zone's own clock. */
function minuteOfWeek(timeZone: string, at: number): number {
  const parts = Object.fromEntries(
    formatterOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const day = WEEKDAYS.findIndex((weekday) => weekday === parts["weekday"]?.toLowerCase());
  return day * DAY_MINUTES + Number(parts["hour"]) * 60 + Number(parts["minute"]);
}

function clockMinutes(clock: string): number {
  const [, hour, minute, midnight] = CLOCK.exec(clock) ?? [];
  return midnight === undefined ? Number(hour) * 60 + Number(minute) : DAY_MINUTES;
}

const startOf = (day: Weekday, from: string): number => WEEKDAYS.indexOf(day) * DAY_MINUTES + clockMinutes(from);

function lengthOf({ from, to }: HourWindow): number {
  const minutes = clockMinutes(to) - clockMinutes(from);
  // Not after its beginning: it ends on the next day.
  return minutes > 0 ? minutes : minutes + DAY_MINUTES;
}

const isInside = (window: HourWindow, minute: number): boolean =>
  window.days.some((day) => {
    const since = (minute - startOf(day, window.from) + WEEK_MINUTES) % WEEK_MINUTES;
    return since < lengthOf(window);
  });

/**
 * Tells whether a token's hours are open.
 *
 * @param now ms since 1970
 */
export function isOpenAt({ timeZone, windows }: ActiveHours, now: number): boolean {
  const minute = minuteOfWeek(timeZone, now);
  return windows.some((window) => isInside(window, minute));
}

/**
 * When a token's hours open next.
 *
 * @param now ms since 1970, a time at which they are closed
 * @returns ms since 1970; null where they never do
 */
export function opensAt(hours: ActiveHours, now: number): number | null {
  const { timeZone, windows } = hours;
  const from = minuteOfWeek(timeZone, now);
  const waits = windows
    .flatMap(({ days, from: clock }) => days.map((day) => startOf(day, clock)))
    .map((start) => ({ start, wait: (start - from + WEEK_MINUTES) % WEEK_MINUTES || WEEK_MINUTES }))
    .toSorted((one, other) => one.wait - other.wait);
  for (const { start, wait } of waits) {
    const guess = Math.floor(now / MINUTE_MS) * MINUTE_MS + wait * MINUTE_MS;
    // The clocks may be changed meanwhile: what the zone's own clock then shows tells by how much.
    const off = ((minuteOfWeek(timeZone, guess) - start + WEEK_MINUTES * 1.5) % WEEK_MINUTES) - WEEK_MINUTES / 2;
    const at = guess - off * MINUTE_MS;
    if (at > now && isOpenAt(hours, at)) return at;
    // The clocks were put forward over the window's beginning: it opens with the first minute after.
    if (guess > now && isOpenAt(hours, guess)) return firstOpen(hours, Math.max(at, now), guess);
  }
  return null;
}

/** The first open minute after a shut one, by halving. Between the two, the hours open once. */
function firstOpen(hours: ActiveHours, shut: number, open: number): number {
  let [from, to] = [Math.floor(shut / MINUTE_MS), Math.floor(open / MINUTE_MS)];
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (isOpenAt(hours, middle * MINUTE_MS)) to = middle;
    else from = middle;
  }
  return to * MINUTE_MS;
}

/**
 * Says why a text can't be a time zone.
 *
 * @returns a sentence for the owner; null where it is fine
 */
export function timeZoneProblem(text: string): string | null {
  try {
    formatterOf(text);
    return null;
  } catch {
    return "This isn't a time zone. Write one like Europe/Berlin, America/New_York or UTC.";
  }
}

/**
 * Says why a text can't be a time of day.
 *
 * @returns a sentence for the owner; null where it is fine
 */
export const clockProblem = (text: string): string | null =>
  CLOCK.test(text) ? null : "Write a time of day as 09:00; midnight at the end of a day is 24:00.";
