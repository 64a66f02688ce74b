import { timeWords } from "./policy-clauses.ts";

/**
 * A moment in words that leave no doubt, such as `31 January 2027, 18:00 in Asia/Tokyo, which is 31 January 2027, 09:00 UTC`.
 * Where the clocks of the zone show an hour twice, or skip one, UTC tells which moment is meant.
 *
 * @param at ms since 1970
 * @param timeZone IANA name that is known here; empty: UTC alone
 */
export function momentWords(at: number, timeZone: string): string {
  const utc = timeWords(at);
  if (timeZone === "" || timeZone === "UTC") return utc;
  const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone }).format(at);
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone });
  return `${day}, ${time.format(at)} in ${timeZone}, which is ${utc}`;
}
