import type { RequestEntry } from "../../shared/usage.ts";
import { addToBooks } from "./books.ts";
import { amountOfEntry, lostEntry } from "./entries.ts";
import type { Memory } from "./memory.ts";
import { addLine, replaceLine } from "./pages.ts";
import { dayOf } from "../calendar.ts";
import type { Reservation } from "./reservations.ts";
import { addEntry, emptyRow } from "../usage/row.ts";

// Each function of this file runs inside one transaction: what it changes in memory it writes to storage as well.

/** When a request counts, ms since 1970. */
interface Moments {
  /** For the rate of requests; null: it is no request of its own, or was let in by nobody. */
  grantedAt: number | null;
  /** For tokens, money and the day of usage. */
  heldAt: number;
}

function changeUsage(memory: Memory, entry: RequestEntry, heldAt: number, times: 1 | -1): void {
  const { provider } = entry;
  // Refused before anyone could tell whose it was: it is in the log alone.
  if (provider === null) return;
  const row = { day: dayOf(heldAt), provider, model: entry.model ?? "" };
  const key = JSON.stringify(row);
  const change = memory.changes.get(key) ?? emptyRow(memory.tokenId, row);
  addEntry(change, entry, times);
  memory.changes.set(key, change);
  const { tally } = memory;
  if (tally.dirtySince === null || row.day < tally.dirtySince) tally.dirtySince = row.day;
}

/**
 * Books an entry: spend, usage, and a line in the log.
 *
 * @param seq of the line that it takes the place of; null: none
 * @returns `seq` of its line
 */
export function book(memory: Memory, entry: RequestEntry, moments: Moments, now: number, seq: number | null): number {
  const { sql, tally } = memory;
  const amount = amountOfEntry(entry);
  addToBooks(tally.books, moments.heldAt, amount);
  changeUsage(memory, entry, moments.heldAt, 1);
  if (entry.refusedBy !== "gateway") {
    tally.firstUsedAt ??= now;
    tally.lastUsedAt = now;
  }
  memory.note(entry.id, now);
  memory.isChanged = true;
  const line = { id: entry.id, toldAt: now, ...moments, tokens: amount.tokens, entry: JSON.stringify(entry) };
  if (seq === null) return addLine(sql, tally, line);
  replaceLine(sql, tally, { ...line, seq });
  return seq;
}

/** Takes back what a reservation was booked as when its request was given up. */
export function takeBack(memory: Memory, reservation: Reservation): void {
  const entry = lostEntry(reservation);
  const { nanos, tokens } = amountOfEntry(entry);
  addToBooks(memory.tally.books, reservation.heldAt, { nanos: -nanos, tokens: -tokens });
  changeUsage(memory, entry, reservation.heldAt, -1);
}
