import type { BulkAction, BulkReport } from "./bulk-types.ts";
import type { Actor } from "./types.ts";

/** So many tokens are done in one transaction: few enough that the owner's other pages don't wait for it. */
export const PART = 200;
/** Reports that are kept of what is over. */
const KEPT = 50;

/** An action on many tokens, kept between invocations. */
export interface BulkJob {
  report: BulkReport;
  actor: Actor;
}

type Row = { job: string };
// The cast: only addJob and saveJob write this column.
const readJob = ({ job }: Row): BulkJob => JSON.parse(job) as BulkJob;

/** Notes a new action, with the tokens that it is about in parts. Those of the reports that are oldest go. */
export function addJob(sql: SqlStorage, job: BulkJob, ids: readonly string[]): void {
  const { id, startedAt } = job.report;
  sql.exec(
    "INSERT INTO bulks (id, started_at, ended_at, job) VALUES (?, ?, NULL, ?)",
    id,
    startedAt,
    JSON.stringify(job),
  );
  for (let part = 0; part * PART < ids.length; part++) {
    const some = ids.slice(part * PART, (part + 1) * PART);
    sql.exec("INSERT INTO bulk_parts (bulk_id, part, ids) VALUES (?, ?, ?)", id, part, JSON.stringify(some));
  }
  sql.exec(
    `DELETE FROM bulks WHERE ended_at IS NOT NULL
       AND id NOT IN (SELECT id FROM bulks ORDER BY started_at DESC LIMIT ?)`,
    KEPT,
  );
}

/** Writes how far an action has come. */
export function saveJob(sql: SqlStorage, job: BulkJob): void {
  const { id, endedAt } = job.report;
  sql.exec("UPDATE bulks SET ended_at = ?, job = ? WHERE id = ?", endedAt, JSON.stringify(job), id);
}

/** Finds an action; null where there is none of that id, or none any more. */
export function findJob(sql: SqlStorage, id: string): BulkJob | null {
  const [row] = sql.exec<Row>("SELECT job FROM bulks WHERE id = ?", id).toArray();
  return row === undefined ? null : readJob(row);
}

/** The last actions, newest first. */
export const listJobs = (sql: SqlStorage): BulkJob[] =>
  sql.exec<Row>("SELECT job FROM bulks ORDER BY started_at DESC LIMIT ?", KEPT).toArray().map(readJob);

/** The action that is next: the oldest that isn't over. */
export function nextJob(sql: SqlStorage): BulkJob | null {
  const [row] = sql.exec<Row>("SELECT job FROM bulks WHERE ended_at IS NULL ORDER BY started_at LIMIT 1").toArray();
  return row === undefined ? null : readJob(row);
}

/** How many actions aren't over. */
export const countJobs = (sql: SqlStorage): number =>
  sql.exec<{ n: number }>("SELECT count(*) AS n FROM bulks WHERE ended_at IS NULL").one().n;

/** Takes the next part of an action away; null: there is none left. */
export function takePart(sql: SqlStorage, id: string): string[] | null {
  const [row] = sql
    .exec<{ part: number; ids: string }>("SELECT part, ids FROM bulk_parts WHERE bulk_id = ? ORDER BY part LIMIT 1", id)
    .toArray();
  if (row === undefined) return null;
  sql.exec("DELETE FROM bulk_parts WHERE bulk_id = ? AND part = ?", id, row.part);
  return JSON.parse(row.ids) as string[];
}

/** Takes all parts of an action away. */
export function dropParts(sql: SqlStorage, id: string): void {
  sql.exec("DELETE FROM bulk_parts WHERE bulk_id = ?", id);
}

/** How an action stands as it begins. */
export const newReport = (id: string, action: BulkAction, total: number, startedAt: number): BulkReport => {
  const counts = { total, done: 0, skipped: 0, failed: 0, stopped: 0 };
  return { id, action, policyName: null, ...counts, reasons: {}, startedAt, endedAt: null };
};
