/** A step of `schema.ts`: the list of tokens, which was read from their records before. */
export const LISTED = `
  -- What the list is searched, filtered and sorted by: a narrow row for each token, made of its record and its use.
  -- \`row\` binds it to its text in \`searched\`. Each index goes through the list in one order, and leaves out deleted tokens
  -- without a look at the row; by listed_by_status tokens are counted without one.
  CREATE TABLE listed (
    row INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    label_key TEXT NOT NULL,
    providers INTEGER NOT NULL,
    policy TEXT NOT NULL,
    holder_acted_at INTEGER NOT NULL,
    used_at INTEGER NOT NULL,
    share REAL NOT NULL,
    share_until INTEGER
  ) STRICT;
  CREATE INDEX listed_by_created ON listed (created_at, id, state);
  CREATE INDEX listed_by_label ON listed (label_key, id, state);
  CREATE INDEX listed_by_expires ON listed (expires_at, id, state);
  CREATE INDEX listed_by_used ON listed (used_at, id, state);
  CREATE INDEX listed_by_share ON listed (share, id, state);
  CREATE INDEX listed_by_status ON listed (state, expires_at, providers, policy, holder_acted_at, id);
  CREATE INDEX listed_by_period ON listed (share_until) WHERE share_until IS NOT NULL;

  CREATE TABLE searched (
    row INTEGER PRIMARY KEY,
    text TEXT NOT NULL
  ) STRICT;
  CREATE VIRTUAL TABLE searched_index USING fts5(
    text, content = 'searched', content_rowid = 'row', tokenize = 'trigram case_sensitive 1'
  );
  DROP INDEX tokens_by_age;
  ALTER TABLE tokens DROP COLUMN search;

  -- What the ledger told of a token's use.
  CREATE TABLE uses (
    token_id TEXT PRIMARY KEY,
    use TEXT NOT NULL
  ) STRICT;

  -- Up to where the registry knows the tokens' use, by the ledger's count. whole_at: when it last knew all; next_at: when to
  -- go on by itself; NULL: when the owner next looks.
  CREATE TABLE use_news (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    place INTEGER NOT NULL,
    whole_at INTEGER,
    next_at INTEGER
  ) STRICT;

  -- Actions on many tokens: the report of each, and in parts of many ids those that it hasn't come to yet.
  CREATE TABLE bulks (
    id TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    job TEXT NOT NULL
  ) STRICT;
  CREATE INDEX bulks_by_age ON bulks (started_at);
  CREATE TABLE bulk_parts (
    bulk_id TEXT NOT NULL,
    part INTEGER NOT NULL,
    ids TEXT NOT NULL,
    PRIMARY KEY (bulk_id, part)
  ) STRICT, WITHOUT ROWID;
  `;

/** A later step: the order by status. */
export const LISTED_BY_STATUS = `
  -- Active, disabled, deleted, and within each the last end first: so those that have expired by now, whenever that is, come
  -- right behind the other active ones. 10^15 is later than any end, and stands for never. The index has the end too, so that
  -- those of another status are passed by without a look at the row.
  ALTER TABLE listed ADD COLUMN status_key INTEGER NOT NULL
    AS (state * 1000000000000000 + 1000000000000000 - min(expires_at, 1000000000000000)) VIRTUAL;
  CREATE INDEX listed_by_status_key ON listed (status_key, id, state, expires_at);
  `;

/**
 * A later step: indexes of few tokens each, with all that the list and the overview ask of them, so that none of the rows is
 * looked up, which lie anywhere. Whoever was never used, or changed by their holder, is in the order of the list.
 */
export const LISTED_NARROW = `
  DROP INDEX listed_unused;
  CREATE INDEX listed_unused ON listed (created_at, id, state, expires_at) WHERE used_at = 0;
  DROP INDEX listed_by_holder;
  CREATE INDEX listed_by_holder ON listed (created_at, id, state) WHERE holder_acted_at > 0;
  CREATE INDEX listed_nearly ON listed (share, id, state, expires_at, created_at) WHERE share >= 0.8;
  `;
