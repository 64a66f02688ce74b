// Numbers as the console writes them.

const MICROS = 1_000_000;
const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const CENTS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
/** Money is counted to the thousandth of a micro-dollar. */
const MAX_DECIMALS = 9;

/** USD micro-dollars in words: cents, and for small amounts as many decimals as two digits take. */
export function dollars(micros: number): string {
  const usd = micros / MICROS;
  if (usd === 0) return "$0";
  if (usd >= 1) return `$${CENTS.format(usd)}`;
  const decimals = Math.min(MAX_DECIMALS, Math.max(2, Math.ceil(-Math.log10(usd)) + 1));
  return `$${usd.toFixed(decimals).replace(/(\.\d\d\d*?)0+$/, "$1")}`;
}

/** A whole number, with its thousands apart. */
export const number = (value: number): string => WHOLE.format(value);

/** A number with its noun, in the plural but for 1. */
export const counted = (value: number, noun: string): string => `${number(value)} ${noun}${value === 1 ? "" : "s"}`;

/** An amount in words, of which it is said where it isn't exact. */
export const orMore = (words: string, isExact: boolean): string => (isExact ? words : `${words} or more`);

/** A time span in ms, to about two digits; null: none was measured. */
export function span(ms: number | null): string {
  if (ms === null) return "–";
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${number(ms / 60_000)} min`;
}
