import { checkPrices, PRICES_KEY } from "../../shared/prices.ts";
import { Lanes } from "./lanes.ts";
import { HEAD_START, retryDelay } from "./outbox.ts";
import { checkPolicies, POLICIES_KEY } from "./policy-book.ts";
import type { Delivery } from "./publisher.ts";
import type { RebuildReport } from "./reports.ts";
import { Stragglers } from "./stragglers.ts";

// What the owner says that is no token's: whole values, each published under one KV key. The registry's row is the truth,
// and says by `next_at` whether KV has it.

/** The KV key of a setting. A token's key is 64 hexadecimal digits and never looks like one. */
export type SettingName = `settings:${string}`;

/** Reads each setting out of parsed JSON; null where anything is off. What isn't named here isn't taken out of KV. */
const CHECKS: Record<SettingName, (value: unknown) => unknown> = {
  [PRICES_KEY]: checkPrices,
  [POLICIES_KEY]: checkPolicies,
};

type Row = { value: string; ticket: number; attempts: number; next_at: number | null };

function findRow(sql: SqlStorage, name: string): Row | null {
  return (
    sql.exec<Row>("SELECT value, ticket, attempts, next_at FROM settings WHERE name = ?", name).toArray()[0] ?? null
  );
}

/** Tells whether a KV key is a setting's, and no token's. */
export const isSettingName = (key: string): key is SettingName => key.startsWith("settings:");

/**
 * Writes a setting and queues its publishing. Call it in the transaction of the owner's action, then
 * `Engine.publishSettings`.
 *
 * @param value whole, as it is to stand in KV
 * @param now ms since 1970
 */
export function putSettings(sql: SqlStorage, name: SettingName, value: unknown, now: number): void {
  // A ticket tells this value from an older one whose way to KV isn't over yet.
  sql.exec(
    `INSERT INTO settings (name, value, ticket, attempts, next_at) VALUES (?1, ?2, random() >> 11, 0, ?3)
     ON CONFLICT (name) DO UPDATE SET value = excluded.value, ticket = excluded.ticket, attempts = 0,
       next_at = excluded.next_at`,
    name,
    JSON.stringify(value),
    now + HEAD_START,
  );
}

/** Reads a setting, as `putSettings` wrote it; null where the owner never said anything. */
export function readSettings(sql: SqlStorage, name: SettingName): unknown {
  const row = findRow(sql, name);
  return row === null ? null : JSON.parse(row.value);
}

/** Tells whether the newest value of a setting isn't confirmed by KV yet. */
export const settingPending = (sql: SqlStorage, name: SettingName): boolean => {
  const row = findRow(sql, name);
  return row !== null && row.next_at !== null;
};

/** Queues all settings: KV was lost, or may be. */
export function enqueueSettings(sql: SqlStorage, now: number): void {
  sql.exec("UPDATE settings SET attempts = 0, next_at = ?", now);
}

/** The settings whose next try is due. */
export function dueSettings(sql: SqlStorage, now: number): SettingName[] {
  const rows = sql.exec<{ name: SettingName }>("SELECT name FROM settings WHERE next_at <= ? ORDER BY next_at", now);
  return rows.toArray().map(({ name }) => name);
}

/** When the alarm has to ring for settings, ms since 1970; null: all are published. */
export function nextSettings(sql: SqlStorage): number | null {
  return sql.exec<{ at: number | null }>("SELECT min(next_at) AS at FROM settings").one().at;
}

/** How many settings KV hasn't confirmed. */
export function countPendingSettings(sql: SqlStorage): number {
  return sql.exec<{ count: number }>("SELECT count(next_at) AS count FROM settings").one().count;
}

/**
 * Takes what KV holds under a setting's key into the registry, where the registry has none. Where it has another, KV is
 * put right: a cache never takes back what the owner said.
 *
 * @param text the value; null where it went away
 * @param report counts it
 * @param now ms since 1970
 */
export function importSettings(
  sql: SqlStorage,
  name: SettingName,
  text: string | null,
  report: RebuildReport,
  now: number,
): void {
  const row = findRow(sql, name);
  if (row !== null) {
    if (row.value !== text) sql.exec("UPDATE settings SET attempts = 0, next_at = ? WHERE name = ?", now, name);
    return;
  }
  const value = readValue(name, text);
  if (value === null) return;
  putSettings(sql, name, value, now);
  report.settings++;
}

function readValue(name: SettingName, text: string | null): unknown {
  if (text === null) return null;
  try {
    return CHECKS[name]?.(JSON.parse(text)) ?? null;
  } catch {
    return null;
  }
}

/** Carries settings out to KV. */
export class SettingsPublisher {
  readonly #sql: SqlStorage;
  readonly #delivery: () => Delivery;
  readonly #lanes = new Lanes();
  readonly #stragglers = new Stragglers();

  /** @param delivery asked anew for each call */
  constructor(sql: SqlStorage, delivery: () => Delivery) {
    this.#sql = sql;
    this.#delivery = delivery;
  }

  /** Publishes a setting, if it isn't yet. It never throws for a fault of KV: the row says with what success. */
  async publish(name: SettingName): Promise<void> {
    await this.#lanes.run(name, () => this.#publishOnce(name));
  }

  async #publishOnce(name: SettingName): Promise<void> {
    const row = findRow(this.#sql, name);
    if (row === null || row.next_at === null) return;
    const put = (): Promise<void> => this.#delivery().put(name, row.value);
    const done = await this.#stragglers.run(name, put).then(
      () => true,
      () => false,
    );
    const attempts = done ? 0 : row.attempts + 1;
    this.#sql.exec(
      "UPDATE settings SET attempts = ?, next_at = ? WHERE name = ? AND ticket = ?",
      attempts,
      done ? null : Date.now() + retryDelay(attempts),
      name,
      row.ticket,
    );
  }
}
