import { test as base } from "vitest";
import { type Harness, type Issued, startHarness } from "../../harness.ts";
import { type DeadProxy, startDeadProxy } from "./proxy.ts";

/** A test with the running pair, a token that is good for every provider, and a proxy that leads nowhere. */
export const test = base
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
  .extend("harness", { scope: "worker" }, async ({}, { onCleanup }): Promise<Harness> => {
    const harness = await startHarness();
    onCleanup(() => harness.dispose());
    return harness;
  })
  .extend("token", { scope: "worker" }, ({ harness }): Promise<Issued> => harness.admin.issue())
  // oxlint-disable-next-line no-empty-pattern -- as above
  .extend("proxy", { scope: "worker" }, async ({}, { onCleanup }): Promise<DeadProxy> => {
    const proxy = await startDeadProxy();
    onCleanup(() => proxy.close());
    return proxy;
  });
