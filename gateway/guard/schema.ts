/**
 * The guard's tables, as numbered steps. A step that has been deployed is never edited; a change is a new step. Times are
 * ms since 1970, money is whole nano-dollars. What each table is for: docs/storage.md. Every index would be one more row
 * to write for each request, so there is none beside the primary keys.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE reservations (
    permit TEXT PRIMARY KEY,
    granted_at INTEGER NOT NULL,
    held_at INTEGER NOT NULL,
    part INTEGER NOT NULL,
    lapsed_as INTEGER,
    over TEXT,
    asked TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE pages (
    first INTEGER PRIMARY KEY,
    told_at INTEGER NOT NULL,
    lines TEXT NOT NULL
  ) STRICT;

  CREATE TABLE usage (
    day TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    dirty INTEGER NOT NULL,
    row TEXT NOT NULL,
    PRIMARY KEY (day, provider, model)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE once (
    name TEXT PRIMARY KEY,
    at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
];

const STEPS = "steps";

/** Tells whether anything of a token's use was ever written: a guard that was never asked for a permit has no tables. */
export const hasTables = ({ kv }: DurableObjectStorage): boolean => kv.get(STEPS) !== undefined;

/**
 * Brings the tables up to date, in one transaction: either every missing step runs, or none.
 *
 * @param storage the guard's
 */
export function migrate(storage: DurableObjectStorage): void {
  const done = storage.kv.get<number>(STEPS) ?? 0;
  if (done >= MIGRATIONS.length) return;
  storage.transactionSync(() => {
    for (const step of MIGRATIONS.slice(done)) storage.sql.exec(step);
    storage.kv.put(STEPS, MIGRATIONS.length);
  });
}
