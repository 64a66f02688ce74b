import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import enhance from "../../../../admin/console/built/enhance.txt";
import style from "../../../../admin/console/built/style.txt";
import type { ControlApi } from "../../../../shared/control.ts";
import type { SeriesQuery, UsageSpan } from "../../../../shared/usage.ts";
import { breakDelivery } from "../../support/admin.ts";
import { gatewayFacts, NO_KEY, seriesPart, spanTotals, usageSeries } from "../../support/series.ts";
import { fails, fakeGateway } from "../../support/usage.ts";
import { Browser, seen } from "./browser.ts";

// A Tuesday.
const NOW = Date.UTC(2026, 10, 24, 14, 30);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

let browser: Browser;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  browser = await Browser.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

/** Steps as the ledger would tell them, and two parts in the last two of them. */
async function twoProviders({ from, to, step }: SeriesQuery) {
  const length = step === "hour" ? HOUR : DAY;
  const steps = Array.from({ length: (to - from) / length }, (_, index) => from + index * length);
  const lasts = (...values: number[]) => [...steps.slice(values.length).map(() => 0), ...values];
  return usageSeries(steps, [
    seriesPart("openai", {
      micros: lasts(2_000_000, 800_000),
      requests: lasts(20, 8),
      errors: lasts(1, 0),
      tokens: lasts(0, 0),
    }),
    seriesPart("anthropic", {
      micros: lasts(0, 400_000),
      requests: lasts(0, 4),
      errors: lasts(0, 0),
      tokens: lasts(0, 0),
    }),
  ]);
}

const NOTHING_USED = {
  facts: async () => gatewayFacts(),
  webhooks: async () => [],
  usageSeries: async ({ from }: SeriesQuery) => usageSeries([from], []),
  spanTotals: async (spans: readonly UsageSpan[]) => spans.map(() => spanTotals()),
};
const USED: Partial<ControlApi> = { ...NOTHING_USED, usageSeries: twoProviders };

async function visit(parts: Partial<ControlApi>, path = "/") {
  const { calls, bindings } = fakeGateway(parts);
  browser.bindings = bindings;
  return { page: await browser.get(path), calls };
}

const textOf = async (parts: Partial<ControlApi>, path?: string) => seen((await visit(parts, path)).page);

