/** What may stand in a log line: facts, never a secret, a body or a whole URL. */
export type LogFacts = Record<string, string | number | boolean | null>;

/**
 * Writes one line to the Worker's log, as JSON, for the owner.
 *
 * @param level `error` for what the owner must mend
 * @param event a short name to search for
 * @param facts the rest; the caller answers for their holding no secret
 */
export function log(level: "info" | "warn" | "error", event: string, facts: LogFacts): void {
  console[level](JSON.stringify({ event, ...facts }));
}
