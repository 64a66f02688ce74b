import { spawn, spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { syncCrontab } from "./crontab.ts";
import { claimJob, findJob, type JobFile } from "./jobs.ts";
import { runJob } from "./run.ts";
import { type Context, log, logPath } from "./state.ts";

/** Timers stand still while a laptop sleeps; this is how late a job may be after it wakes. */
const STEP_MS = 15_000;

/** How long a call of schedule.sh waits to see its waiter take over. */
const START_MS = 10_000;

/** Whether a job has a live waiter. */
export function isAwaited(file: JobFile): boolean {
  return file.owner !== undefined && isWaiter(file.owner, file.id);
}

/** Whether the process is this job's waiter: after a restart a pid may belong to any program. */
function isWaiter(pid: number, id: string): boolean {
  const command = commandLine(pid);
  return command === undefined ? isAlive(pid) : command.includes(`main.ts wait ${id}`);
}

/** A process's command line: "" when there is no such process, `undefined` when this machine has no way to tell. */
function commandLine(pid: number): string | undefined {
  if (process.platform === "linux") {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
    } catch {
      return "";
    }
  }
  const { error, stdout } = spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  return error ? undefined : stdout;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Ends a job's waiter, and nothing else. */
export function endWaiter(file: JobFile): void {
  if (file.owner === undefined || !isWaiter(file.owner, file.id)) return;
  try {
    process.kill(file.owner, "SIGTERM");
  } catch {
    // It ended by itself in the meantime.
  }
}

/** Starts background processes for these jobs, free of this terminal, and returns once they have taken over. */
export async function startWaiters(context: Context, ids: string[]): Promise<boolean> {
  const main = fileURLToPath(new URL("main.ts", import.meta.url));
  for (const id of ids) {
    const output = openSync(logPath(context), "a", 0o600);
    const child = spawn(process.execPath, [main, "wait", id], {
      cwd: context.state,
      detached: true,
      env: { ...context.env, DOPPELGATE_STATE: context.state },
      stdio: ["ignore", output, output],
    });
    child.unref();
    closeSync(output);
  }
  const taken = (id: string): boolean => {
    const file = findJob(context, id);
    return file === undefined || file.failed || isAwaited(file);
  };
  const until = Date.now() + START_MS;
  while (!ids.every(taken) && Date.now() < until) await sleep(40);
  return ids.every(taken);
}

/** The waiter itself: claims the job, sleeps until it is due, runs it once. */
export async function wait(context: Context, id: string): Promise<void> {
  process.on("SIGHUP", () => undefined);
  const found = findJob(context, id);
  // A file with this process's own number is left from before a restart.
  const free = found && !found.failed && (found.owner === process.pid || !isAwaited(found));
  const file = free ? claimJob(context, found) : undefined;
  if (!file?.job) return;
  const at = Date.parse(file.job.at);
  const isMine = (): boolean => existsSync(file.path);
  while (Date.now() < at) {
    await sleep(Math.min(STEP_MS, at - Date.now()));
    if (!isMine()) return;
  }
  log(context, `job ${id}: due, process ${process.pid} runs it`);
  await runJob(context, file, file.job, isMine);
  syncCrontab(context);
}
