import { readdirSync, readFileSync, readlinkSync } from "node:fs";

// What Linux tells of a process (proc(5)). Each is null on other systems, and of a process that has ended.

const orNull = <T>(get: () => T): T | null => {
  try {
    return get();
  } catch {
    return null;
  }
};

const readProc = (pid: number, file: string): string | null =>
  orNull(() => readFileSync(`/proc/${pid}/${file}`, "utf8"));

/** Memory that it holds now (VmRSS), in bytes. */
export function memoryOf(pid: number): number | null {
  const kibibytes = /VmRSS:\s+(\d+)/.exec(readProc(pid, "status") ?? "")?.[1];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}

/** Ticks of the kernel's clock in a second, as Linux tells user space on all of its machines. */
const TICKS_PER_SECOND = 100;

/** What its `stat` says behind its name: state, parent and so on. */
const statOf = (pid: number): string[] | undefined =>
  readProc(pid, "stat")
    ?.replace(/^.*\) /s, "")
    .split(" ");

/** CPU time that it has taken so far, in ms. */
export function cpuMsOf(pid: number): number | null {
  const fields = statOf(pid);
  if (fields === undefined) return null;
  // utime and stime, the 14th and 15th field, of which the first two are cut off here.
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
}

/** A process and all that it started, by their numbers; itself alone where the system doesn't tell. */
export function treeOf(pid: number): number[] {
  const all = orNull(() => readdirSync("/proc").filter((name) => /^\d+$/.test(name))) ?? [];
  const parents = all.map((name) => [Number(name), Number(statOf(Number(name))?.[1])] as const);
  const tree = [pid];
  // It grows while it is gone through.
  for (const one of tree) tree.push(...parents.filter(([, parent]) => parent === one).map(([child]) => child));
  return tree;
}

/**
 * CPU time that its first thread has taken so far, in ms; workerd runs the global scope of its Workers there. As fine as the
 * scheduler counts, for what is over within a few ticks.
 */
export function firstThreadMsOf(pid: number): number | null {
  const nanoseconds = Number(readProc(pid, "schedstat")?.split(" ")[0]);
  // A kernel built without the count says 0.
  return nanoseconds > 0 ? nanoseconds / 1_000_000 : null;
}

/** How many sockets it has open. */
export function socketsOf(pid: number): number | null {
  const folder = `/proc/${pid}/fd`;
  // One that was closed meanwhile is none.
  const isSocket = (name: string): boolean =>
    orNull(() => readlinkSync(`${folder}/${name}`))?.startsWith("socket:") === true;
  return orNull(() => readdirSync(folder).filter(isSocket).length);
}
