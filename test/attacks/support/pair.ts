import type { Browser } from "playwright-core";
import { test as base } from "vitest";
import { launchChromium } from "../../browser/chromium.ts";
import { type Harness, startHarness } from "../../harness.ts";

/** A test with the running pair, and a real Chromium. */
export const test = base
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
  .extend("harness", { scope: "worker" }, async ({}, { onCleanup }): Promise<Harness> => {
    const harness = await startHarness();
    onCleanup(() => harness.dispose());
    return harness;
  })
  // oxlint-disable-next-line no-empty-pattern -- as above
  .extend("browser", { scope: "worker" }, async ({}, { onCleanup }): Promise<Browser> => {
    const browser = await launchChromium();
    onCleanup(() => browser.close());
    return browser;
  });
