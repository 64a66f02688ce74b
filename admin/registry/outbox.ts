import type { PublishTarget } from "./types.ts";

const SECOND = 1000;
const FIRST_RETRY = SECOND;
const LONGEST_RETRY = 5 * 60 * SECOND;

/** How long the try that an owner's action makes at once may take before the alarm steps in, in ms. */
export const HEAD_START = 5 * SECOND;

/** What is still to be published of one token. */
export interface OutboxRow {
  tokenId: string;
  /** Changes whenever there is more to do: what was published under an older ticket settles nothing. */
  ticket: number;
  targets: PublishTarget[];
  /** Failed tries since the owner's last action. */
  attempts: number;
}

type Row = { token_id: string; ticket: number; gateway: number; kv: number; attempts: number };

const toTargets = (row: Pick<Row, "gateway" | "kv">): PublishTarget[] => {
  const targets: PublishTarget[] = [];
  if (row.gateway === 1) targets.push("gateway");
  if (row.kv === 1) targets.push("kv");
  return targets;
};

/** How long to wait after a number of failed tries, in ms: 1 s, 2 s, 4 s, … up to 5 minutes. */
export function retryDelay(attempts: number): number {
  return Math.min(LONGEST_RETRY, FIRST_RETRY * 2 ** (attempts - 1));
}

/**
 * Notes that a token has to be published. One row per token: always its newest record goes out.
 *
 * @param nextAt when the alarm may try, ms since 1970
 */
export function enqueue(sql: SqlStorage, tokenId: string, targets: readonly PublishTarget[], nextAt: number): void {
  // A ticket is 53 random bits: what a number in JavaScript can hold.
  sql.exec(
    `INSERT INTO outbox (token_id, ticket, gateway, kv, attempts, next_at, since)
     VALUES (?1, random() >> 11, ?2, ?3, 0, ?4, ?4)
     ON CONFLICT (token_id) DO UPDATE SET ticket = excluded.ticket, gateway = max(gateway, excluded.gateway),
       kv = max(kv, excluded.kv), attempts = 0, next_at = excluded.next_at`,
    tokenId,
    targets.includes("gateway") ? 1 : 0,
    targets.includes("kv") ? 1 : 0,
    nextAt,
  );
}

/** What is still to be published of a token; null: nothing. */
export function findOutbox(sql: SqlStorage, tokenId: string): OutboxRow | null {
  const [row] = sql.exec<Row>("SELECT * FROM outbox WHERE token_id = ?", tokenId).toArray();
  if (row === undefined) return null;
  return { tokenId, ticket: row.ticket, targets: toTargets(row), attempts: row.attempts };
}

/** Where a token's newest record isn't confirmed. */
export function pendingOf(sql: SqlStorage, tokenId: string): PublishTarget[] {
  return findOutbox(sql, tokenId)?.targets ?? [];
}

/**
 * Notes what became of a try: what was reached is crossed out, the rest is tried again, what failed later than the rest.
 *
 * @param row what the try was for; where the ticket has changed since, there is newer work and nothing is crossed out
 * @param failed the targets that weren't reached
 * @param untried the targets that weren't asked
 * @param now ms since 1970
 */
export function settle(
  sql: SqlStorage,
  row: OutboxRow,
  failed: readonly PublishTarget[],
  untried: readonly PublishTarget[],
  now: number,
): void {
  const open = [...failed, ...untried];
  if (open.length === 0) {
    sql.exec("DELETE FROM outbox WHERE token_id = ? AND ticket = ?", row.tokenId, row.ticket);
    return;
  }
  const attempts = row.attempts + (failed.length > 0 ? 1 : 0);
  sql.exec(
    "UPDATE outbox SET gateway = ?, kv = ?, attempts = ?, next_at = ? WHERE token_id = ? AND ticket = ?",
    open.includes("gateway") ? 1 : 0,
    open.includes("kv") ? 1 : 0,
    attempts,
    failed.length > 0 ? now + retryDelay(attempts) : now,
    row.tokenId,
    row.ticket,
  );
}

/** Something to publish at once. */
export interface Work {
  tokenId: string;
  targets: PublishTarget[];
}

type Due = { tokenId: string; gateway: number; kv: number; attempts: number; keys: number };

// First tries of the gateway come before all else, as they are what makes the owner's word count. Only first ones: with a
// gateway that is down, KV would never get its turn.
const isUrgent = ({ gateway, attempts }: Due): boolean => gateway === 1 && attempts === 0;

/**
 * What of the outbox is due and fits into a number of calls: first the gateway's news of as many tokens as possible, then
 * whatever was due longest.
 *
 * @param now ms since 1970
 * @param calls to the gateway and to KV, together
 */
export function dueWork(sql: SqlStorage, now: number, calls: number): Work[] {
  const due = sql
    .exec<Due>(
      `SELECT token_id AS tokenId, gateway, kv, attempts,
         (SELECT count(*) FROM secrets WHERE secrets.token_id = outbox.token_id AND published = 1) AS keys
       FROM outbox WHERE next_at <= ? ORDER BY (gateway = 1 AND attempts = 0) DESC, next_at LIMIT ?`,
      now,
      calls,
    )
    .toArray();
  let left = calls - due.filter(isUrgent).length;
  return due.flatMap((row, index) => {
    const targets: PublishTarget[] = isUrgent(row) ? ["gateway"] : [];
    const more = [
      ...(row.gateway === 1 && !isUrgent(row) ? [{ target: "gateway" as const, cost: 1 }] : []),
      ...(row.kv === 1 ? [{ target: "kv" as const, cost: row.keys }] : []),
    ];
    for (const { target, cost } of more) {
      // The first one always goes, or a token with very many secrets would wait for ever.
      if (cost > left && (index > 0 || isUrgent(row))) continue;
      targets.push(target);
      left -= cost;
    }
    return targets.length === 0 ? [] : [{ tokenId: row.tokenId, targets }];
  });
}

// Secrets whose grace is over but whose KV key still stands, and isn't queued already.
const ENDED = `published = 1 AND ends_at IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.token_id = secrets.token_id AND outbox.kv = 1)`;

/** Queues the tokens of which a secret's grace is over, so that its KV key goes away. */
export function enqueueEnded(sql: SqlStorage, now: number): void {
  const query = `SELECT DISTINCT token_id AS tokenId FROM secrets WHERE ends_at <= ? AND ${ENDED}`;
  for (const { tokenId } of sql.exec<{ tokenId: string }>(query, now).toArray()) enqueue(sql, tokenId, ["kv"], now);
}

/** When the alarm has to ring next, ms since 1970; null: there is nothing to do. */
export function nextWork(sql: SqlStorage): number | null {
  return sql
    .exec<{ at: number | null }>(
      `SELECT min(at) AS at FROM (
         SELECT min(next_at) AS at FROM outbox UNION ALL SELECT min(ends_at) FROM secrets WHERE ${ENDED})`,
    )
    .one().at;
}

/** How many tokens aren't confirmed, by target. */
export function countPending(sql: SqlStorage): Record<PublishTarget, number> {
  return sql.exec<{ gateway: number; kv: number }>("SELECT gateway, kv FROM pending_counts").one();
}
