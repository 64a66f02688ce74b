import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "./cloudflare.ts";
import { mayPass } from "./failure.ts";
import { failJob, type Job, type JobFile, listJobs, removeJob } from "./jobs.ts";
import { findLogin } from "./login.ts";
import { type Context, log, messageOf, recall } from "./state.ts";
import { switchWorker, type Target } from "./switch.ts";
import { formatSpan } from "./when.ts";

/**
 * Seconds between tries: doubling to five minutes, an hour in all. Counted, not timed: a laptop that sleeps for a night in between
 * keeps the tries that it has left.
 */
const DELAYS = [2, 4, 8, 16, 32, 64, 128, 256, ...Array.from({ length: 10 }, () => 300)];

/** Later than this is worth a word in the log. */
const LATE_MS = 60_000;

/** What became of one try for one Worker. */
type Outcome = { done: true; failure?: string } | { done: false; failure: string };

/** Carries a job out, trying again where that may help, and settles its file. `isMine` turns false when it is cancelled. */
export async function runJob(
  context: Context,
  file: JobFile,
  job: Job,
  isMine: () => boolean,
  delays: readonly number[] = DELAYS,
): Promise<void> {
  const late = Date.now() - Date.parse(job.at);
  if (late > LATE_MS) log(context, `job ${job.id}: late by ${formatSpan(late)}: no process was there to run it`);
  let open = job.targets;
  const failures: string[] = [];
  for (const delay of [...delays, undefined]) {
    const next: Target[] = [];
    for (const target of open) {
      if (!isMine()) return;
      const outcome = await tryTarget(context, job, target);
      if (!outcome.done && delay !== undefined) next.push(target);
      else if (outcome.failure !== undefined) failures.push(`${target.label}: ${outcome.failure}`);
    }
    open = next;
    if (open.length === 0 || delay === undefined) break;
    log(context, `job ${job.id}: next try in ${formatSpan(delay * 1000)}`);
    await sleep(delay * 1000);
  }
  if (failures.length === 0) {
    removeJob(file);
    return;
  }
  log(context, `job ${job.id}: given up`);
  failJob(context, file, job, failures.join("; "));
}

async function tryTarget(context: Context, job: Job, target: Target): Promise<Outcome> {
  const what = `job ${job.id}: ${job.action} ${target.label}`;
  if (isOvertaken(context, job, target)) {
    log(context, `${what}: skipped, a later switch of this Worker counts`);
    return { done: true };
  }
  try {
    // Looked up for every try: the login may have been renewed, or the owner may have signed in again.
    const api = connect(await findLogin(context), job.apiBase);
    log(context, `${what}: ${await switchWorker(context, api, target, job.action, new Date(job.at))}`);
    return { done: true };
  } catch (error) {
    const failure = messageOf(error);
    log(context, `${what}: failed: ${failure}`);
    return { done: !mayPass(error), failure };
  }
}

/**
 * Whether a later word on this Worker stands: it has been switched for a later instant, or another job that is due too is for one.
 * Without this, a laptop that wakes after both its "enable 9:00" and its "disable 10:00" could leave the Worker on.
 */
function isOvertaken(context: Context, job: Job, target: Target): boolean {
  const { accountId, script } = target;
  const now = new Date().toISOString();
  const { asOf = "" } = recall(context, accountId, script);
  // One from the future was written by a clock that was wrong, and must not hold jobs back.
  if (asOf > job.at && asOf <= now) return true;
  return listJobs(context).some(({ job: other, failed }) => {
    if (!other || failed || other.at <= job.at || other.at > now) return false;
    return other.targets.some((candidate) => candidate.accountId === accountId && candidate.script === script);
  });
}
