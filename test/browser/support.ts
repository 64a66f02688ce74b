import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { test as base } from "vitest";
import { type Harness, startHarness } from "../harness.ts";
import { launchChromium } from "./chromium.ts";
import type { PageCall, PageWay } from "./page.ts";

/** A page in Chromium, of another origin than the gateway's. */
export interface OpenPage {
  /** Runs one of the page's calls. */
  run(name: PageCall, way: PageWay): Promise<unknown>;
  /** How many cookies Chromium keeps. */
  cookies(): Promise<number>;
}

/** Where the page is served. */
interface Site {
  url: string;
  close(): Promise<void>;
}

async function servePage(): Promise<Site> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, "page.ts")],
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2024",
    // The names of error types are what a page shows.
    keepNames: true,
    logLevel: "warning",
  });
  const script = outputFiles[0]?.text ?? "";
  const server = createServer((request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    response.end(
      isScript ? script : '<!doctype html><title>page</title><script type="module" src="/page.js"></script>',
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** A test with the running pair, a real Chromium, and a page of another origin in it. */
export const test = base
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
  .extend("harness", { scope: "worker" }, async ({}, { onCleanup }): Promise<Harness> => {
    const harness = await startHarness();
    onCleanup(() => harness.dispose());
    return harness;
  })
  // oxlint-disable-next-line no-empty-pattern -- as above
  .extend("site", { scope: "worker" }, async ({}, { onCleanup }): Promise<Site> => {
    const site = await servePage();
    onCleanup(() => site.close());
    return site;
  })
  // oxlint-disable-next-line no-empty-pattern -- as above
  .extend("browser", { scope: "worker" }, async ({}, { onCleanup }): Promise<Browser> => {
    const browser = await launchChromium();
    onCleanup(() => browser.close());
    return browser;
  })
  .extend("page", { scope: "worker" }, async ({ browser, site }): Promise<OpenPage> => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(site.url, { waitUntil: "load" });
    await page.waitForFunction("typeof run === 'function'");
    return {
      run: (name, way) => page.evaluate(`run(${JSON.stringify(name)}, ${JSON.stringify(way)})`),
      cookies: async () => (await context.cookies()).length,
    };
  });
