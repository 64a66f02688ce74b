/** A step of `schema.ts`: what makes pages of the list cost the same however many tokens there are. */
export const LIST_COUNTS = `
  -- How many tokens are in each state, kept with each write of \`listed\`: to count all of them would cost more with each.
  CREATE TABLE IF NOT EXISTS state_counts (
    state INTEGER PRIMARY KEY,
    tokens INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state_counts SELECT state, count(*) FROM listed GROUP BY state;
  CREATE TRIGGER listed_added AFTER INSERT ON listed BEGIN
    INSERT INTO state_counts VALUES (new.state, 1) ON CONFLICT DO UPDATE SET tokens = tokens + 1;
  END;
  CREATE TRIGGER listed_removed AFTER DELETE ON listed BEGIN
    UPDATE state_counts SET tokens = tokens - 1 WHERE state = old.state;
  END;
  CREATE TRIGGER listed_changed AFTER UPDATE OF state ON listed WHEN old.state <> new.state BEGIN
    UPDATE state_counts SET tokens = tokens - 1 WHERE state = old.state;
    INSERT INTO state_counts VALUES (new.state, 1) ON CONFLICT DO UPDATE SET tokens = tokens + 1;
  END;

  -- The same of the tokens that follow a policy.
  CREATE TABLE IF NOT EXISTS policy_counts (
    policy_id TEXT PRIMARY KEY,
    tokens INTEGER NOT NULL
  ) STRICT;
  INSERT INTO policy_counts SELECT policy_id, count(*) FROM followers GROUP BY policy_id;
  CREATE TRIGGER follower_added AFTER INSERT ON followers BEGIN
    INSERT INTO policy_counts VALUES (new.policy_id, 1) ON CONFLICT DO UPDATE SET tokens = tokens + 1;
  END;
  CREATE TRIGGER follower_removed AFTER DELETE ON followers BEGIN
    UPDATE policy_counts SET tokens = tokens - 1 WHERE policy_id = old.policy_id;
  END;
  CREATE TRIGGER follower_moved AFTER UPDATE OF policy_id ON followers BEGIN
    UPDATE policy_counts SET tokens = tokens - 1 WHERE policy_id = old.policy_id;
    INSERT INTO policy_counts VALUES (new.policy_id, 1) ON CONFLICT DO UPDATE SET tokens = tokens + 1;
  END;

  CREATE INDEX listed_by_holder ON listed (holder_acted_at, state) WHERE holder_acted_at > 0;

  -- The terms of the index, for what is shorter than one.
  CREATE VIRTUAL TABLE searched_terms USING fts5vocab(searched_index, instance);
  `;
