/** Lengths in ms. */
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** How long the days of single tokens are kept, in days. What all tokens used together is kept for ever. */
export const KEPT_DAYS = 400;

/** The day of a moment (ms since 1970), `YYYY-MM-DD`, UTC. */
export const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** When a day began, ms since 1970. */
export const startOfDay = (day: string): number => Date.parse(`${day}T00:00:00Z`);

/** The oldest day of single tokens that is kept. `now`: ms since 1970. */
export const oldestDay = (now: number): string => dayOf(now - KEPT_DAYS * DAY_MS);
