import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { GatewayFacts } from "../../../../shared/control.ts";
import { Owner } from "../../support/admin.ts";
import { noProvider } from "../../support/keys.ts";
import { fails, fakeGateway, report } from "../../support/usage.ts";
import { Browser, seen } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await Browser.signedIn();
});
afterEach(() => reset());

const factsOf = (version: string) => async (): Promise<GatewayFacts> => ({
  version,
  pricesDate: "2026-11-01",
  providers: { openai: noProvider(), anthropic: noProvider(), gemini: noProvider() },
});
const answering = (version: string, more: Record<string, unknown> = {}) => ({
  ...fakeGateway({
    facts: factsOf(version),
    webhooks: async () => [],
    usage: async () => report([], { requests: 1_234 }),
  }).bindings,
  ...more,
});

describe("the page of the settings", () => {
  it("says what is set, what was used today, and where it is changed", async ({ expect }) => {
    const owner = await Owner.signedIn();
    await owner.create("alice");
    await owner.create("bob");
    const { id } = await owner.policy("students");
    await owner.send("PUT", "/api/policies/default", { id });
    browser.bindings = answering("0.0.1", {
      GATEWAY_URL: "https://ai.example/x",
      METRICS_TOKEN: "a-token-of-16-characters",
    });
    const page = await browser.get("/settings");
    const text = seen(page);
    for (const words of [
      "The two Workers have different versions.",
      "https://ai.example It is the var GATEWAY_URL of the admin",
      "METRICS_TOKEN is set: it opens /api/metrics, and nothing else.",
      'targets: ["admin.test"]',
      "Version of the gateway 0.0.1",
      "Policy of new tokens students",
      "Built-in prices Of 2026-11-01.",
      "Webhooks None.",
      // Two tokens, and the policies twice.
      "KV writes a day 1,000 4",
      "KV deletes a day 1,000 0",
      "Requests to Workers a day, those to the console too 100,000 1,234",
      "Rows that Durable Objects write a day 100,000 –",
      "./schedule.sh admin disable",
    ]) {
      expect(text).toContain(words);
    }
    expect(page.text).not.toContain("a-token-of-16");
    expect(page.text).toContain('<a href="/settings" aria-current="page">');
  });

  it("leads to what it says: every link and every download is there", async ({ expect }) => {
    await browser.create("alice");
    const page = await browser.get("/settings");
    const main = page.text.slice(page.text.indexOf("<main"));
    const links = new Set(
      [...main.matchAll(/href="([^"#]*)"/g)].map(([, link]) => link?.replaceAll("&amp;", "&") ?? ""),
    );
    expect(links.size).toBeGreaterThan(15);
    // Another page's.
    links.delete("/settings/sign-in");
    for (const link of links) expect([link, (await browser.get(link)).status]).toEqual([link, 200]);
  });

  it("is there without the gateway, and knows less", async ({ expect }) => {
    browser.bindings = fakeGateway({ facts: fails, webhooks: fails, usage: fails }).bindings;
    const page = await browser.get("/settings");
    expect(page.status).toBe(200);
    const text = seen(page);
    expect(text).toContain("Version of the gateway Not known: the gateway doesn't answer");
    expect(text).toContain("METRICS_TOKEN isn't set");
    expect(text).toContain("npx wrangler secret put METRICS_TOKEN -c wrangler.admin.toml");
    expect(text).toContain("those to the console too 100,000 –");
    expect(text).toContain("None, unless you choose one.");
    expect(text).not.toContain("different versions");
  });
});

describe("GET /api/settings", () => {
  it("tells the same", async ({ expect }) => {
    const owner = await Owner.signedIn();
    await owner.create("alice");
    const { body } = await owner.send<object>("GET", "/api/settings");
    const day = new Date().toISOString().slice(0, 10);
    expect(body).toEqual({
      gatewayUrl: null,
      metricsToken: false,
      defaultPolicy: null,
      webhooks: 0,
      versions: { admin: expect.stringMatching(/^\d/), gateway: expect.stringMatching(/^\d/) },
      pricesDate: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      today: { day, requests: 0, kvWrites: 1, kvDeletes: 0 },
      registryBytes: expect.any(Number),
      audit: { lines: 3, since: expect.stringMatching(/^20/) },
    });
  });
});

describe("GET /api/tokens/export", () => {
  it("is all tokens without their secrets, the deleted ones last", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const { token: gone } = await owner.create("gone");
    await owner.send("DELETE", `/api/tokens/${gone.id}`);
    const { id } = await owner.policy("students", { countries: ["DE"] });
    await owner.create("=alice", { policy: id, note: "a note" });
    const csv = await owner.send("GET", "/api/tokens/export?format=csv");
    expect(csv.headers.get("content-disposition")).toBe('attachment; filename="doppelgate-tokens.csv"');
    const [head, alice, deleted, ...more] = csv.text.split("\r\n");
    expect(head).toBe(
      "id,label,note,status,providers,createdAt,updatedAt,expiresAt,policy.id,policy.name,models,endpoints,activeHours,networks,countries,limits,allowUnpriced,holderMay",
    );
    expect(alice).toMatch(new RegExp(`^\\w{10},'=alice,a note,active,openai,.*,${id},students,.*"\\[""DE""\\]"`));
    expect(deleted).toMatch(new RegExp(`^${gone.id},gone,,deleted,openai,`));
    expect(more).toEqual([""]);
    const { text } = await owner.send("GET", "/api/tokens/export?format=ndjson");
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as { label: string }).label),
    ).toEqual(["=alice", "gone"]);
    expect(text + csv.text).not.toMatch(/hash|dg_|[0-9a-f]{64}/);
    const refused = await owner.send("GET", "/api/tokens/export");
    expect([refused.status, refused.body.errors]).toEqual([
      400,
      [{ field: "format", message: "This field is missing." }],
    ]);
  });
});
