// The processes of the peers: each leads a group of its own, so that whatever it starts ends with it.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** A program and how it is run. */
export interface Program {
  command: string;
  args: readonly string[];
  /** The folder that it runs in. */
  folder: string;
  /** Its whole environment. */
  env: NodeJS.ProcessEnv;
}

/** A program that runs. */
export interface Started {
  pid: number;
  /** Whether it runs still. */
  runs(): boolean;
  /** Resolves when it has ended, or could not be started, with its exit code; null: a signal ended it. */
  ended: Promise<number | null>;
  /** What it wrote of why it failed, on one line. */
  why(): string;
  /** Ends it and all that it started, and waits until it is gone. */
  end(): Promise<void>;
}

const KEPT = 20_000;
const MOST_WORDS = 300;

/**
 * What a program's output says of why it failed: its first lines about an error, which come before their details; where it has
 * none, its end.
 */
export function whyOf(output: string): string {
  const lines = output.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => /error/i.test(line) && !line.startsWith("WARNING"));
  const told =
    errors.length > 0 ? errors.slice(0, 3).join(" ").slice(0, MOST_WORDS) : lines.join(" ").slice(-MOST_WORDS);
  return told.replaceAll(/\s+/g, " ").trim();
}

const running = new Set<ChildProcess>();

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  } catch {
    // Nothing of it is left.
  }
}

// Whoever stops the run in the middle leaves no peer behind.
process.once("exit", () => running.forEach(endGroup));

/** Starts a program. One that can't be started has ended, and tells why. */
export function startProgram({ command, args, folder, env }: Program): Started {
  const child = spawn(command, args, { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let output = "";
  const hear = (words: string): void => void (output = (output + words).slice(-KEPT));
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", hear);
  const { promise: ended, resolve } = Promise.withResolvers<number | null>();
  const gone = (code: number | null): void => {
    // What it started in its turn outlives it otherwise; once it is gone, its number may become somebody else's.
    endGroup(child);
    running.delete(child);
    resolve(code);
  };
  child.once("exit", gone);
  child.once("error", (error) => {
    hear(error.message);
    gone(null);
  });
  return {
    pid: child.pid ?? 0,
    runs: () => running.has(child),
    ended,
    why: () => whyOf(output),
    async end() {
      if (running.has(child)) endGroup(child);
      await ended;
    },
  };
}

/**
 * Runs a program to its end.
 *
 * @param timeoutMs how long it may take; it is ended then
 * @throws Error that says why, where it fails or takes too long
 */
export async function runProgram(program: Program, timeoutMs: number): Promise<void> {
  const started = startProgram(program);
  const name = `${program.command.split("/").at(-1)} ${program.args[0] ?? ""}`.trim();
  const timer = new AbortController();
  const late = sleep(timeoutMs, "late" as const, { signal: timer.signal }).catch(() => null);
  const code = await Promise.race([started.ended, late]);
  timer.abort();
  await started.end();
  if (code === "late") throw new Error(`${name} took longer than ${timeoutMs / 1000} s`);
  if (code !== 0) throw new Error(`${name} failed: ${started.why()}`);
}

/**
 * Waits until a server answers.
 *
 * @throws Error that says why, where it ends or doesn't answer in time
 */
export async function untilReady(started: Started, url: string, timeoutMs: number): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    if (!started.runs()) throw new Error(`it ended while it started: ${started.why()}`);
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await sleep(200);
  }
  throw new Error(`it didn't answer within ${timeoutMs / 1000} s: ${started.why()}`);
}

/** A port of 127.0.0.1 that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
