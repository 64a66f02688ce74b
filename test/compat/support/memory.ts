import { readdirSync, readFileSync } from "node:fs";

const BETWEEN_LOOKS_MS = 25;

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // The process has ended.
    return "";
  }
}

function children(pid: number): number[] {
  const lists = readdirSync(`/proc/${pid}/task`).map((task) => read(`/proc/${pid}/task/${task}/children`));
  return lists.flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}

/** All workerd processes that this process started, itself or by its children: nobody else's. */
export function ownWorkerds(pid = process.pid): number[] {
  return children(pid).flatMap((child) => {
    const below = ownWorkerds(child);
    return read(`/proc/${child}/comm`).trim() === "workerd" ? [child, ...below] : below;
  });
}

/** Resident memory of a process, in bytes (proc_pid_status(5), VmRSS); 0 where it has ended. */
function resident(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/**
 * Watches the memory of the running Workers while something happens.
 *
 * @returns by how many bytes the resident memory of the process that grew most was above where it began, at its highest
 */
export async function growthWhile(work: () => Promise<void>): Promise<number> {
  const pids = ownWorkerds();
  if (pids.length === 0) throw new Error("No workerd runs below this process.");
  const before = new Map(pids.map((pid) => [pid, resident(pid)]));
  let growth = 0;
  const look = (): void => {
    for (const [pid, bytes] of before) growth = Math.max(growth, resident(pid) - bytes);
  };
  const watching = setInterval(look, BETWEEN_LOOKS_MS);
  try {
    await work();
    look();
  } finally {
    clearInterval(watching);
  }
  return growth;
}
