import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The id in a job's file name. */
export function idOf(name: string | undefined): string {
  return name?.split(".")[0] ?? "";
}

/** The waiter's process in a job's file name. */
export function pidOf(name: string | undefined): number {
  return Number(name?.split(".")[1]);
}

/** Whether there is such a process. One that has ended but that nobody has asked about yet counts as gone. */
export function isRunning(pid: number): boolean {
  const line = commandLine(pid);
  return line !== "" && !line.includes("defunct");
}

/** Ends a job's waiter the hard way, as a restart of the machine would; never a process that only has its number. */
export function endWaiter(name: string): void {
  const pid = pidOf(name);
  if (commandLine(pid).includes(`main.ts wait ${idOf(name)}`)) process.kill(pid, "SIGKILL");
}

/** Ends whatever is left of a process group that the sandbox made: what is meant to outlive its terminal is in another one. */
export function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, "SIGKILL");
  } catch {
    // Nothing is left, as it should be.
  }
}

/** Waits until something holds. */
export async function until(holds: () => boolean, seconds = 45): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`did not happen within ${seconds} s: ${String(holds)}`);
    await sleep(25);
  }
}

function commandLine(pid: number): string {
  if (process.platform !== "linux") {
    return spawnSync("ps", ["-ww", "-o", "command=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
