/** The step of the schema that makes the audit log searchable, and counts calls to KV. Deployed once, it is never edited. */
export const AUDIT_SEARCH = `
  -- The country that an action came from, where Cloudflare knows it.
  ALTER TABLE audit ADD COLUMN country TEXT;
  CREATE INDEX audit_by_action ON audit (action, number);
  CREATE INDEX audit_by_session ON audit (substr(session, 1, 8), number) WHERE session IS NOT NULL;
  -- Which three neighbouring characters occur in a line. It holds no text, and not where they stand.
  CREATE VIRTUAL TABLE audit_text USING fts5(
    text, tokenize = 'trigram', content = '', contentless_delete = 1, detail = none
  );
  INSERT INTO audit_text (rowid, text) SELECT number,
    coalesce(label, '') || char(31) || coalesce(token_id, '') || char(31) || action || char(31) || address
    || char(31) || user_agent || char(31) || changes FROM audit;

  -- How often KV was written to on a day, UTC: the free plan counts that.
  CREATE TABLE IF NOT EXISTS kv_calls (
    day TEXT PRIMARY KEY,
    writes INTEGER NOT NULL,
    deletes INTEGER NOT NULL
  ) STRICT;
`;
