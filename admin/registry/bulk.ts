import { newTokenId } from "../../shared/token.ts";
import { addAudit } from "./audit.ts";
import { type Acted, actOn } from "./bulk-acting.ts";
import {
  addJob,
  type BulkJob,
  countJobs,
  dropParts,
  findJob,
  newReport,
  nextJob,
  saveJob,
  takePart,
} from "./bulk-jobs.ts";
import type { BulkAction, BulkChoice, BulkInput, BulkPreview, BulkReport } from "./bulk-types.ts";
import { countMatching } from "./list-counts.ts";
import { listTokens, matchingIds } from "./list.ts";
import { labelsOf } from "./labels.ts";
import { findPolicy } from "./policy-views.ts";
import type { AuditChanges } from "./reports.ts";
import type { Actor, Outcome, Refusal } from "./types.ts";

/** How many actions may wait for each other. */
const MAX_WAITING = 20;
/** Labels that a preview tells. */
const SHOWN = 10;

const refuse = (kind: Refusal["kind"], field: string | null, message: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { kind, field, message },
});
const NO_TOKENS = refuse("unknown", null, "There is no token that this is about. Choose at least one.");
const NO_POLICY = refuse("unknown", "policy", "There is no policy of that id. It may have been deleted.");
const NO_BULK = refuse("missing", null, "There is no such action on many tokens, or it is too long ago.");
const FULL = refuse("full", null, `${MAX_WAITING} such actions are on their way already. Wait until one is done.`);
const changed = (expected: number, total: number) =>
  refuse(
    "changed",
    "expect",
    `It was to be about ${expected} tokens, but now there are ${total} that match. Nothing was done; look at them again.`,
  );

function idsOf(sql: SqlStorage, choice: BulkChoice, now: number): string[] {
  return "ids" in choice ? [...new Set(choice.ids)] : matchingIds(sql, choice.filter, now);
}

/** Says what an action on many tokens would be about. `now`: ms since 1970. */
export function previewBulk(sql: SqlStorage, choice: BulkChoice, now: number): BulkPreview {
  if ("ids" in choice) {
    const ids = [...new Set(choice.ids)];
    const first = ids.slice(0, SHOWN);
    const labels = labelsOf(sql, first);
    return { total: ids.length, labels: first.map((id) => labels[id] ?? id) };
  }
  const order = { sort: "created", descending: true, cursor: null, limit: SHOWN } as const;
  const { records } = listTokens(sql, { ...choice.filter, ...order }, now);
  return { total: countMatching(sql, choice.filter, now), labels: records.map(({ label }) => label) };
}

/** What an action says beside its name, for the audit log. */
function detailsOf(action: BulkAction, policyName: string | null): AuditChanges {
  if (action.kind === "extendTo") return { expiresAt: { before: null, after: action.at } };
  if (action.kind === "extendBy") return { days: { before: null, after: action.days } };
  return action.kind === "policy" ? { policy: { before: null, after: policyName } } : {};
}

/**
 * Begins an action on many tokens: which they are is settled here. Run it in a transaction. Refused as `unknown` (no tokens, no
 * such policy), `changed` (not as many as expected), or `full`.
 */
export function beginBulk(sql: SqlStorage, input: BulkInput, actor: Actor, now: number): Outcome<string> {
  const { action, choice, expect } = input;
  const policyId = action.kind === "policy" ? action.policy : null;
  const policy = policyId === null ? null : findPolicy(sql, policyId);
  if (policyId !== null && policy === null) return NO_POLICY;
  if (countJobs(sql) >= MAX_WAITING) return FULL;
  const ids = idsOf(sql, choice, now);
  if (expect !== null && expect !== ids.length) return changed(expect, ids.length);
  if (ids.length === 0) return NO_TOKENS;
  const policyName = policy?.name ?? null;
  const report = { ...newReport(newTokenId(), action, ids.length, now), policyName };
  addJob(sql, { report, actor }, ids);
  const changes = {
    bulk: { before: null, after: report.id },
    action: { before: null, after: action.kind },
    chosen: { before: null, after: ids.length },
    ...detailsOf(action, policyName),
  };
  addAudit(sql, actor, "tokens.bulk", null, changes, now);
  return { ok: true, value: report.id };
}

function count(report: BulkReport, acted: Acted): void {
  report[acted.kind]++;
  if (acted.kind !== "done") report.reasons[acted.reason] = (report.reasons[acted.reason] ?? 0) + 1;
}

function actAlone(storage: DurableObjectStorage, id: string, { report, actor }: BulkJob, now: number): Acted {
  try {
    // A transaction of its own: a token that can't be done leaves nothing half done, and doesn't hold up the others.
    const context = { actor, bulkId: report.id };
    return storage.transactionSync(() => actOn(storage.sql, id, report.action, context, now));
  } catch {
    return { kind: "failed", reason: "The registry couldn't do it." };
  }
}

/**
 * Does the next part of the oldest action that is on its way, and its count, in one transaction.
 *
 * @param now ms since 1970
 * @returns whether there is more to do
 */
export function stepBulk(storage: DurableObjectStorage, now: number): boolean {
  const { sql } = storage;
  return storage.transactionSync(() => {
    const job = nextJob(sql);
    if (job === null) return false;
    const part = takePart(sql, job.report.id);
    for (const id of part ?? []) count(job.report, actAlone(storage, id, job, now));
    const { done, skipped, failed, total } = job.report;
    if (part === null || done + skipped + failed >= total) job.report.endedAt = now;
    saveJob(sql, job);
    return nextJob(sql) !== null;
  });
}

/** Stops an action: the tokens that it hasn't come to stay as they are. Refused as `missing`; one that is over stays so. */
export function stopBulk(sql: SqlStorage, id: string, actor: Actor, now: number): Outcome<BulkReport> {
  const job = findJob(sql, id);
  if (job === null) return NO_BULK;
  const { report } = job;
  if (report.endedAt !== null) return { ok: true, value: report };
  dropParts(sql, id);
  report.stopped = report.total - report.done - report.skipped - report.failed;
  report.endedAt = now;
  saveJob(sql, job);
  const left = { before: report.total, after: report.stopped };
  addAudit(sql, actor, "tokens.bulk_stopped", null, { bulk: { before: null, after: id }, leftAlone: left }, now);
  return { ok: true, value: report };
}