describe("the overview", () => {
  it("is the first section, and asks the gateway everything side by side", async ({ expect }) => {
    await browser.create("alice");
    const { page, calls } = await visit(USED);
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
    const iso = ({ from, to }: UsageSpan) => [from, to].map((at) => new Date(at).toISOString().slice(0, 16));
    expect(asked.map(iso).slice(0, 3)).toEqual([
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

  it("draws what was used over time, with its numbers in a table", async ({ expect }) => {
    await browser.create("alice");
    const { page } = await visit(USED, "/?span=7d");
    const figure = /<figure class="chart stack">.*?<\/figure>/s.exec(page.text)?.[0] ?? "";
    expect(figure).toContain("<figcaption>Spend by provider, 7 days: $3.20</figcaption>");
    expect(figure).toContain(
      'role="img" aria-label="Spend by provider, 7 days: $3.20 from Wed 18 Nov to Tue 24 Nov. The most is $2.00, Mon 23 Nov.',
    );
    expect([...figure.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title)).toEqual([
      ...["Wed 18", "Thu 19", "Fri 20", "Sat 21", "Sun 22"].map((day) => `${day} Nov: $0`),
      "Mon 23 Nov: $2.00 — OpenAI $2.00",
      "Tue 24 Nov: $1.20 — OpenAI $0.80, Anthropic $0.40",
    ]);
    expect(seen({ ...page, text: figure })).toMatch(
      /\$2\.00 \$1\.50 \$1\.00 \$0\.50 \$0 Wed Thu Fri Sat Sun Mon Tue OpenAI \$2\.80 Anthropic \$0\.40$/,
    );
    expect(seen(page)).toContain("Day In all OpenAI Anthropic Tue 24 Nov $1.20 $0.80 $0.40 Mon 23 Nov $2.00 $2.00 $0 ");
    expect(page.text).toContain('<a href="/usage?from=2026-11-18&amp;to=2026-11-24&amp;group=provider">OpenAI</a>');
  });

  it("puts bars on top of each other, to the height of their values", async ({ expect }) => {
    await browser.create("alice");
    const { page } = await visit(USED, "/?span=7d");
    // $2.00 is the top; of $1.20, $0.80 lie below and $0.40 above, a gap between them.
    expect(page.text).toContain('<path class="k1" d="M51 0h8v1000h-8zM61 600h8v400h-8z"');
    expect(page.text).toContain('<path class="k2" d="M61 400h8v195h-8z"');
  });

  it("tells hours as such, so that the script can tell them in the viewer's zone", async ({ expect }) => {
    await browser.create("alice");
    const { page, calls } = await visit(USED, "/?span=24h&measure=requests");
    const query = calls.find(([method]) => method === "usageSeries")?.[1] as SeriesQuery;
    expect(query).toMatchObject({ step: "hour", by: "provider", top: 6, to: Date.UTC(2026, 10, 24, 15) });
    expect(page.text).toContain(`<g data-hour="${Date.UTC(2026, 10, 24, 14)}"><title>Tue 24 Nov, 14:00 UTC: 12 — `);
    expect(page.text).toContain(`data-hour="${Date.UTC(2026, 10, 24, 14)}">14:00</text>`);
  });

  it("keeps the other choices on every link, and marks where it is", async ({ expect }) => {
    await browser.create("alice");
    const { page } = await visit(USED, "/?span=90d&by=provider&measure=errors");
    const links = [...page.text.matchAll(/<a href="(\/\?[^"]*)"( aria-current="page")?>([^<]*)</g)];
    expect(links).toHaveLength(4 + 3 + 5);
    expect(links.filter(([, , current]) => current !== undefined).map(([, , , words]) => words)).toEqual([
      "Errors",
      "By provider",
      "90 days",
    ]);
    expect(links.map(([, href]) => href)).toContain("/?span=90d&amp;by=token&amp;measure=errors");
    expect(links.map(([, href]) => href)).toContain("/?span=12m&amp;by=provider&amp;measure=errors");
  });

  it("names tokens by their label and leads to them, and puts all others together last", async ({ expect }) => {
    const { id } = await browser.create("alice & co");
    const series = async ({ from }: SeriesQuery) =>
      usageSeries([from], [seriesPart(id, { micros: [5] }), seriesPart(null, { micros: [9] })]);
    const { page } = await visit({ ...USED, usageSeries: series }, "/?by=token&span=12m");
    expect(page.text).toContain(`<a href="/tokens/${id}">alice &amp; co</a>`);
    expect(page.text).toMatch(/<rect class="k7"[^>]*><\/rect><\/svg><span>All others<\/span>/);
    expect(page.text).toContain('<path class="k7"');
  });

  it("shows requests where nothing has a price", async ({ expect }) => {
    await browser.create("alice");
    const series = async ({ from }: SeriesQuery) => usageSeries([from], [seriesPart("openai", { requests: [5] })]);
    expect(await textOf({ ...USED, usageSeries: series })).toContain("Requests by provider, 30 days: 5");
    expect(await textOf({ ...USED, usageSeries: series }, "/?measure=spend")).toContain(
      "There was no spend in these 30 days.",
    );
  });

  it("says what needs attention, and where to mend it", async ({ expect }) => {
    await browser.create("alice", { expiry: "at", expiresAt: "2026-11-27T00:00" });
    await breakDelivery({ apply: fails });
    await browser.create("bob");
    vi.setSystemTime(NOW + 60_000);
    const { page } = await visit({
      ...USED,
      facts: async () => gatewayFacts({ openai: NO_KEY, anthropic: NO_KEY, gemini: NO_KEY }),
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
    const { page } = await visit({});
    expect(page.status).toBe(200);
    expect(seen(page)).toContain("Needs attention The gateway doesn't answer");
    expect(page.text.match(/<h3>The gateway doesn&#39;t answer/g)).toHaveLength(1);
    expect(page.text).not.toContain("<figure");
  });

  it("shows what came where only a part did", async ({ expect }) => {
    await browser.create("alice");
    const { page } = await visit({ ...USED, usageSeries: fails });
    expect(seen(page)).toContain("Today against yesterday until now $0 none before either");
    expect(seen(page)).toContain("so the chart can't be shown now");
    expect(seen(await visit({ ...USED, spanTotals: fails }).then(({ page }) => page))).toContain(
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
      const { page, calls } = await visit(USED, `/?${query}`);
      expect([page.status, calls, seen(page).includes(message)]).toEqual([400, [], true]);
    });
  }
});

describe("the overview of a new owner", () => {
  it("says what to do next, the key first", async ({ expect }) => {
    const facts = async () => gatewayFacts({ openai: NO_KEY, anthropic: NO_KEY, gemini: NO_KEY });
    const { page } = await visit({ ...NOTHING_USED, facts });
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

describe("its weight", () => {
  const packed = async (text: string): Promise<number> => {
    const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
    return (await new Response(stream).arrayBuffer()).byteLength;
  };
  const manyModels = async ({ from, to, step }: SeriesQuery) => {
    const length = step === "month" ? (to - from) / 12 : DAY;
    const steps = Array.from({ length: Math.round((to - from) / length) }, (_, index) => from + index * length);
    const parts = Array.from({ length: 7 }, (_, key) =>
      seriesPart(key === 6 ? null : `model-of-some-length-2026-0${key}`, {
        provider: "openai",
        micros: steps.map((_, step) => ((step * 7919 + key * 104_729) % 9973) * 997 + 1),
      }),
    );
    return usageSeries(steps, parts);
  };

  for (const [span, steps] of [
    ["12m", 12],
    ["90d", 90],
  ] as const) {
    it(`stays below 30 KB with style and script, of ${span} and seven keys`, async ({ expect }) => {
      await browser.create("alice");
      const { page } = await visit({ ...USED, usageSeries: manyModels }, `/?by=model&span=${span}`);
      expect(page.text.match(/<title>[^<]*model-of-some-length-2026-05/g)).toHaveLength(steps);
      const weights = await Promise.all([page.text, style, enhance].map(packed));
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(30 * 1024);
    });
  }
});
