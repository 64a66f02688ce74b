const MICROS = 1_000_000;
/** Money is counted to the thousandth of a micro-dollar. */
const USD_DECIMALS = 9;
const MICRO_DECIMALS = 3;

/** USD micro-dollars as a number of US dollars, rounded to 9 decimals: what sums of binary fractions carry beyond is dust. */
export const toUsd = (micros: number): number => Number((micros / MICROS).toFixed(USD_DECIMALS));

/** The same of an amount that may be none. */
export const toUsdOrNull = (micros: number | null): number | null => (micros === null ? null : toUsd(micros));

/** USD micro-dollars without that dust. */
export const toMicros = (micros: number): number => Number(micros.toFixed(MICRO_DECIMALS));

/** A mean, rounded to whole numbers; null where there is nothing to take it of. */
export const meanOf = (sum: number, count: number): number | null => (count === 0 ? null : Math.round(sum / count));
