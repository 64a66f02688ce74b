import { appendFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** What is remembered of a Worker between two calls. */
export interface Memory {
  /** Whether its previews were on when it was switched off here, so that switching it on brings back exactly that. */
  previews?: boolean;
  /** For which instant it was last switched here. A late job that was due earlier than this has been overtaken. */
  asOf?: string;
}

/** Everything that a command needs to know of its surroundings. */
export interface Context {
  /** The project's folder. */
  root: string;
  /** The state folder: 0700, its files 0600. It never holds a secret. */
  state: string;
  env: NodeJS.ProcessEnv;
}

/** Opens the state folder, creating it for this user only. */
export function openContext(root: string, env: NodeJS.ProcessEnv): Context {
  const base = env["XDG_STATE_HOME"] || join(homedir(), ".local", "state");
  const state = resolve(env["DOPPELGATE_STATE"] || join(base, "doppelgate", "schedule"));
  for (const folder of [state, join(state, "jobs"), join(state, "workers")]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }
  return { root, state, env };
}

/** The log file's path. */
export function logPath(context: Context): string {
  return join(context.state, "schedule.log");
}

/** Adds one line with the time in UTC to the log. */
export function log(context: Context, text: string): void {
  appendFileSync(logPath(context), `${new Date().toISOString()} ${oneLine(text)}\n`, { mode: 0o600 });
}

/** One printable line of a text that came from outside, so that it can't forge lines or steer the terminal. */
export function oneLine(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim()
    .slice(0, 500);
}

/** A message from whatever was thrown. */
export function messageOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}

/** Writes a file so that a reader sees the old or the new content, never a part. */
export function writeWhole(path: string, value: unknown): void {
  const part = `${path}.${process.pid}.part`;
  writeFileSync(part, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(part, path);
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** What is remembered of a Worker. */
export function recall(context: Context, accountId: string, script: string): Memory {
  const found = readJson(memoryPath(context, accountId, script));
  return typeof found === "object" && found !== null ? found : {};
}

/** Changes what is remembered of a Worker; a key set to `undefined` is forgotten. */
export function remember(
  context: Context,
  accountId: string,
  script: string,
  change: { [Key in keyof Memory]: Memory[Key] | undefined },
): void {
  writeWhole(memoryPath(context, accountId, script), { ...recall(context, accountId, script), ...change });
}

function memoryPath(context: Context, accountId: string, script: string): string {
  return join(context.state, "workers", `${encodeURIComponent(`${accountId}.${script}`)}.json`);
}
