import type { Delivery } from "./publisher.ts";

/** How many days are kept. */
const KEPT_DAYS = 31;
const DAY_MS = 24 * 60 * 60_000;
const DAY_LENGTH = "YYYY-MM-DD".length;

const dayOf = (now: number): string => new Date(now).toISOString().slice(0, DAY_LENGTH);

/** How often KV was written to on a day, UTC, whether it took that or not: the free plan counts both. */
export interface KvCalls {
  /** `YYYY-MM-DD`. */
  day: string;
  writes: number;
  deletes: number;
}

/** The calls of the day of a time (ms since 1970). */
export function kvCalls(sql: SqlStorage, now: number): KvCalls {
  const day = dayOf(now);
  const [row] = sql
    .exec<KvCalls & Record<string, SqlStorageValue>>("SELECT day, writes, deletes FROM kv_calls WHERE day = ?", day)
    .toArray();
  return row ?? { day, writes: 0, deletes: 0 };
}

function count(sql: SqlStorage, { writes, deletes }: Omit<KvCalls, "day">, now: number): void {
  const { rowsWritten } = sql.exec(
    "UPDATE kv_calls SET writes = writes + ?, deletes = deletes + ? WHERE day = ?",
    writes,
    deletes,
    dayOf(now),
  );
  if (rowsWritten > 0) return;
  sql.exec("INSERT INTO kv_calls (day, writes, deletes) VALUES (?, ?, ?)", dayOf(now), writes, deletes);
  sql.exec("DELETE FROM kv_calls WHERE day < ?", dayOf(now - KEPT_DAYS * DAY_MS));
}

/**
 * The same delivery, with each call to KV counted.
 *
 * @param clock tells the time, ms since 1970
 */
export const counted = (sql: SqlStorage, delivery: Delivery, clock: () => number): Delivery => ({
  ...delivery,
  put: (key, value) => {
    count(sql, { writes: 1, deletes: 0 }, clock());
    return delivery.put(key, value);
  },
  remove: (key) => {
    count(sql, { writes: 0, deletes: 1 }, clock());
    return delivery.remove(key);
  },
});
