const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

const counted = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? "" : "s"}`;

/** A length of time in whole minutes, in ms, in words: `90 minutes`, `2 hours`. */
export const lengthInWords = (ms: number): string =>
  ms % HOUR === 0 ? counted(ms / HOUR, "hour") : counted(ms / MINUTE, "minute");
