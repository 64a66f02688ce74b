import type { BrowserContext, Page } from "playwright-core";
import { ADMIN_SECRET } from "../../harness.ts";
import { test as base } from "../support.ts";
import { signIn } from "./moves.ts";
import { plant, type Seed } from "./seed.ts";
import { watch } from "./watch.ts";

/** Widths that pages are looked at in, in CSS px: a phone, a tablet, a laptop. */
export const WIDTHS = [360, 768, 1280] as const;
const HEIGHT = 800;

/** How somebody looks at a page. */
export interface Setting {
  width?: number;
  scheme?: "light" | "dark";
  /** Whether scripts run. */
  script?: boolean;
  /** Whether the viewer asked for less motion. */
  still?: boolean;
  signedIn?: boolean;
  /** Where the viewer lives. */
  zone?: string;
  /** The path of a request that may fail: the test itself sees to that. */
  mayFail?: string;
}

/** Opens an empty page, watched to the end of the test. `await` it once for each browser that the test needs. */
export type Open = (setting?: Setting) => Promise<Page>;

/** A browser that is signed in, as its cookies. */
type StorageState = Awaited<ReturnType<BrowserContext["storageState"]>>;

async function prove(context: BrowserContext): Promise<void> {
  const headers = { "sec-fetch-site": "same-origin" };
  const answer = await context.request.post("/api/session/confirm", { headers, data: { password: ADMIN_SECRET } });
  if (!answer.ok()) throw new Error(`The session's proof wasn't taken: ${answer.status()} ${await answer.text()}`);
}

/** A test with the console in a real Chromium. Whatever goes wrong in a page by itself fails the test. */
export const test = base
  .extend("owner", { scope: "worker" }, async ({ browser, harness }): Promise<StorageState> => {
    const context = await browser.newContext({ baseURL: harness.adminUrl });
    await signIn(await context.newPage(), ADMIN_SECRET);
    const state = await context.storageState();
    await context.close();
    return state;
  })
  .extend("seed", { scope: "worker" }, ({ harness }): Promise<Seed> => plant(harness))
  .extend("open", async ({ browser, harness, owner }, { onCleanup }): Promise<Open> => {
    const opened: { context: BrowserContext; take: () => string[] }[] = [];
    onCleanup(async () => {
      const problems = opened.flatMap(({ take }) => take());
      await Promise.all(opened.map(({ context }) => context.close()));
      if (problems.length > 0) throw new Error(`The page isn't clean:\n${problems.join("\n")}`);
    });
    return async ({ width = 1280, scheme = "light", script = true, still = false, signedIn = true, ...more } = {}) => {
      const { zone, mayFail } = more;
      const context = await browser.newContext({
        ...(zone !== undefined && { timezoneId: zone }),
        baseURL: harness.adminUrl,
        viewport: { width, height: HEIGHT },
        colorScheme: scheme,
        reducedMotion: still ? "reduce" : "no-preference",
        javaScriptEnabled: script,
        ...(signedIn && { storageState: owner }),
      });
      // The files of this tier share a session, for longer than its proof is fresh.
      if (signedIn) await prove(context);
      const page = await context.newPage();
      const { take } = await watch(context, page, [harness.adminUrl, harness.gatewayUrl]);
      const isMeant = (problem: string): boolean => mayFail !== undefined && problem.endsWith(mayFail);
      opened.push({ context, take: () => take().filter((problem) => !isMeant(problem)) });
      return page;
    };
  });
