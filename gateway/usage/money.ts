/** How many nano-dollars a US dollar has. Books count whole ones, so that no sum ever drifts. */
const NANOS_PER_USD = 1_000_000_000;
const NANOS_PER_MICRO = 1_000;

const whole = (amount: number): number => (Number.isFinite(amount) && amount > 0 ? Math.round(amount) : 0);

/**
 * Money as the books count it.
 *
 * @param micros USD micro-dollars, to a thousandth; null: unpriced, which counts as nothing
 * @returns whole nano-dollars, never below 0
 */
export const nanosOf = (micros: number | null): number => (micros === null ? 0 : whole(micros * NANOS_PER_MICRO));

/** A budget's US dollars as the books count them: whole nano-dollars. */
export const nanosOfUsd = (usd: number): number => whole(usd * NANOS_PER_USD);

/** Nano-dollars as they are told: USD micro-dollars. */
export const microsOf = (nanos: number): number => nanos / NANOS_PER_MICRO;

/** Tokens as the books count them: whole ones, never below 0. */
export const wholeTokens = whole;
