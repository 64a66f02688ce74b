import { randomInt } from "node:crypto";
import { readdirSync, readFileSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { type Context, writeWhole } from "./state.ts";
import type { Action, Target } from "./switch.ts";

/** A switch to be made later. Never changed once written. */
export interface Job {
  id: string;
  action: Action;
  /** When, in UTC. */
  at: string;
  apiBase: string;
  targets: Target[];
  /** Why it was given up. */
  failure?: string;
}

/**
 * A job's file. Its name is its state, so that one rename, which only one process can win, is the claim:
 * `ID.json` has no waiter yet, `ID.PID.json` belongs to that waiter, `ID.failed.json` was given up.
 */
export interface JobFile {
  id: string;
  path: string;
  owner: number | undefined;
  failed: boolean;
  /** `undefined` when the file can't be read. */
  job: Job | undefined;
}

const FILE_NAME = /^([a-z][a-z0-9]{5})(?:\.(\d+|failed))?\.json$/;

function folder(context: Context): string {
  return join(context.state, "jobs");
}

/** Tells whether a word of the command line can be a job's id. It becomes part of a path. */
export function isJobId(word: string): boolean {
  return FILE_NAME.test(`${word}.json`) && !word.includes(".");
}

/** All jobs, the next one first. */
export function listJobs(context: Context): JobFile[] {
  const files: JobFile[] = [];
  for (const name of readdirSync(folder(context))) {
    const [, id, state] = FILE_NAME.exec(name) ?? [];
    if (id === undefined) continue;
    const path = join(folder(context), name);
    const text = readText(path);
    // Claimed or removed since the folder was read: the whole picture is taken again.
    if (text === undefined) return listJobs(context);
    const failed = state === "failed";
    files.push({
      id,
      path,
      failed,
      owner: state === undefined || failed ? undefined : Number(state),
      job: parseJob(text),
    });
  }
  return files.toSorted((one, other) => (one.job?.at ?? "").localeCompare(other.job?.at ?? ""));
}

/** The file of one job as it stands now. */
export function findJob(context: Context, id: string): JobFile | undefined {
  return listJobs(context).find((file) => file.id === id);
}

/** Writes a new job. */
export function createJob(context: Context, job: Omit<Job, "id">): Job {
  const id = newId();
  writeWhole(join(folder(context), `${id}.json`), { id, ...job });
  return { id, ...job };
}

/** Makes a job this process's own. `undefined`: another process was faster, or it is gone. */
export function claimJob(context: Context, file: JobFile): JobFile | undefined {
  const path = join(folder(context), `${file.id}.${process.pid}.json`);
  if (!attempt(() => renameSync(file.path, path))) return undefined;
  return { ...file, path, owner: process.pid };
}

/** Removes a job's file. False: it was not there under that name any more. */
export function removeJob(file: JobFile): boolean {
  return attempt(() => unlinkSync(file.path));
}

/** Gives a job up. It stays in the list until the owner cancels it, because a switch that did not happen must be seen. */
export function failJob(context: Context, file: JobFile, job: Job, failure: string): void {
  const path = join(folder(context), `${file.id}.failed.json`);
  writeWhole(path, { ...job, failure });
  // Cancelled in this very moment: then it is not to be listed either.
  if (!removeJob(file)) rmSync(path, { force: true });
}

/** `undefined` when there is no such file. */
function readText(path: string): string | undefined {
  let text: string | undefined;
  attempt(() => {
    text = readFileSync(path, "utf8");
  });
  return text;
}

function parseJob(text: string): Job | undefined {
  try {
    const found = JSON.parse(text) as Partial<Job> | null;
    const { action, at, apiBase, targets } = found ?? {};
    const sound =
      (action === "enable" || action === "disable") && typeof apiBase === "string" && Array.isArray(targets);
    return sound && !Number.isNaN(Date.parse(at ?? "")) ? (found as Job) : undefined;
  } catch {
    return undefined;
  }
}

/** Short enough to be typed, without letters and digits that look alike. */
function newId(): string {
  const letters = "abcdefghjkmnpqrstuvwxyz";
  return pick(letters) + Array.from({ length: 5 }, () => pick(`${letters}23456789`)).join("");
}

function pick(from: string): string {
  return from.charAt(randomInt(from.length));
}

/** Runs a file operation; false when the file was not there. */
function attempt(operation: () => void): boolean {
  try {
    operation();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
