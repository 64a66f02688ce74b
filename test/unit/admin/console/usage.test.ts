import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { ControlApi } from "../../../../shared/control.ts";
import { counts, errors, fails, fakeGateway, group, report } from "../../support/usage.ts";
import { Browser, seen } from "./browser.ts";

const NOW = Date.UTC(2026, 10, 22, 12);

let browser: Browser;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  browser = await Browser.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const SUMS = {
  requests: 1_200,
  errors: errors({ limit: 2, clientGone: 1 }),
  counts: counts({ input: 50_000, cacheRead: 20_000, output: 3_000, reasoning: 1_000 }),
  micros: 12_340_000,
  estimated: 4,
  ttfbMs: 900,
  timed: 2,
  durationMs: 1_800_000,
};

async function visit(parts: Partial<ControlApi>, path: string) {
  const { calls, bindings } = fakeGateway(parts);
  browser.bindings = bindings;
  return { page: await browser.get(path), calls };
}

const byDay = async () =>
  report([group("2026-11-21", SUMS), group("2026-11-22", { requests: 1, micros: 2_300 })], SUMS);

const unpricedAll = async () => report([group("2026-11-22", { requests: 5 })], { requests: 5 });
const someUnpriced: ControlApi["usage"] = async (query) =>
  query.group === "model"
    ? report([group("new model/1", { provider: "openai", unpriced: 3 }), group("known", { requests: 2 })])
    : report([group("openai", { requests: 5, unpriced: 3 })], { requests: 5, unpriced: 3 });

