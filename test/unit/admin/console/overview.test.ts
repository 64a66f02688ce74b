import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { ControlApi } from "../../../../shared/control.ts";
import type { UsageSpan } from "../../../../shared/usage.ts";
import { breakDelivery } from "../../support/admin.ts";
import { gatewayFacts, NO_KEY, spanTotals } from "../../support/series.ts";
import { fails } from "../../support/usage.ts";
import { Browser, seen } from "./browser.ts";
import { NOTHING_USED, NOW, USED, visit } from "./overview-visits.ts";

let browser: Browser;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  browser = await Browser.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const textOf = async (parts: Partial<ControlApi>) => seen((await visit(browser, parts)).page);
const noKeys = async () => gatewayFacts({ openai: NO_KEY, anthropic: NO_KEY, gemini: NO_KEY });
const isoOf = ({ from, to }: UsageSpan) => [from, to].map((at) => new Date(at).toISOString().slice(0, 16));

describe("the overview", () => {
  it("is the first section, and asks the gateway everything side by side", async ({ expect }) => {
    await browser.create("alice");
    const { page, calls } = await visit(browser, USED);
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/<ul><li><a href="\/" aria-current="page">Overview<\/a><\/li><li><a href="\/tokens">/);
    expect(calls.map(([method]) => method).toSorted()).toEqual(["facts", "spanTotals", "usageSeries", "webhooks"]);
  });

  it("shows today, this week and this month, each with its change against the same part before", async ({ expect }) => {
    await browser.create("alice");
    const asked: UsageSpan[] = [];
    const totals = async (spans: readonly UsageSpan[]) => {
      asked.push(...spans);
      return spans.map((_, index) =>
        index % 3 === 0
          ? spanTotals({ micros: 3_472_000, requests: 1_200, errors: 12, usedTokens: 3, unpriced: index === 3 ? 2 : 0 })
          : spanTotals({ micros: index % 3 === 1 ? 3_000_000 : 3_200_000, requests: 600, errors: 12, usedTokens: 3 }),
      );
    };
    const text = await textOf({ ...USED, spanTotals: totals });
    expect(asked.map(isoOf).slice(0, 3)).toEqual([
      ["2026-11-24T00:00", "2026-11-24T14:30"],
      ["2026-11-23T00:00", "2026-11-23T14:00"],
      ["2026-11-23T00:00", "2026-11-23T15:00"],
    ]);
    expect(text).toContain(
      "Today against yesterday until now $3.47 up 12 % from $3.10 1,200 up 100 % from 600 12 1.0 % of requests, before 2.0 % 3 as before",
    );
    expect(text).toContain("This week against last week until now $3.47 without 2 unpriced requests up 12 %");
    expect(text).toContain("what they cost isn't in the spend. See which, and add their prices");
    expect(text).toContain("This month against last month until now");
  });

  it("says what needs attention, and where to mend it", async ({ expect }) => {
    await browser.create("alice", { expiry: "at", expiresAt: "2026-11-27T00:00" });
    await breakDelivery({ apply: fails });
    await browser.create("bob");
    vi.setSystemTime(NOW + 60_000);
    const { page } = await visit(browser, {
      ...USED,
      facts: noKeys,
    });
    expect(seen(page)).toContain(
      "Needs attention No provider key is set Holders get a 503 for every request. 1 change isn't published yet",
    );
    expect(seen(page)).toContain("1 token expires within 7 days alice");
    expect(page.text).toContain('<a class="what" href="/keys">No provider key is set</a>');
  });

  it("is quiet where nothing does", async ({ expect }) => {
    await browser.create("alice");
    const text = await textOf(USED);
    expect(text).toContain("Nothing needs your attention.");
    expect(text).not.toContain("Needs attention");
  });

  it("stays calm where the gateway doesn't answer, and says it once for what is used", async ({ expect }) => {
    await browser.create("alice");
    const { page } = await visit(browser, {});
    expect(page.status).toBe(200);
    expect(seen(page)).toContain("Needs attention The gateway doesn't answer");
    expect(page.text.match(/<h3>The gateway doesn&#39;t answer/g)).toHaveLength(1);
    expect(page.text).not.toContain("<figure");
  });

  it("shows what came where only a part did", async ({ expect }) => {
    await browser.create("alice");
    const { page } = await visit(browser, { ...USED, usageSeries: fails });
    expect(seen(page)).toContain("Today against yesterday until now $0 none before either");
    expect(seen(page)).toContain("so the chart can't be shown now");
    expect(seen(await visit(browser, { ...USED, spanTotals: fails }).then(({ page }) => page))).toContain(
      "so these numbers can't be shown now",
    );
  });

  it("takes too few totals for no answer", async ({ expect }) => {
    await browser.create("alice");
    expect(await textOf({ ...USED, spanTotals: async () => [spanTotals()] })).toContain(
      "so these numbers can't be shown now",
    );
  });

  for (const [query, message] of [
    ["span=1y", "This has to be one of 24h, 7d, 30d, 90d, 12m."],
    ["by=day", "This has to be one of provider, model, token."],
    ["measure=%3Cscript%3E", "This has to be one of spend, requests, tokens, errors."],
  ] as const) {
    it(`refuses ?${query}`, async ({ expect }) => {
      const { page, calls } = await visit(browser, USED, `/?${query}`);
      expect([page.status, calls, seen(page).includes(message)]).toEqual([400, [], true]);
    });
  }
});

describe("the overview of a new owner", () => {
  it("says what to do next, the key first", async ({ expect }) => {
    const { page } = await visit(browser, { ...NOTHING_USED, facts: noKeys });
    expect(seen(page)).toMatch(
      /^Overview Three steps to the first request Give the gateway a key of OpenAI, Anthropic or Google Gemini\. How to set a provider key Create a token/,
    );
    expect(page.text).toContain('<a href="/keys">');
    expect(page.text).toContain('<a class="button primary" href="/tokens/new">');
    expect(seen(page)).not.toContain("Needs attention");
    expect(page.text).not.toContain("<table");
  });

  it("doesn't ask for a key that is there, nor for one where nobody knows", async ({ expect }) => {
    expect(await textOf(NOTHING_USED)).toContain("A provider key is set.");
    expect(await textOf({})).toContain("See that the gateway is there");
  });
});
