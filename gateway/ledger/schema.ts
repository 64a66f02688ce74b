import { BRIEF_TABLE } from "./brief.ts";
import { SUM_TABLE, SUM_ZEROS } from "./columns.ts";
import { FOLDED_TABLE, noteHoursBegin } from "./hours.ts";
import { MONTH_TABLE } from "./months.ts";
import { RANKING_TABLE } from "./kept-rankings.ts";
import { fillUsed, USED_TABLE } from "./used-hours.ts";

/**
 * The ledger's tables, as numbered steps. A step that has been deployed is never edited; a change is a new step. Times are
 * ms since 1970; sums are whole numbers (`columns.ts` has their units), so that none drifts. What each table is for:
 * docs/storage.md.
 */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    // By day first: what is read is always of some days.
    `CREATE TABLE usage (
      day TEXT NOT NULL,
      token_id TEXT NOT NULL,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      ${SUM_TABLE},
      PRIMARY KEY (day, token_id, provider, model)
    ) STRICT, WITHOUT ROWID`,
    // All tokens together: what the owner looks at most is read from here, however many tokens there are.
    `CREATE TABLE days (
      day TEXT NOT NULL,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      ${SUM_TABLE},
      PRIMARY KEY (day, provider, model)
    ) STRICT, WITHOUT ROWID`,
    // Since ever, of the days up to the one that the key "folded" names: monitoring would read all days each time.
    `CREATE TABLE totals (
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      ${SUM_TABLE},
      PRIMARY KEY (provider, model)
    ) STRICT, WITHOUT ROWID`,
    // No index by use: every report would write it.
    `CREATE TABLE tokens (
      id TEXT PRIMARY KEY,
      last_used_at INTEGER,
      requests INTEGER NOT NULL,
      nanos INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE holder_changes (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      token_id TEXT NOT NULL UNIQUE,
      record TEXT NOT NULL
    ) STRICT`,
    `CREATE TABLE notices (
      id TEXT PRIMARY KEY,
      at INTEGER NOT NULL,
      body TEXT NOT NULL
    ) STRICT, WITHOUT ROWID`,
    // Up to `rests_until` nothing is sent to it: it has just failed, or something is on its way.
    `CREATE TABLE webhooks (
      id TEXT PRIMARY KEY,
      url TEXT NOT NULL,
      events TEXT NOT NULL,
      secret TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      tried_at INTEGER,
      status INTEGER,
      given_up INTEGER NOT NULL DEFAULT 0,
      rests_until INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID`,
    `CREATE TABLE deliveries (
      webhook_id TEXT NOT NULL,
      notice_id TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      next_at INTEGER NOT NULL,
      PRIMARY KEY (webhook_id, notice_id)
    ) STRICT, WITHOUT ROWID`,
    "CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, next_at)",
  ],
  [
    // The last days by the hour. By token too, so that one row is written for all views of it; in this order, which is that of
    // what is looked at most.
    `CREATE TABLE hours (
      hour INTEGER NOT NULL,
      token_id TEXT NOT NULL,
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      ${BRIEF_TABLE},
      PRIMARY KEY (hour, provider, model, token_id)
    ) STRICT, WITHOUT ROWID`,
    // All together, of the days up to the one that the key "folded" names.
    `CREATE TABLE past_hours (
      hour INTEGER PRIMARY KEY,
      ${BRIEF_TABLE}
    ) STRICT`,
    // Days up to the one that the key "months" names.
    `CREATE TABLE token_months (
      month TEXT NOT NULL,
      token_id TEXT NOT NULL,
      ${MONTH_TABLE},
      PRIMARY KEY (month, token_id)
    ) STRICT, WITHOUT ROWID`,
    // What counters told more than there is: estimates that gave way to less. They don't fall; they wait.
    `CREATE TABLE held (
      provider TEXT NOT NULL,
      model TEXT NOT NULL,
      ${SUM_TABLE},
      PRIMARY KEY (provider, model)
    ) STRICT, WITHOUT ROWID`,
    // A name that has a row here is counted under itself.
    `INSERT INTO totals SELECT DISTINCT provider, model, ${SUM_ZEROS} FROM days WHERE TRUE ON CONFLICT DO NOTHING`,
    "ALTER TABLE tokens ADD COLUMN told_requests INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE tokens ADD COLUMN told_nanos INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE tokens ADD COLUMN change INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE tokens ADD COLUMN budgets TEXT NOT NULL DEFAULT '[]'",
    // The largest share of a budget that was used.
    "ALTER TABLE tokens ADD COLUMN fullest REAL NOT NULL DEFAULT 0",
    `UPDATE tokens SET told_requests = requests, told_nanos = nanos, change = place
      FROM (SELECT id AS known, row_number() OVER (ORDER BY coalesce(last_used_at, 0), id) AS place FROM tokens)
      WHERE id = known`,
    "CREATE INDEX tokens_by_change ON tokens (change)",
    // Of those alone that the owner may want to hear of: most reports don't write it.
    "CREATE INDEX tokens_near ON tokens (fullest) WHERE fullest >= 0.5",
  ],
  [
    // How the last tries of each webhook went. notice_id: NULL is a test.
    `CREATE TABLE tries (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      webhook_id TEXT NOT NULL,
      notice_id TEXT,
      type TEXT NOT NULL,
      at INTEGER NOT NULL,
      status INTEGER,
      problem TEXT,
      outcome TEXT NOT NULL
    ) STRICT`,
    "CREATE INDEX tries_by_webhook ON tries (webhook_id, number)",
    // The signing secret before the newest one signs too, up to `old_until`.
    "ALTER TABLE webhooks ADD COLUMN old_secret TEXT",
    "ALTER TABLE webhooks ADD COLUMN old_until INTEGER",
  ],
  [
    // How many tokens were used in an hour for the first time in its day, its week and its month.
    `CREATE TABLE used_hours (${USED_TABLE}) STRICT`,
    // Who used the most in days that are over.
    `CREATE TABLE rankings (${RANKING_TABLE}) STRICT, WITHOUT ROWID`,
  ],
  [
    // Hours of all tokens together, up to one that was over when somebody looked.
    `CREATE TABLE hours_folded (${FOLDED_TABLE}) STRICT, WITHOUT ROWID`,
  ],
];

/** The step that brings the tables by hour and month. What they need of older days is left to the next alarm. */
const HOURS_STEP = 2;
/** The step that brings the count of tokens that were used. */
const USED_STEP = 4;
const SWEPT_AT = "swept";

/**
 * Brings the tables up to date, in one transaction: either every missing step runs, or none.
 *
 * @param storage the ledger's
 */
export function migrate(storage: DurableObjectStorage): void {
  const done = storage.kv.get<number>("steps") ?? 0;
  if (done >= MIGRATIONS.length) return;
  storage.transactionSync(() => {
    for (const statement of MIGRATIONS.slice(done).flat()) storage.sql.exec(statement);
    storage.kv.put("steps", MIGRATIONS.length);
    if (done > 0 && done < USED_STEP) fillUsed(storage, Date.now());
    if (done === 0 || done >= HOURS_STEP) return;
    // Due at once.
    storage.kv.put(SWEPT_AT, 0);
    noteHoursBegin(storage, Date.now());
  });
}
