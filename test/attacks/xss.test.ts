import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { describe } from "vitest";
import { ADMIN_SECRET, type Harness } from "../harness.ts";
import { follow, signIn } from "../browser/console/moves.ts";
import { watch } from "../browser/console/watch.ts";
import { test } from "./support/pair.ts";

// Whatever somebody can write that the owner or a holder is shown: it stands there as it is, and nothing of it ever runs.

/** Breaks out of an attribute, of a text, and of a script; below the 80 characters of a label. */
const EVIL = `"'><img src=x onerror=alert(1) data-xss><script data-xss>alert(2)</script>`;
/** For places that take no quotes or spaces. */
const EVIL_URL = "javascript:alert(3)//<svg/onload=alert(4)>";
/** A name of a model that anybody with a token can write into the owner's usage. */
const EVIL_MODEL = `<img/src=x/onerror=alert(5)/data-xss>`;

async function made(harness: Harness, path: string, body: object): Promise<Record<string, unknown>> {
  const answer = await harness.admin.send("POST", path, body);
  if (answer.status !== 201) throw new Error(`${answer.status} to ${path}: ${await answer.text()}`);
  return (await answer.json()) as Record<string, unknown>;
}

const idIn = (thing: unknown): string => String(Reflect.get(Object(thing), "id"));

/** Asks a model of that name, by a client of a name that is no better. */
async function ask({ gatewayUrl }: Harness, secret: string, model: string): Promise<void> {
  const headers = { authorization: `Bearer ${secret}`, "user-agent": EVIL_MODEL, "content-type": "application/json" };
  const body = JSON.stringify({ model, messages: [{ role: "user", content: EVIL }] });
  const answer = await fetch(`${gatewayUrl}/v1/chat/completions`, { method: "POST", headers, body });
  await answer.text();
}

/** Writes the attack wherever somebody can write. */
async function plant(harness: Harness): Promise<{ id: string; policy: string; webhook: string; secret: string }> {
  const policy = await made(harness, "policies", { name: EVIL, models: { openai: ["*"] } });
  const token = await made(harness, "tokens", {
    label: EVIL,
    note: `${EVIL}\n${EVIL_URL}`,
    providers: ["openai", "anthropic", "gemini"],
    endpoints: "all",
  });
  const address = `https://hooks.example/${EVIL_URL}?a=${encodeURIComponent(EVIL)}`;
  const hook = await made(harness, "webhooks", { url: address, events: ["token.first_used"] });
  const secret = String(token["secret"]);
  for (const model of [EVIL_MODEL, "fake-status-400"]) await ask(harness, secret, model);
  // A sign-in that is refused leaves its browser's name in the audit log; a session leaves it in the list of sessions.
  for (const password of ["not the password", ADMIN_SECRET]) {
    await fetch(`${harness.adminUrl}/api/session`, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": EVIL },
      body: JSON.stringify({ password }),
    });
  }
  const ids = { id: idIn(token["token"]), policy: idIn(policy["policy"]), webhook: idIn(hook["webhook"]) };
  return { ...ids, secret };
}

const query = encodeURIComponent(EVIL);
const link = encodeURIComponent(EVIL_URL);

/** Every page, as it is and with the attack in each parameter that it reads. */
const pagesOf = ({ id, policy, webhook }: Record<"id" | "policy" | "webhook", string>): string[] => [
  "/",
  `/?by=${query}&span=${query}&measure=${query}`,
  "/?by=model&span=24h&measure=requests",
  `/tokens?query=${query}&status=${query}&sort=${query}&cursor=${query}&done=${query}`,
  `/tokens?query=${encodeURIComponent("<img")}`,
  `/tokens/${id}`,
  `/tokens/${id}?done=${query}`,
  `/tokens/${id}/requests`,
  `/tokens/${id}/requests?cursor=${query}`,
  `/tokens/${id}/delete`,
  `/tokens/${id}/secret`,
  `/tokens/${query}`,
  "/tokens/new",
  `/tokens/new?preset=${query}`,
  `/tokens/bulk?action=${query}&id=${query}`,
  `/tokens/bulk?action=delete&id=${id}`,
  "/policies",
  `/policies/${policy}`,
  `/policies/${policy}/delete`,
  `/policies/new?like=${query}`,
  `/prices?query=${query}&provider=${query}`,
  `/prices/new?provider=openai&model=${query}`,
  `/prices/edit?provider=openai&model=${query}`,
  `/webhooks?test=${query}`,
  `/webhooks/${webhook}`,
  `/webhooks/${query}`,
  `/usage?group=model`,
  `/usage?group=token&token=${id}`,
  `/usage?from=${query}&to=${query}&group=${query}`,
  "/audit",
  `/audit?text=${query}&action=${query}&from=${query}&token=${query}`,
  `/audit?token=${id}`,
  "/sessions",
  "/keys",
  "/status",
  "/settings",
  "/settings/sign-in",
  `/settings/sign-in/passkeys/${query}`,
  `/confirm?next=${link}`,
  `/sign-in?next=${link}&done=${query}`,
  `/${query}`,
];

interface Seen {
  elements: number;
  text: string;
  links: string[];
}

