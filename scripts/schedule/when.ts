import { UsageError } from "./usage.ts";

/** A job further away is more likely a slip than a plan. One leap year. */
const LONGEST_DAYS = 366;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const RELATIVE = /^\+(?=\d)(?:(\d{1,9})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/;
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const DATED = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{1,2}):(\d{2})(?::(\d{2}))? ?(Z|[+-]\d{2}:?\d{2})?$/i;

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

/** The instant that the owner means, seen from `now` in the process's time zone; throws a UsageError for anything else. */
export function parseWhen(text: string, now: Date): Date {
  const shown = JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
  const at = relative(text, now) ?? clock(text, shown, now) ?? dated(text, shown, now);
  if (at === undefined) throw new UsageError(`${shown} is not a time`);
  if (at <= now.getTime()) throw new UsageError(`${shown} is not in the future: it is ${formatWhen(now)} now`);
  if (at > now.getTime() + LONGEST_DAYS * DAY) throw new UsageError(`${shown} is more than ${LONGEST_DAYS} days ahead`);
  return new Date(at);
}

function relative(text: string, now: Date): number | undefined {
  const match = RELATIVE.exec(text);
  if (!match) return undefined;
  const [days, hours, minutes, seconds] = numbers(match);
  return now.getTime() + days * DAY + hours * HOUR + minutes * MINUTE + seconds * SECOND;
}

function clock(text: string, shown: string, now: Date): number | undefined {
  const match = CLOCK.exec(text);
  if (!match) return undefined;
  const [hour, minute, second] = numbers(match);
  for (const inDays of [0, 1]) {
    const date = new Date(now.getFullYear(), now.getMonth(), now.getDate() + inDays);
    const day = { year: date.getFullYear(), month: date.getMonth() + 1, day: date.getDate() };
    const next = localInstant({ ...day, hour, minute, second }, shown, now);
    if (next > now.getTime()) return next;
  }
  return undefined;
}

function dated(text: string, shown: string, now: Date): number | undefined {
  const match = DATED.exec(text);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second] = numbers(match);
  const fields = { year, month, day, hour, minute, second };
  const zone = match[7];
  return zone === undefined ? localInstant(fields, shown, now) : utc(checked(fields, shown)) - offset(zone, shown);
}

function numbers(match: RegExpExecArray): [number, number, number, number, number, number] {
  const at = (index: number): number => Number(match[index] ?? 0);
  return [at(1), at(2), at(3), at(4), at(5), at(6)];
}

function checked(fields: Fields, shown: string): Fields {
  const { year, month, day, hour, minute, second } = fields;
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > lastDay)
    throw new UsageError(`${shown} names a day that does not exist`);
  if (hour > 23 || minute > 59 || second > 59) throw new UsageError(`${shown} names a time of day that does not exist`);
  return fields;
}

function offset(zone: string, shown: string): number {
  if (/^z$/i.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 14 || minutes > 59) throw new UsageError(`${shown} names a zone that does not exist`);
  return (zone.startsWith("-") ? -1 : 1) * (hours * HOUR + minutes * MINUTE);
}

/**
 * A local time exists once; never, where the clocks go forward over it; or twice, where they go back. Of two, the first that is
 * still ahead of `now` is meant. One that never exists is refused, because `Date` would silently move it by an hour.
 */
function localInstant(fields: Fields, shown: string, now: Date): number {
  const { year, month, day, hour, minute, second } = checked(fields, shown);
  const first = new Date(year, month - 1, day, hour, minute, second).getTime();
  // An hour everywhere but on Lord Howe Island, where it is half an hour.
  const instants = [first, first + HOUR / 2, first + HOUR].filter((instant) => shows(instant, fields));
  if (instants[0] === undefined) {
    if (first <= now.getTime()) return first;
    throw new UsageError(`${shown} does not exist in ${zoneName()}: the clocks go forward over it`);
  }
  return instants.find((instant) => instant > now.getTime()) ?? instants[0];
}

function shows(instant: number, fields: Fields): boolean {
  const date = new Date(instant);
  const { year, month, day, hour, minute, second } = fields;
  const sameDay = date.getFullYear() === year && date.getMonth() === month - 1 && date.getDate() === day;
  return sameDay && date.getHours() === hour && date.getMinutes() === minute && date.getSeconds() === second;
}

function utc({ year, month, day, hour, minute, second }: Fields): number {
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function zoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

/** `2027-01-31 18:00:00 CET (Europe/Berlin)`: date, time and zone of this machine. */
export function formatWhen(date: Date): string {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(date);
  const short = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  return `${day} ${time} ${short}${short === zoneName() ? "" : ` (${zoneName()})`}`;
}

/** `2 h 5 min`: the two largest units of a time span. */
export function formatSpan(milliseconds: number): string {
  const total = Math.max(0, Math.round(milliseconds / SECOND));
  const counts = [Math.floor(total / 86_400), Math.floor(total / 3600) % 24, Math.floor(total / 60) % 60, total % 60];
  const units = ["d", "h", "min", "s"];
  const shown = counts.map((count, index) => ({ count, unit: units[index] })).filter(({ count }) => count > 0);
  if (shown.length === 0) return "0 s";
  return shown
    .slice(0, 2)
    .map(({ count, unit }) => `${count} ${unit}`)
    .join(" ");
}
