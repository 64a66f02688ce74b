import { DAY_MS, dayOf } from "../calendar.ts";

/** How long the days of single tokens are kept, in days. What all tokens used together is kept for ever. */
export const KEPT_DAYS = 400;

/** The oldest day of single tokens that is kept. `now`: ms since 1970. */
export const oldestDay = (now: number): string => dayOf(now - KEPT_DAYS * DAY_MS);