/** What the attack made of a page, as its browser has it. */
const looked = (page: Page): Promise<Seen> =>
  page.evaluate(`({
    elements: document.querySelectorAll("[data-xss], [onerror], [onload]").length,
    text: document.body.innerText + [...document.querySelectorAll("input, textarea")].map((one) => one.value).join(" "),
    links: [...document.querySelectorAll("a[href], form[action]")].map((one) =>
      new URL(one.getAttribute("href") ?? one.getAttribute("action"), location).href)
  })`);

/** Every dialog that a page opens: a script of the attack's would. */
function dialogsOf(page: Page): string[] {
  const ran: string[] = [];
  page.on("dialog", (dialog) => {
    ran.push(dialog.message());
    dialog.dismiss().catch(() => undefined);
  });
  return ran;
}

describe("what others wrote", () => {
  test("stands on the console's pages as it is, and runs on none of them", async ({ harness, browser, expect }) => {
    const seed = await plant(harness);
    const context = await browser.newContext({ baseURL: harness.adminUrl });
    const page = await context.newPage();
    const ran = dialogsOf(page);
    await signIn(page, ADMIN_SECRET);
    const { take } = await watch(context, page, [harness.adminUrl]);
    // The ledger hears of a model's name within about 10 s.
    const usage = async (): Promise<string> => JSON.stringify(await harness.admin.read("usage?group=model"));
    await expect.poll(usage, { timeout: 30_000, interval: 500 }).toContain("onerror=alert(5)");
    let shown = 0;
    for (const path of pagesOf(seed)) {
      await page.goto(path);
      const { elements, text, links } = await looked(page);
      const astray = links.filter(
        (one) => !one.startsWith(`${harness.adminUrl}/`) && !one.startsWith("https://hooks.example/"),
      );
      // What is asked for is shown in its field again; one for days says that it is none.
      const problems = take().filter((one) => !one.includes("does not conform to the required format"));
      expect([path, elements, astray, problems, ran]).toEqual([path, 0, [], [], []]);
      if (text.includes("onerror=alert(") || text.includes("javascript:alert(")) shown += 1;
    }
    expect(shown).toBeGreaterThan(15);
    await context.close();
  });

  test("stands on a holder's page as it is, and doesn't run there", async ({ harness, browser, expect }) => {
    const { secret } = await harness.admin.issue();
    await ask(harness, secret, EVIL_MODEL);
    const context = await browser.newContext({ baseURL: harness.gatewayUrl });
    const page = await context.newPage();
    const ran = dialogsOf(page);
    const { take } = await watch(context, page, [harness.gatewayUrl]);
    const open = async (): Promise<string> => {
      await page.goto("/-/");
      await page.getByLabel("Your token").fill(secret);
      await follow(page, () => page.keyboard.press("Enter"));
      return (await looked(page)).text;
    };
    // What was used is told behind the request.
    await expect.poll(open, { timeout: 10_000 }).toContain("onerror=alert(5)");
    expect([(await looked(page)).elements, take(), ran]).toEqual([0, [], []]);
    await page.goto(`/-/claim?x=${query}#${EVIL}`);
    expect([(await looked(page)).elements, take(), ran]).toEqual([0, [], []]);
    await context.close();
  });
});

/** A site of somebody else's: `localhost` is another site than 127.0.0.1, and as near. */
async function otherSite(body: string): Promise<{ url: string; close: () => void }> {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html").end(body));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.closeAllConnections();
    server.close();
  };
  return { url: `http://localhost:${port}/`, close };
}

describe("a page of another site, in the browser of an owner who is signed in", () => {
  test("shows the console in no frame, reads nothing of it, and has nothing done", async ({
    harness,
    browser,
    expect,
  }) => {
    const { adminUrl } = harness;
    const context = await browser.newContext({ baseURL: adminUrl });
    await signIn(await context.newPage(), ADMIN_SECRET);
    const form = `<form method="post" action="${adminUrl}/tokens"><input name="label" value="mallory"></form>`;
    const site = await otherSite(`<!doctype html><iframe src="${adminUrl}/tokens"></iframe>${form}`);
    const page = await context.newPage();
    await page.goto(site.url, { waitUntil: "load" });
    expect(page.frames().map((frame) => new URL(frame.url()).protocol)).toEqual(["http:", "chrome-error:"]);
    const read = (path: string, init: string): Promise<string> =>
      page.evaluate(`fetch("${adminUrl}${path}", ${init}).then((one) => one.type, (error) => error.name)`);
    for (const path of ["/", "/tokens", "/api/tokens", "/api/session", "/api/tokens/export?format=csv"]) {
      expect([path, await read(path, `{ credentials: "include" }`)]).toEqual([path, "TypeError"]);
    }
    // Sent, but nobody reads the answer, and it is a refusal.
    await read("/api/sessions", `{ method: "POST", mode: "no-cors", credentials: "include" }`);
    const landing = await follow(page, () => page.evaluate("document.forms[0].submit()"));
    expect([new URL(landing.url()).pathname, landing.status()]).toEqual(["/sign-in", 200]);
    const { tokens } = (await harness.admin.read("tokens?query=mallory")) as { tokens: unknown[] };
    expect(tokens).toEqual([]);
    // The owner's own page still has the session.
    await page.goto(`${adminUrl}/tokens`);
    expect(new URL(page.url()).pathname).toBe("/tokens");
    site.close();
    await context.close();
  });
});
