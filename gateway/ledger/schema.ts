import { SUM_COLUMNS } from "./columns.ts";

const sums = SUM_COLUMNS.map((name) => `${name} INTEGER NOT NULL`).join(", ");

/**
 * The ledger's tables, as numbered steps. A step that has been deployed is never edited; a change is a new step. Times are
 * ms since 1970; sums are whole numbers (`columns.ts` has their units), so that none drifts. What each table is for:
 * docs/storage.md.
 */
const MIGRATIONS: readonly string[] = [
  `
  -- By day first: what is read is always of some days.
  CREATE TABLE usage (
    day TEXT NOT NULL,
    token_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    ${sums},
    PRIMARY KEY (day, token_id, provider, model)
  ) STRICT, WITHOUT ROWID;

  -- All tokens together: what the owner looks at most is read from here, however many tokens there are.
  CREATE TABLE days (
    day TEXT NOT NULL,
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    ${sums},
    PRIMARY KEY (day, provider, model)
  ) STRICT, WITHOUT ROWID;

  -- Since ever, of the days up to the one that the key "folded" names: monitoring would read all days each time.
  CREATE TABLE totals (
    provider TEXT NOT NULL,
    model TEXT NOT NULL,
    ${sums},
    PRIMARY KEY (provider, model)
  ) STRICT, WITHOUT ROWID;

  -- No index by use: every report would write it.
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    last_used_at INTEGER,
    requests INTEGER NOT NULL,
    nanos INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE holder_changes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    token_id TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL
  ) STRICT;

  CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE webhooks (
    id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    events TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    tried_at INTEGER,
    status INTEGER,
    given_up INTEGER NOT NULL DEFAULT 0,
    -- Until then nothing is sent to it: it has just failed, or something is on its way.
    rests_until INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE deliveries (
    webhook_id TEXT NOT NULL,
    notice_id TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL,
    PRIMARY KEY (webhook_id, notice_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, next_at);
  `,
  `
  -- How the last tries of each webhook went. notice_id: NULL is a test.
  CREATE TABLE tries (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    webhook_id TEXT NOT NULL,
    notice_id TEXT,
    type TEXT NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER,
    problem TEXT,
    outcome TEXT NOT NULL
  ) STRICT;
  CREATE INDEX tries_by_webhook ON tries (webhook_id, number);

  -- The signing secret before the newest one signs too, until then.
  ALTER TABLE webhooks ADD COLUMN old_secret TEXT;
  ALTER TABLE webhooks ADD COLUMN old_until INTEGER;
  `,
];

/**
 * Brings the tables up to date, in one transaction: either every missing step runs, or none.
 *
 * @param storage the ledger's
 */
export function migrate(storage: DurableObjectStorage): void {
  const done = storage.kv.get<number>("steps") ?? 0;
  if (done >= MIGRATIONS.length) return;
  storage.transactionSync(() => {
    for (const step of MIGRATIONS.slice(done)) storage.sql.exec(step);
    storage.kv.put("steps", MIGRATIONS.length);
  });
}
