import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { listJobs } from "./jobs.ts";
import { type Context, log } from "./state.ts";

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
  const mark = markOf(context);
  const lines = current.split("\n").filter((line) => line !== "" || current !== "");
  const others = lines.filter((line) => !line.endsWith(mark));
  const line = cronLine(context, mark);
  const isThere = lines.includes(line) && lines.length === others.length + 1;
  if (wanted ? isThere : lines.length === others.length) return wanted;
  if (others.at(-1) === "") others.pop();
  const next = wanted ? [...others, line] : others;
  const text = next.length === 0 ? "" : `${next.join("\n")}\n`;
  const { status } = spawnSync("crontab", ["-"], { input: text, stdio: ["pipe", "ignore", "ignore"] });
  log(context, `crontab: line ${wanted ? "added" : "removed"}${status === 0 ? "" : ": failed"}`);
  return wanted && status === 0;
}

/** The crontab's text; `undefined` when it can't be used. Only a clear "there is none" counts as empty: the owner's lines are at stake. */
function readCrontab(): string | undefined {
  const { status, stdout, stderr, error } = spawnSync("crontab", ["-l"], { encoding: "utf8" });
  if (error) return undefined;
  if (status === 0) return stdout;
  return /no crontab/i.test(stderr) ? "" : undefined;
}

/** Every minute rather than `@reboot`: it also brings back a waiter that was killed, for instance at the end of a session. */
function cronLine(context: Context, mark: string): string {
  const carried = CARRIED.flatMap((name) => {
    const value = context.env[name];
    return value ? [`${name}=${quote(value)}`] : [];
  });
  const command = [
    ...carried,
    `DOPPELGATE_STATE=${quote(context.state)}`,
    quote(join(context.root, "schedule.sh")),
    "run-due",
  ];
  // cron takes a bare % for the end of the command.
  return `* * * * * ${command.join(" ").replaceAll("%", "\\%")} >/dev/null 2>&1 ${mark}`;
}

/** Jobs in another state folder have their own line. */
function markOf(context: Context): string {
  return `# doppelgate schedule ${createHash("sha256").update(context.state).digest("hex").slice(0, 8)}`;
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
