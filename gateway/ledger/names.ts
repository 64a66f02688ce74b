import { SUM_NAMES, SUM_ZEROS } from "./columns.ts";

/** What is counted of models beyond those that have a name of their own. No provider's model is called that. */
export const OTHER_MODELS = "(other models)";

/** Names of models that are told apart, of each provider: holders can make up any number. */
const MOST_NAMES = 1_000;
/** Of these, what names may take under which nothing was ever used: made-up ones must leave room for the provider's next. */
const MOST_UNUSED = 500;

const INSERT = `INSERT INTO totals (provider, model, ${SUM_NAMES})
  VALUES (?, ?, ${SUM_ZEROS})`;

/**
 * The name under which a model is counted where all tokens are counted together. A name that has been given keeps being
 * given. Run it in a transaction.
 *
 * @param isUsed whether anything was used under it, and not only asked for
 */
export function countedName(sql: SqlStorage, provider: string, model: string, isUsed: boolean): string {
  const known = sql.exec("SELECT 1 FROM totals WHERE provider = ? AND model = ?", provider, model).toArray();
  // No name is no name that could be made up.
  if (known.length > 0 || model === "") return model;
  const query = "SELECT count(*) AS count FROM totals WHERE provider = ?";
  const { count } = sql.exec<{ count: number }>(query, provider).one();
  if (count >= (isUsed ? MOST_NAMES : MOST_UNUSED)) return OTHER_MODELS;
  sql.exec(INSERT, provider, model);
  return model;
}
