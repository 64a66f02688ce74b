import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { ControlApi } from "../../../../shared/control.ts";
import type { SeriesQuery, UsageSpan } from "../../../../shared/usage.ts";
import { Owner } from "../../support/admin.ts";
import { gatewayFacts, NO_KEY, seriesPart, spanTotals, usageSeries } from "../../support/series.ts";
import { askFake, fails } from "../../support/usage.ts";

const NOW = Date.UTC(2026, 10, 24, 14, 30);

let owner: Owner;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const get = <T>(parts: Partial<ControlApi>, path: string) => askFake<T>(parts, owner.jwt, "GET", path);

interface Overview {
  used: Record<string, { now: object; before: object }> | null;
  attention: { kind: string }[];
}

describe("GET /api/overview", () => {
  it("tells what was used beside the spans before, and what needs attention", async ({ expect }) => {
    const { status, body } = await get<Overview>(
      {
        facts: async () => gatewayFacts({ openai: NO_KEY, anthropic: NO_KEY, gemini: NO_KEY }),
        webhooks: async () => [],
        spanTotals: async (spans: readonly UsageSpan[]) =>
          spans.map((_, index) => spanTotals({ requests: index, micros: 1_500_000.0000004, usedTokens: 1 })),
      },
      "/api/overview",
    );
    expect(status).toBe(200);
    expect(body.used?.["today"]).toEqual({
      now: {
        from: "2026-11-24T00:00:00.000Z",
        to: "2026-11-24T14:30:00.000Z",
        requests: 0,
        errors: 0,
        tokens: 0,
        usd: 1.5,
        micros: 1_500_000,
        unpriced: 0,
        usedTokens: 1,
      },
      before: expect.objectContaining({ to: "2026-11-23T14:30:00.000Z", requests: 2 }) as object,
    });
    expect(Object.keys(body.used ?? {})).toEqual(["today", "week", "month"]);
    expect(body.attention).toEqual([{ kind: "no_provider_key" }]);
  });

  it("says what it knows where the gateway doesn't answer", async ({ expect }) => {
    const { status, body } = await get<Overview>({}, "/api/overview");
    expect([status, body.used, body.attention]).toEqual([200, null, [{ kind: "gateway_unreachable" }]]);
  });
});

describe("GET /api/usage/series", () => {
  it("tells a value for each step, with the labels of tokens", async ({ expect }) => {
    const { id } = (await owner.create("alice")).token;
    const series = async ({ from }: SeriesQuery) =>
      usageSeries([from], [seriesPart(id, { micros: [2_500_000], requests: [3] }), seriesPart(null, { micros: [1] })]);
    const { status, body, calls } = await get<object>(
      { usageSeries: series },
      "/api/usage/series?by=token&span=12m&top=1",
    );
    expect(status).toBe(200);
    expect(calls).toEqual([
      ["usageSeries", { from: Date.UTC(2025, 11, 1), to: Date.UTC(2026, 11, 1), step: "month", by: "token", top: 1 }],
    ]);
    expect(body).toEqual({
      span: "12m",
      by: "token",
      step: "month",
      steps: ["2025-12-01T00:00:00.000Z"],
      parts: [
        {
          key: id,
          label: "alice",
          provider: null,
          requests: [3],
          errors: [0],
          tokens: [0],
          usd: [2.5],
          micros: [2_500_000],
        },
        {
          key: null,
          label: null,
          provider: null,
          requests: [0],
          errors: [0],
          tokens: [0],
          usd: [0.000001],
          micros: [1],
        },
      ],
      asOf: "2026-11-24T14:29:00.000Z",
    });
  });

  it("is of 30 days, by provider, of the first six, where nothing else is said", async ({ expect }) => {
    const { calls } = await get({ usageSeries: async () => usageSeries([], []) }, "/api/usage/series");
    expect(calls).toMatchObject([["usageSeries", { step: "day", by: "provider", top: 6 }]]);
  });

  for (const [query, field, message] of [
    ["span=1y", "span", "This has to be one of 24h, 7d, 30d, 90d, 12m."],
    ["by=day", "by", "This has to be one of provider, model, token."],
    ["top=0", "top", "This has to be a whole number from 1 to 20."],
    ["top=21", "top", "This has to be a whole number from 1 to 20."],
    ["top=x", "top", "This has to be a whole number from 1 to 20."],
    ["measure=spend", "measure", "There is no such field; leave it out."],
  ] as const) {
    it(`refuses ?${query}, and asks nobody`, async ({ expect }) => {
      const { status, body, calls } = await get<{ errors?: object[] }>(
        { usageSeries: fails },
        `/api/usage/series?${query}`,
      );
      expect([status, body.errors, calls]).toEqual([400, [{ field, message }], []]);
    });
  }

  it("says so where the gateway doesn't answer", async ({ expect }) => {
    const { status, body } = await get<{ type: string; detail: string }>({ usageSeries: fails }, "/api/usage/series");
    expect([status, body.type]).toEqual([503, "urn:doppelgate:problem:gateway-unreachable"]);
    expect(body.detail).toBe("The gateway keeps the usage, and it doesn't answer or fails. Try again in a moment.");
  });

  it("and the overview are the owner's alone", async ({ expect }) => {
    for (const path of ["/api/overview", "/api/usage/series"]) {
      const { status, calls } = await askFake({ usageSeries: fails }, "no-session", "GET", path);
      expect([status, calls]).toEqual([401, []]);
    }
  });
});
