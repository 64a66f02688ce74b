import { type Api, apiBase, connect } from "./cloudflare.ts";
import { syncCrontab } from "./crontab.ts";
import { isFinal } from "./failure.ts";
import { createJob, findJob, type JobFile, listJobs, removeJob } from "./jobs.ts";
import { findLogin, type Login } from "./login.ts";
import { type Context, log, logPath, messageOf } from "./state.ts";
import { type Action, locate, switchWorker, type Target } from "./switch.ts";
import { endWaiter, isAwaited, startWaiters } from "./waiter.ts";
import { formatSpan, formatWhen } from "./when.ts";
import type { Label } from "./workers.ts";

/** Switches each Worker at once. One that fails doesn't keep the other from being tried. */
export async function switchNow(context: Context, labels: readonly Label[], action: Action): Promise<number> {
  const api = connect(await findLogin(context), apiBase(context.env));
  let failed = 0;
  for (const label of labels) {
    try {
      const target = await locate(context, api, label);
      const done = await switchWorker(context, api, target, action, new Date());
      log(context, `${action} ${label}: ${done}`);
      console.log(`${label}: ${done}`);
    } catch (error) {
      failed += 1;
      log(context, `${action} ${label}: failed: ${messageOf(error)}`);
      console.error(`${label}: failed: ${messageOf(error)}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

/** Writes a job and starts its waiter. What is sure to fail later is refused now. */
export async function switchLater(
  context: Context,
  labels: readonly Label[],
  action: Action,
  at: Date,
): Promise<number> {
  const base = apiBase(context.env);
  const login = await findLogin(context);
  const api = connect(login, base);
  const targets: Target[] = [];
  for (const label of labels) {
    try {
      targets.push(await check(api, await locate(context, api, label)));
    } catch (error) {
      throw new Error(`${label}: not scheduled: ${messageOf(error)}`, { cause: error });
    }
  }
  const job = createJob(context, { action, at: at.toISOString(), apiBase: base, targets });
  const what = `${action} ${labels.join(" and ")}`;
  log(context, `job ${job.id}: ${what} scheduled for ${job.at}`);
  const started = await startWaiters(context, [job.id]);
  console.log(`Job ${job.id}: ${what} at ${formatWhen(at)}, in ${formatSpan(at.getTime() - Date.now())}.`);
  console.log(afterRestart(login, syncCrontab(context)));
  if (!started) console.error(`The waiting process did not start; see ${logPath(context)}`);
  return started ? 0 : 1;
}

/** Only a clear no refuses: without an answer now, there may well be one later. */
async function check(api: Api, target: Target): Promise<Target> {
  try {
    await api.read(target.accountId, target.script);
  } catch (error) {
    if (isFinal(error)) throw error;
    console.error(`${target.label}: could not be checked now: ${messageOf(error)}`);
  }
  return target;
}

function afterRestart({ origin }: Login, cron: boolean): string {
  const again = cron ? "cron takes it up again" : "call ./schedule.sh list once";
  if (origin === "wrangler") {
    return `Login: what wrangler has by then; nothing is stored. After a restart of this machine, ${again}.`;
  }
  return [
    "Login: CLOUDFLARE_API_TOKEN of this shell, which only the waiting process keeps; nothing is stored.",
    `After a restart of this machine: with a wrangler login, ${again} and that login is used;`,
    "without one, call ./schedule.sh list with CLOUDFLARE_API_TOKEN set.",
  ].join("\n");
}

/** Removes a job and ends its waiter. */
export function cancel(context: Context, id: string): number {
  // A waiter may claim the job between the look and the removal; then its name is another, and the second look finds it.
  for (let file = findJob(context, id); file; file = findJob(context, id)) {
    const wasDue = !file.failed && Date.parse(file.job?.at ?? "") <= Date.now();
    if (!removeJob(file)) continue;
    endWaiter(file);
    syncCrontab(context);
    log(context, `job ${id}: cancelled`);
    console.log(
      `Job ${id} is cancelled.${wasDue ? " It was due: ./schedule.sh list shows whether it has switched." : ""}`,
    );
    return 0;
  }
  console.error(`schedule.sh: there is no job ${id}; see ./schedule.sh list`);
  return 1;
}

/** Gives every open job without a waiter a new one, so that overdue ones run; without a login they stay as they are. */
export async function resume(context: Context): Promise<void> {
  const orphans = listJobs(context).filter((file: JobFile) => file.job && !file.failed && !isAwaited(file));
  if (orphans.length > 0) {
    try {
      await findLogin(context);
      const ids = orphans.map(({ id }) => id);
      log(context, `taken up again: job ${ids.join(", ")}`);
      await startWaiters(context, ids);
    } catch (error) {
      console.error(`${orphans.length} waiting job(s) can't be taken up again. ${messageOf(error)}`);
    }
  }
  syncCrontab(context);
}
