import { DAY_MS } from "../calendar.ts";
import type { Memory } from "./memory.ts";
import { dropReservation } from "./reservations.ts";

/** How long a name is remembered that is billed once: providers keep batches and answers for 30 days. */
const ONCE_DAYS = 40;
/** How long what arrives late may take the place of an estimate. */
const LAPSED_DAYS = 2;

/** Tells whether a day has passed since the last time. */
export const isSweepDue = ({ tally }: Memory, now: number): boolean => now - tally.sweptAt >= DAY_MS;

/**
 * Throws away what nobody needs any more.
 *
 * @param now ms since 1970
 */
export function sweep(memory: Memory, now: number): void {
  const { sql, tally, reservations } = memory;
  sql.exec("DELETE FROM once WHERE at < ?", now - ONCE_DAYS * DAY_MS);
  for (const { permit, heldAt, lapsedAs } of reservations.values()) {
    if (lapsedAs === null || heldAt > now - LAPSED_DAYS * DAY_MS) continue;
    reservations.delete(permit);
    dropReservation(sql, permit);
  }
  tally.sweptAt = now;
  memory.isChanged = true;
}
