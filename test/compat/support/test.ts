import { test as base } from "vitest";
import { type Harness, type Issued, startHarness } from "../../harness.ts";

/** A test with the running pair, and a token that is good for every provider. */
export const test = base
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
  .extend("harness", { scope: "worker" }, async ({}, { onCleanup }): Promise<Harness> => {
    const harness = await startHarness();
    onCleanup(() => harness.dispose());
    return harness;
  })
  .extend("token", { scope: "worker" }, ({ harness }): Promise<Issued> => harness.admin.issue());
