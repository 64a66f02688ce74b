/** A step of `schema.ts`: how many tokens wait to be published, for the page that tells it while all of them do. */
export const PENDING_COUNTS = `
  -- One row, kept with each write of \`outbox\`: to count all of it would cost more with each token.
  CREATE TABLE IF NOT EXISTS pending_counts (
    only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
    gateway INTEGER NOT NULL,
    kv INTEGER NOT NULL
  ) STRICT;
  INSERT INTO pending_counts SELECT 1, coalesce(sum(gateway), 0), coalesce(sum(kv), 0) FROM outbox;
  CREATE TRIGGER outbox_added AFTER INSERT ON outbox BEGIN
    UPDATE pending_counts SET gateway = gateway + new.gateway, kv = kv + new.kv;
  END;
  CREATE TRIGGER outbox_removed AFTER DELETE ON outbox BEGIN
    UPDATE pending_counts SET gateway = gateway - old.gateway, kv = kv - old.kv;
  END;
  CREATE TRIGGER outbox_changed AFTER UPDATE OF gateway, kv ON outbox
  WHEN old.gateway <> new.gateway OR old.kv <> new.kv BEGIN
    UPDATE pending_counts SET gateway = gateway + new.gateway - old.gateway, kv = kv + new.kv - old.kv;
  END;
  `;
