import { importKey, lookAtKey } from "./importing.ts";
import { reconcileFollowers } from "./following.ts";
import { enqueue } from "./outbox.ts";
import type { RebuildReport, RebuildTarget } from "./reports.ts";
import { enqueueSettings } from "./settings.ts";

/** KV keys per step: as many as KV reads in one bulk call. */
const KEYS_PER_STEP = 100;
/** How long to wait after KV failed, in ms. */
const PAUSE = 60_000;

/** A rebuild on its way, kept between invocations. */
export interface RebuildJob {
  /** Tells this rebuild from an earlier one whose step is still on its way. */
  key: string;
  report: RebuildReport;
  /** Where in KV's list to go on; null: from the start. */
  cursor: string | null;
  /** When to go on, ms since 1970. */
  nextAt: number;
}

/** Reads the last rebuild; null: there was none. */
export function readJob(sql: SqlStorage): RebuildJob | null {
  const [row] = sql.exec<{ job: string }>("SELECT job FROM rebuild").toArray();
  // The cast: only writeJob writes this table.
  return row === undefined ? null : (JSON.parse(row.job) as RebuildJob);
}

function writeJob(sql: SqlStorage, job: RebuildJob): void {
  sql.exec("INSERT OR REPLACE INTO rebuild (only_row, job) VALUES (1, ?)", JSON.stringify(job));
}

/**
 * Begins a rebuild; one that is still on its way is given up, as both do the same work. Run it in a transaction.
 *
 * @param now ms since 1970
 */
export function beginRebuild(sql: SqlStorage, target: RebuildTarget, now: number): void {
  const tokens = { added: 0, updated: 0, kept: 0, renamed: 0, unreadable: 0, unknown: 0, queued: 0 };
  const counts = { keys: 0, ...tokens, settings: 0 };
  const report: RebuildReport = { target, startedAt: now, done: false, ...counts, problem: null };
  if (target === "published") {
    enqueueSettings(sql, now);
    for (const { id } of sql.exec<{ id: string }>("SELECT id FROM tokens").toArray()) {
      enqueue(sql, id, ["gateway", "kv"], now);
      report.queued++;
    }
  }
  writeJob(sql, { key: crypto.randomUUID(), report, cursor: null, nextAt: now });
}

type Step = { hashes: string[]; values: Map<string, string | null> | null; cursor: string | null };

async function readKv(kv: KVNamespace, job: RebuildJob): Promise<Step> {
  const page = await kv.list({ limit: KEYS_PER_STEP, cursor: job.cursor });
  const hashes = page.keys.map(({ name }) => name);
  const wanted = job.report.target === "registry" && hashes.length > 0;
  const values = wanted ? await kv.get(hashes) : null;
  return { hashes, values, cursor: page.list_complete ? null : page.cursor };
}

function takeStep(sql: SqlStorage, job: RebuildJob, step: Step, now: number): boolean {
  const report: RebuildReport = { ...job.report, done: step.cursor === null, problem: null };
  for (const hash of step.hashes) {
    report.keys++;
    if (report.target === "registry") importKey(sql, hash, step.values?.get(hash) ?? null, report, now);
    else lookAtKey(sql, hash, report, now);
  }
  // Policies and tokens have separate keys, and any order.
  if (report.done && report.target === "registry") reconcileFollowers(sql, now);
  writeJob(sql, { ...job, report, cursor: step.cursor });
  return !report.done;
}

/**
 * Does the next step of the rebuild that is on its way: up to 100 KV keys, two calls.
 *
 * @param kv the namespace `TOKENS`
 * @param clock gives ms since 1970
 * @returns whether there is more to do at once. A fault of KV isn't thrown: it makes the rebuild pause for a minute
 */
export async function stepRebuild(
  storage: DurableObjectStorage,
  kv: KVNamespace,
  clock: () => number,
): Promise<boolean> {
  const job = readJob(storage.sql);
  if (job === null || job.report.done || job.nextAt > clock()) return false;
  const step = await readKv(kv, job).catch(() => null);
  // A newer rebuild has begun during the wait: this step is of no use to it.
  if (readJob(storage.sql)?.key !== job.key) return true;
  if (step === null) {
    const problem = "KV did not answer. The rebuild goes on by itself in a minute.";
    writeJob(storage.sql, { ...job, report: { ...job.report, problem }, nextAt: clock() + PAUSE });
    return false;
  }
  return storage.transactionSync(() => takeStep(storage.sql, job, step, clock()));
}

/** When the rebuild has to go on, ms since 1970; null: there is none on its way. */
export function rebuildDue(sql: SqlStorage): number | null {
  const job = readJob(sql);
  return job === null || job.report.done ? null : job.nextAt;
}
