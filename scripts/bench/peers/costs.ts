import { cpuMsOf, memoryOf, treeOf } from "../../../test/raw/process.ts";
import type { Row } from "./peer.ts";

/** The sum of what is told of some processes; null where nothing is. */
function sumOf(pids: readonly number[], of: (pid: number) => number | null): number | null {
  const told = pids.map(of).filter((value) => value !== null);
  return told.length === 0 ? null : told.reduce((sum, value) => sum + value, 0);
}

/** What a process and all that it started take of the machine. */
export const costsOf = (pid: number): Pick<Row, "cpuMs" | "memory"> => ({
  cpuMs: () => sumOf(treeOf(pid), cpuMsOf),
  memory: () => sumOf(treeOf(pid), memoryOf),
});
