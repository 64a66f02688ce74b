import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { listJobs } from "./jobs.ts";
import { type Context, log } from "./state.ts";

const CRONTAB = "crontab";

/** Where wrangler keeps its login, which a job started by cron could not know otherwise. */
const CARRIED = ["XDG_CONFIG_HOME"];

/** Keeps one marked line in the owner's crontab while jobs are open, and none otherwise. True when cron watches over the jobs. */
export function syncCrontab(context: Context): boolean {
  const wanted = hasOpenJobs(context);
  const done = setLine(context, wanted);
  // A job may have been added or finished by another process in between.
  return hasOpenJobs(context) === wanted ? done : setLine(context, !wanted);
}

function hasOpenJobs(context: Context): boolean {
  return listJobs(context).some((file) => !file.failed);
}

function setLine(context: Context, wanted: boolean): boolean {
  const current = context.env["DOPPELGATE_CRON"] === "off" ? undefined : readCrontab();
  if (current === undefined) return false;
  const lines = current === "" ? [] : current.split("\n");
  const others = lines.filter((line) => !line.endsWith(markOf(context)));
  // A line that does the job stays: one from here may know less, for instance of XDG_CONFIG_HOME.
  const isThere = lines.length === others.length + 1 && lines.some((line) => line.endsWith(command(context)));
  if (wanted ? isThere : lines.length === others.length) return wanted;
  if (others.at(-1) === "") others.pop();
  const next = wanted ? [...others, cronLine(context)] : others;
  const text = next.length === 0 ? "" : `${next.join("\n")}\n`;
  const { status } = spawnSync(CRONTAB, ["-"], { input: text, stdio: ["pipe", "ignore", "ignore"] });
  log(context, `crontab: line ${wanted ? "added" : "removed"}${status === 0 ? "" : ": failed"}`);
  return wanted && status === 0;
}

/**
 * The crontab's text; `undefined` when it can't be used. Only a clear "there is none" counts as empty: the owner's lines are at
 * stake.
 */
function readCrontab(): string | undefined {
  const { status, stdout, stderr, error } = spawnSync(CRONTAB, ["-l"], { encoding: "utf8" });
  if (error) return undefined;
  if (status === 0) return stdout;
  return /no crontab/i.test(stderr) ? "" : undefined;
}

/** Every minute rather than `@reboot`: it also brings back a waiter that was killed, for instance at the end of a session. */
function cronLine(context: Context): string {
  const settings = CARRIED.flatMap((name) => {
    const value = context.env[name];
    return value ? [`${name}=${quote(value)}`] : [];
  });
  return ["* * * * *", ...settings, command(context)].join(" ");
}

function command(context: Context): string {
  const call = `${quote(join(context.root, "schedule.sh"))} run-due >/dev/null 2>&1`;
  return `DOPPELGATE_STATE=${quote(context.state)} ${call} ${markOf(context)}`;
}

/** Jobs in another state folder have their own line. */
function markOf(context: Context): string {
  return `# doppelgate schedule ${createHash("sha256").update(context.state).digest("hex").slice(0, 8)}`;
}

/** For the shell, and for cron, which takes a bare % for the end of the command. */
function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''").replaceAll("%", "\\%")}'`;
}
