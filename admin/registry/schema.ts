import { AUDIT_SEARCH } from "./audit-schema.ts";
import { fillListed } from "./listed.ts";
import { LIST_COUNTS } from "./list-schema.ts";
import { LISTED, LISTED_BY_STATUS, LISTED_NARROW } from "./listed-schema.ts";
import { PENDING_COUNTS } from "./outbox-schema.ts";

/**
 * The registry's tables, as numbered steps. A step that has been deployed is never edited; a change is a new step.
 * Times are ms since 1970. What each table is for: docs/storage.md.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    label TEXT NOT NULL,
    state TEXT NOT NULL,
    providers TEXT NOT NULL,
    expires_at INTEGER,
    created_at INTEGER NOT NULL,
    search TEXT NOT NULL,
    record TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX tokens_by_label ON tokens (label) WHERE state <> 'deleted';
  CREATE INDEX tokens_by_age ON tokens (created_at DESC, id DESC);

  -- Every secret that ever was, also of deleted tokens: none can be issued twice.
  CREATE TABLE secrets (
    hash TEXT PRIMARY KEY,
    token_id TEXT NOT NULL,
    ends_at INTEGER,
    published INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX secrets_by_token ON secrets (token_id);
  CREATE INDEX secrets_by_end ON secrets (ends_at) WHERE published = 1 AND ends_at IS NOT NULL;

  CREATE TABLE outbox (
    token_id TEXT PRIMARY KEY,
    ticket INTEGER NOT NULL,
    gateway INTEGER NOT NULL,
    kv INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX outbox_by_time ON outbox (next_at);

  CREATE TABLE sessions (
    jti TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL
  ) STRICT;

  CREATE TABLE throttle (
    address TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    at INTEGER NOT NULL,
    waiting_since INTEGER,
    signed_in_at INTEGER
  ) STRICT;

  CREATE TABLE audit (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    session TEXT,
    address TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    action TEXT NOT NULL,
    token_id TEXT,
    label TEXT,
    changes TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_token ON audit (token_id, number);

  CREATE TABLE rebuild (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    job TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- What the owner says that is no token's, by KV key. next_at: when to try KV again; NULL: KV has it.
  CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    ticket INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_at INTEGER
  ) STRICT;
  `,
  `
  -- Which token follows which named policy: what their records say. Deleted tokens have no row.
  CREATE TABLE IF NOT EXISTS followers (
    token_id TEXT PRIMARY KEY,
    policy_id TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS followers_by_policy ON followers (policy_id);

  -- Up to where the registry knows what holders did, by the gateway's count.
  CREATE TABLE IF NOT EXISTS holder_news (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    place INTEGER NOT NULL
  ) STRICT;
  `,
  LISTED,
  `
  -- Since when a token's oldest change waits. What waits already is as old as its next try, as far as is known.
  ALTER TABLE outbox ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
  UPDATE outbox SET since = next_at;

  -- What needs the owner's attention is counted by these, of active tokens alone.
  CREATE INDEX listed_unused ON listed (created_at, id, expires_at) WHERE state = 0 AND used_at = 0;
  CREATE INDEX listed_by_providers ON listed (providers, expires_at) WHERE state = 0;
  `,
  `
  -- identity, name: who it is of as Cloudflare Access says; NULL: opened without Access.
  ALTER TABLE sessions ADD COLUMN last_seen_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN proven_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN opened_by TEXT NOT NULL DEFAULT 'password';
  ALTER TABLE sessions ADD COLUMN identity TEXT;
  ALTER TABLE sessions ADD COLUMN name TEXT;
  UPDATE sessions SET last_seen_at = created_at, proven_at = created_at;

  CREATE TABLE IF NOT EXISTS passkeys (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    public_key TEXT NOT NULL,
    seal TEXT NOT NULL,
    counter INTEGER NOT NULL,
    transports TEXT NOT NULL,
    backed_up INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER
  ) STRICT;

  -- What worked once and never works again: codes of an authenticator, challenges of passkeys.
  CREATE TABLE IF NOT EXISTS spent (
    what TEXT PRIMARY KEY,
    until INTEGER NOT NULL
  ) STRICT;
  `,
  AUDIT_SEARCH,
  // Each try asks for what is old and for who waits: somebody with many addresses must not make that a look at all of them.
  `
  CREATE INDEX IF NOT EXISTS throttle_by_time ON throttle (at);
  CREATE INDEX IF NOT EXISTS throttle_waiting ON throttle (waiting_since) WHERE waiting_since IS NOT NULL;
  `,
  LISTED_BY_STATUS,
  LIST_COUNTS,
  LISTED_NARROW,
  PENDING_COUNTS,
];

/**
 * Brings the tables up to date, in one transaction: either every missing step runs, or none.
 *
 * @param storage the registry's storage
 */
export function migrate(storage: DurableObjectStorage): void {
  storage.transactionSync(() => {
    const { sql } = storage;
    sql.exec("CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY) STRICT");
    const { done } = sql.exec<{ done: number }>("SELECT count(*) AS done FROM migrations").one();
    MIGRATIONS.slice(done).forEach((step, index) => {
      sql.exec(step);
      sql.exec("INSERT INTO migrations (number) VALUES (?)", done + index + 1);
    });
    // Behind all steps, as it writes today's columns.
    if (done <= MIGRATIONS.indexOf(LISTED)) fillListed(sql, Date.now());
  });
}
