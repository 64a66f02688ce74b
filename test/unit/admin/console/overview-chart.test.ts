import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import enhance from "../../../../admin/console/built/enhance.txt";
import style from "../../../../admin/console/built/style.txt";
import type { SeriesQuery } from "../../../../shared/usage.ts";
import { seriesPart, usageSeries } from "../../support/series.ts";
import { Browser, seen } from "./browser.ts";
import { NOW, USED, visit } from "./overview-visits.ts";

const DAY = 24 * 3_600_000;

let browser: Browser;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  browser = await Browser.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const unpriced = async ({ from }: SeriesQuery) => usageSeries([from], [seriesPart("openai", { requests: [5] })]);

describe("the chart of the overview", () => {
  it("draws what was used over time, with its numbers in a table", async ({ expect }) => {
    await browser.create("alice");
    const { page } = await visit(browser, USED, "/?span=7d");
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

  it("says where who used the most is still being added up, and shows all together meanwhile", async ({ expect }) => {
    await browser.create("alice");
    const usageSeriesOf = async (query: SeriesQuery) => {
      const all = usageSeries([query.from], [seriesPart(null, { micros: [3_000_000], requests: [5] })]);
      return { ...all, isPending: true };
    };
    const { page, calls } = await visit(browser, { ...USED, usageSeries: usageSeriesOf }, "/?span=90d&by=token");
    expect(calls.find(([method]) => method === "usageSeries")?.[1]).toMatchObject({ by: "token", soon: true });
    expect(seen(page)).toContain(
      "Which tokens used the most is being added up. Load this page again in a moment to see them told apart.",
    );
    expect(page.text).toContain("Spend by token, 90 days: $3.00");
    expect(seen((await visit(browser, USED, "/?span=90d")).page)).not.toContain("being added up");
  });

  it("puts bars on top of each other, to the height of their values", async ({ expect }) => {
    await browser.create("alice");
    const { page } = await visit(browser, USED, "/?span=7d");
    // $2.00 is the top; of $1.20, $0.80 lie below and $0.40 above, a gap between them.
    expect(page.text).toContain('<path class="k1" d="M51 0h8v1000h-8zM61 600h8v400h-8z"');
    expect(page.text).toContain('<path class="k2" d="M61 400h8v195h-8z"');
  });

  it("tells hours as such, so that the script can tell them in the viewer's zone", async ({ expect }) => {
    await browser.create("alice");
    const { page, calls } = await visit(browser, USED, "/?span=24h&measure=requests");
    const query = calls.find(([method]) => method === "usageSeries")?.[1] as SeriesQuery;
    expect(query).toMatchObject({ step: "hour", by: "provider", top: 6, to: Date.UTC(2026, 10, 24, 15) });
    expect(page.text).toContain(`<g data-hour="${Date.UTC(2026, 10, 24, 14)}"><title>Tue 24 Nov, 14:00 UTC: 12 — `);
    expect(page.text).toContain(`data-hour="${Date.UTC(2026, 10, 24, 14)}">14:00</text>`);
  });

  it("keeps the other choices on every link, and marks where it is", async ({ expect }) => {
    await browser.create("alice");
    const { page } = await visit(browser, USED, "/?span=90d&by=provider&measure=errors");
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
    const { page } = await visit(browser, { ...USED, usageSeries: series }, "/?by=token&span=12m");
    expect(page.text).toContain(`<a href="/tokens/${id}">alice &amp; co</a>`);
    expect(page.text).toMatch(/<rect class="k7"[^>]*><\/rect><\/svg><span>All others<\/span>/);
    expect(page.text).toContain('<path class="k7"');
  });

  it("shows requests where nothing has a price", async ({ expect }) => {
    await browser.create("alice");
    const { page } = await visit(browser, { ...USED, usageSeries: unpriced });
    expect(seen(page)).toContain("Requests by provider, 30 days: 5");
    const spend = await visit(browser, { ...USED, usageSeries: unpriced }, "/?measure=spend");
    expect(seen(spend.page)).toContain("There was no spend in these 30 days.");
  });
});

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

describe("its weight", () => {
  for (const [span, steps] of [
    ["12m", 12],
    ["90d", 90],
  ] as const) {
    it(`stays below 30 KB with style and script, of ${span} and seven keys`, async ({ expect }) => {
      await browser.create("alice");
      const { page } = await visit(browser, { ...USED, usageSeries: manyModels }, `/?by=model&span=${span}`);
      expect(page.text.match(/<title>[^<]*model-of-some-length-2026-05/g)).toHaveLength(steps);
      const weights = await Promise.all([page.text, style, enhance].map(packed));
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(30 * 1024);
    });
  }
});
