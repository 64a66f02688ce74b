import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { hashToken } from "../../shared/hash.ts";
import { tokenShape } from "../../shared/token.ts";
import { type Harness, startHarness } from "../harness.ts";
import { launchChromium } from "./chromium.ts";
import { askAxe, look, MAX_WEIGHT, prepare, weigh } from "./console/looking.ts";
import { watch } from "./console/watch.ts";

let harness: Harness;
let browser: Browser;
/** Paths of claim links, one for each test that needs one. */
const links: string[] = [];

beforeAll(async () => {
  [harness, browser] = await Promise.all([startHarness(), launchChromium()]);
  for (let index = 0; index < 5; index++) {
    const wanted = { label: `claimed ${index}`, providers: ["openai", "anthropic"], claim: {} };
    const { path } = (await (await harness.admin.send("POST", "tokens", wanted)).json()) as { path: string };
    links.push(path);
  }
  // From here on the gateway is alone.
  await harness.endAdmin();
});
afterAll(async () => {
  await browser.close();
  await harness.dispose();
});

/** A page of somebody who was sent a link, with all that it sent. */
interface Visitor {
  page: Page;
  sent: { url: string; method: string; body: string | null }[];
  /** Closes it. @returns what went wrong in it by itself */
  close(): Promise<string[]>;
}

async function visitor(options: Parameters<Browser["newContext"]>[0] = {}): Promise<Visitor> {
  const context = await browser.newContext(options);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  const sent: Visitor["sent"] = [];
  page.on("request", (request) => {
    sent.push({ url: request.url(), method: request.method(), body: request.postData() });
  });
  const watched = await watch(context, page, [harness.gatewayUrl]);
  const close = async (): Promise<string[]> => {
    await context.close();
    return watched.take();
  };
  return { page, sent, close };
}

const nextLink = (): string => harness.gatewayUrl + (links.pop() ?? "");
const tokenOn = async (page: Page): Promise<string> => (await page.locator("#taken pre").first().textContent()) ?? "";
const claim = async ({ page }: Visitor, link: string): Promise<string> => {
  await page.goto(link);
  await page.getByRole("button", { name: "Get my token" }).click();
  await page.getByRole("heading", { name: "Here is your token" }).waitFor();
  return tokenOn(page);
};
/** A call as an SDK makes it, from the page itself. */
function call(page: Page, token: string): Promise<{ status: number; text: string }> {
  const body = JSON.stringify({ model: "gpt-5.4-mini", messages: [{ role: "user", content: "hello" }] });
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const init = JSON.stringify({ method: "POST", headers, body });
  return page.evaluate(
    `fetch("/v1/chat/completions", ${init}).then(async (answer) => ({ status: answer.status, text: await answer.text() }))`,
  );
}

/** What is wrong with the page as it is now, at its width. */
async function faults(page: Page): Promise<string[]> {
  await prepare(page);
  const looks = await look(page, ["widerThanWindow", "smallTargets", "smallText"]);
  return [...looks, ...(await askAxe(page))];
}