describe("the page of the usage", () => {
  it("shows the last 30 days: sums, a chart, and the same numbers in a table, newest day first", async ({ expect }) => {
    const { page, calls } = await visit({ usage: byDay }, "/usage");
    expect(page.status).toBe(200);
    expect(calls).toEqual([["usage", { tokenId: null, from: "2026-10-24", to: "2026-11-22", group: "day" }]]);
    const text = seen(page);
    expect(text).toContain("Spend ≈ $12.34 Requests 1,200 3 without success Tokens 53,000 50,000 in, 3,000 out");
    expect(text).toContain("The usage of 4 requests is an estimate.");
    expect(text).toContain("Input tokens 50,000 … of them read from a cache 20,000 Output tokens 3,000");
    expect(text).toMatch(
      /2026-11-22 \$0\.0023 1 0 .* 2026-11-21 ≈ \$12\.34 1,200 3 Limit of the token: 2 Client left: 1/,
    );
    expect(text).toContain("50,000 20,000 from a cache 3,000 450 ms 1.5 s");
    expect(page.text).toContain('<a href="/usage?days=30" aria-current="page">30 days</a>');
    expect(page.text).toContain('<a href="/usage" aria-current="page">Usage</a>');
  });

  it("draws a bar for each day, also for those without usage, with a text for those who can't see it", async ({
    expect,
  }) => {
    const { page } = await visit({ usage: byDay }, "/usage?days=7");
    const svg = /<figure class="chart">.*?<\/figure>/s.exec(page.text)?.[0] ?? "";
    expect(svg).toContain("Spend per day (UTC), up to $12.34");
    expect(svg).toContain(
      'role="img" aria-label="Spend per day (UTC) from 2026-11-16 to 2026-11-22. The most is $12.34, on 2026-11-21.',
    );
    const bars = [...svg.matchAll(/<title>([^<]*)<\/title>.*?<rect class="fill"[^>]* height="([\d.]+)"/gs)];
    expect(bars.map(([, title, height]) => [title, Number(height)])).toEqual([
      ...["16", "17", "18", "19", "20"].map((day) => [`2026-11-${day}: $0`, 0]),
      ["2026-11-21: $12.34", 100],
      ["2026-11-22: $0.0023", 1],
    ]);
    // A `title` of SVG must not become the page's.
    expect(page.text.match(/<title>Usage · Doppelgate<\/title>/g)).toHaveLength(1);
    expect(page.text.split("<body>")[0]?.match(/<title>/g)).toHaveLength(1);
  });

  it("shows requests where nothing has a price", async ({ expect }) => {
    const { page } = await visit({ usage: unpricedAll }, "/usage?days=1");
    expect(page.text).toContain("Requests per day (UTC), up to 5");
    expect(page.text).toContain('<a href="/usage?days=1" aria-current="page">Today</a>');
  });

  it("puts together by token, with labels and links, and ranks them", async ({ expect }) => {
    const alice = (await browser.create("alice & co")).id;
    const usage = async () => report([group("gone123456", { micros: 1 }), group(alice, SUMS)], SUMS);
    const { page } = await visit({ usage }, "/usage?days=90&group=token");
    expect(page.text).toContain(`<a class="label" href="/tokens/${alice}">alice &amp; co</a>`);
    expect(page.text).toContain('<a href="/usage?days=90&amp;group=token" aria-current="page">By token</a>');
    const names = [...page.text.matchAll(/<span class="name">([^<]*)<\/span>/g)].map(([, name]) => name);
    expect(names).toEqual(["alice &amp; co", "gone123456"]);
  });

  it("shows the first ten of many in the chart, and all in the table", async ({ expect }) => {
    const rows = Array.from({ length: 12 }, (_, index) =>
      group(`model-${index}`, { micros: index + 1, provider: "gemini" }),
    );
    const { page } = await visit({ usage: async () => report(rows, SUMS) }, "/usage?group=model");
    expect(page.text.match(/<span class="name">/g)).toHaveLength(10);
    expect(page.text).toContain("Spend: the first 10");
    expect(page.text.match(/<span class="label">model-/g)).toHaveLength(12);
    expect(seen(page)).toContain("model-11 Google Gemini $0.000012");
  });

  it("is of one token, keeps that on every link, and exports it", async ({ expect }) => {
    const { id } = await browser.create("alice");
    const path = `/usage?from=2026-11-01&to=2026-11-20&token=${id}`;
    const { page, calls } = await visit({ usage: byDay }, path);
    expect(calls).toEqual([["usage", { tokenId: id, from: "2026-11-01", to: "2026-11-20", group: "day" }]]);
    expect(seen(page)).toMatch(/^Usage of alice To the token All tokens/);
    const links = [...page.text.matchAll(/href="(\/usage\?[^"]*)"/g)].map(([, link]) => link ?? "");
    expect(links.length).toBeGreaterThan(7);
    for (const link of links.filter((one) => !one.endsWith("to=2026-11-20"))) expect(link).toContain(`token=${id}`);
    expect(page.text).toContain(
      `href="/api/usage/export?format=csv&amp;from=2026-11-01&amp;to=2026-11-20&amp;token=${id}" download`,
    );
    expect(page.text).toContain(`<input type="hidden" name="token" value="${id}"/>`);
    expect(page.text).toMatch(/name="from" type="date"[^>]* value="2026-11-01"/);
  });

  it("counts what has no price, and names it", async ({ expect }) => {
    const { page, calls } = await visit({ usage: someUnpriced }, "/usage?group=provider");
    expect(calls.map(([, query]) => (query as { group: string }).group)).toEqual(["provider", "model"]);
    expect(seen(page)).toContain("3 requests without a known price");
    expect(seen(page)).toContain("new model/1: 3 · Add a price for new model/1");
    expect(page.text).toContain('href="/prices/new?provider=openai&amp;model=new+model%2F1"');
    expect(page.text).not.toContain("model=known");
  });

  it("says where there was nothing", async ({ expect }) => {
    const { page } = await visit({ usage: async () => report([]) }, "/usage");
    expect([page.status, seen(page).includes("There were no requests in these days.")]).toEqual([200, true]);
  });

  it("stays calm where the gateway doesn't answer", async ({ expect }) => {
    const { page } = await visit({ usage: fails }, "/usage");
    expect([page.status, seen(page).includes("The gateway doesn't answer")]).toEqual([200, true]);
    expect(page.text).toContain('href="/usage?days=7"');
  });

  it("says what is wrong with the days, beside the fields, and asks nobody", async ({ expect }) => {
    const { page, calls } = await visit({ usage: fails }, "/usage?from=2026-11-20&to=2026-11-01");
    expect([page.status, calls]).toEqual([422, []]);
    expect(seen(page)).toContain("The first day, 2026-11-20, is after the last one, 2026-11-01.");
    expect(page.text).toMatch(
      /name="from" type="date" aria-describedby="from-error" aria-invalid="true" value="2026-11-20"/,
    );
  });

  for (const [query, status] of [
    ["group=nix", 400],
    ["from=nix", 400],
    ["token=0123456789", 404],
  ] as const) {
    it(`refuses ?${query}`, async ({ expect }) => {
      const { page, calls } = await visit({ usage: fails }, `/usage?${query}`);
      expect([page.status, calls]).toEqual([status, []]);
    });
  }

  it("asks for the tokens that used the most, and says that these aren't all", async ({ expect }) => {
    const rows = Array.from({ length: 50 }, (_, index) =>
      group(`id${String(index).padStart(8, "0")}`, { requests: 1 }),
    );
    const { page, calls } = await visit({ usage: async () => report(rows, { requests: 70 }) }, "/usage?group=token");
    expect(calls[0]).toEqual(["usage", expect.objectContaining({ group: "token", tokenId: null, top: 50 })]);
    expect(seen(page)).toContain("The 50 tokens that used the most. Every token is in the files below.");
    const few = await visit({ usage: async () => report(rows.slice(1), { requests: 70 }) }, "/usage?group=token");
    expect(seen(few.page)).not.toContain("tokens that used the most");
  });

  it("says where the tokens that used the most are still being added up", async ({ expect }) => {
    const usage = async () => ({ ...report([], { requests: 70 }), isPending: true });
    const { page } = await visit({ usage }, "/usage?group=token");
    expect(page.status).toBe(200);
    expect(seen(page)).toContain(
      "Which tokens used the most in these days is being added up. Load this page again in a moment to see them.",
    );
    expect(page.text).not.toContain("<caption>Usage by token");
    expect(seen(page)).toContain("Requests 70");
  });
});
