/**
 * The labels of tokens, deleted ones too.
 *
 * @param ids token ids; those that never were are left out of the answer
 * @returns labels by token id
 */
export function labelsOf(sql: SqlStorage, ids: readonly string[]): Record<string, string> {
  const rows = sql.exec<{ id: string; label: string }>(
    "SELECT id, label FROM tokens WHERE id IN (SELECT value FROM json_each(?))",
    JSON.stringify(ids),
  );
  return Object.fromEntries(rows.toArray().map(({ id, label }) => [id, label]));
}