describe("a claim link, with the admin off", () => {
  test("gives a token that is made in the browser and works at once; only its hash is sent", async ({ expect }) => {
    const me = await visitor({ colorScheme: "dark", viewport: { width: 360, height: 800 } });
    const link = nextLink();
    const secret = link.split("#")[1] ?? "";
    const token = await claim(me, link);
    const { page, sent } = me;
    expect(tokenShape(token)).toEqual({ kind: "generated", id: secret.slice(4, 14) });
    expect(page.url()).toBe(`${harness.gatewayUrl}/-/claim`);
    const posts = sent.filter(({ method }) => method === "POST");
    const body = JSON.stringify({ claim: secret, hash: await hashToken(token) });
    expect(posts).toEqual([{ url: `${harness.gatewayUrl}/-/claim`, method: "POST", body }]);
    expect(JSON.stringify(sent)).not.toContain(token);
    for (const { url } of sent) expect(url.split("#")[0]).not.toContain(secret);
    harness.providers.openai.recordings.length = 0;
    expect(await call(page, token)).toMatchObject({ status: 200, text: expect.stringContaining("Echo: hello") });
    expect(JSON.stringify(harness.providers.openai.recordings)).not.toContain(token);
    const titles = await page.locator("details > summary").allTextContents();
    expect(titles).toEqual(expect.arrayContaining(["curl", "Claude Code", "Codex", ".env"]));
    expect(titles).not.toContain("gemini-cli");
    const env = page.locator("details", { has: page.locator("summary", { hasText: /^\.env$/ }) });
    await env.locator("summary").click();
    expect(await env.locator("pre").textContent()).toContain(`OPENAI_API_KEY=${token}`);
    await page.getByRole("button", { name: "Copy token" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(token);
    expect(await faults(page)).toEqual([]);
    expect(await me.close()).toEqual([]);
  });

  test("isn't used up by looking at it, and works once", async ({ expect }) => {
    const link = nextLink();
    const looking = await visitor();
    await fetch(link);
    const answer = await looking.page.goto(link);
    await looking.page.getByRole("button", { name: "Get my token" }).waitFor();
    expect(answer === null ? Infinity : await weigh(looking.page, answer)).toBeLessThan(MAX_WEIGHT / 3);
    expect(await faults(looking.page)).toEqual([]);
    expect(looking.sent.filter(({ method }) => method !== "GET")).toEqual([]);
    const first = await visitor();
    await claim(first, link);
    // Somebody who opened it before is too late now.
    await looking.page.getByRole("button", { name: "Get my token" }).click();
    await looking.page.getByText(/This link was used on .* GMT, and works once\./).waitFor();
    expect(await looking.page.locator("#taken").isVisible()).toBe(false);
    expect(await looking.page.getByRole("button").count()).toBe(0);
    await Promise.all([first.close(), looking.close()]);
  });

  test("goes on with the same token where the answer got lost", async ({ expect }) => {
    const me = await visitor();
    const { page } = me;
    let lost = 0;
    await page.route("**/-/claim", async (route) => {
      if (route.request().method() !== "POST" || lost > 0) return route.continue();
      lost++;
      await route.fetch();
      return route.abort();
    });
    await page.goto(nextLink());
    await page.getByRole("button", { name: "Get my token" }).click();
    await page.getByText("Stay on this page and try again.").waitFor();
    expect(await page.locator("#taken").isVisible()).toBe(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "Here is your token" }).waitFor();
    const hashes = me.sent.flatMap(({ method, body }) => (method === "POST" ? [body] : []));
    expect(new Set(hashes).size).toBe(1);
    expect((await call(page, await tokenOn(page))).status).toBe(200);
    await me.close();
  });

  test("can be used by keyboard alone", async ({ expect }) => {
    const me = await visitor();
    await me.page.goto(nextLink());
    await me.page.getByRole("button", { name: "Get my token" }).waitFor();
    await me.page.keyboard.press("Tab");
    await me.page.keyboard.press("Enter");
    await me.page.getByRole("heading", { name: "Here is your token" }).waitFor();
    expect(await me.page.evaluate("document.activeElement.textContent")).toBe("Here is your token");
    await me.close();
  });

  test("says what is wrong with it, and why it needs JavaScript", async ({ expect }) => {
    const me = await visitor();
    const link = nextLink();
    await me.page.goto(link.slice(0, -1));
    await me.page.getByText("This link is not complete, or was changed on its way.").waitFor();
    // The same tab, with the whole link: nothing but the part behind the # changes.
    await me.page.goto(link);
    await me.page.getByRole("button", { name: "Get my token" }).waitFor();
    await me.page.goto(`${harness.gatewayUrl}/-/claim?`);
    await me.page.getByText("Open the link that you were sent").waitFor();
    const plain = await visitor({ javaScriptEnabled: false });
    await plain.page.goto(link);
    expect(await plain.page.locator("noscript p").isVisible()).toBe(true);
    expect(await plain.page.getByRole("button").count()).toBe(0);
    await Promise.all([me.close(), plain.close()]);
  });
});
