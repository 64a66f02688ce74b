import { it, type TestContext } from "vitest";
import type { Fault } from "../rows.ts";

/**
 * A test of one row of docs/faults.md. `test/faults/table.test.ts` sees to it that each row has one.
 *
 * @param row its name
 * @param what behaviour it shows
 */
export function fault(row: Fault, what: string, run: (context: TestContext) => Promise<void>): void {
  // oxlint-disable-next-line vitest/expect-expect -- what it runs has them
  it(`${row}: ${what}`, run);
}
