import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import { outcomeOf } from "../../../../admin/console/usage-words.ts";
import type { ControlApi } from "../../../../shared/control.ts";
import type { BudgetStanding, LimitStanding, RequestEntry } from "../../../../shared/usage.ts";
import { counts, entry, fails, fakeGateway, group, report } from "../../support/usage.ts";
import { Browser, seen } from "./browser.ts";

let browser: Browser;
let id: string;
beforeEach(async () => {
  browser = await Browser.signedIn();
  ({ id } = await browser.create("alice"));
});
afterEach(() => reset());

const AT = Date.UTC(2026, 11, 1);
const BUDGET: BudgetStanding = {
  unit: "usd",
  per: "month",
  limit: 5_000_000,
  used: 4_000_000,
  reserved: 500_000,
  left: 500_000,
  resetsAt: AT,
  warnAt: 0.8,
};
const STANDING: LimitStanding = {
  requestsPerMinute: { limit: 60, left: 45, resetsAt: AT },
  tokensPerMinute: { limit: 1_000, left: 1_000, resetsAt: AT },
  concurrency: { limit: 4, running: 1, waiting: 2 },
  budgets: [BUDGET, { ...BUDGET, unit: "tokens", per: "total", reserved: 0, left: 0, resetsAt: null, warnAt: null }],
};

const FAKE: Partial<ControlApi> = {
  activity: async () => ({ standing: STANDING, firstUsedAt: AT - 86_400_000, lastUsedAt: AT }),
  usage: async () => report([group("gpt-live-1", { provider: "openai", requests: 3, micros: 2_300, estimated: 1 })]),
  requests: async () => ({
    entries: [
      entry("one"),
      entry("two", {
        status: 429,
        error: "limit",
        refusedBy: "gateway",
        code: "budget_used_up",
        counts: null,
        micros: null,
      }),
      entry("three", { micros: null }),
      entry("four", { estimated: true, error: "clientGone", code: "client_gone" }),
    ],
    next: null,
  }),
};

async function visit(parts: Partial<ControlApi>, path: string) {
  const { calls, bindings } = fakeGateway(parts);
  browser.bindings = bindings;
  return { page: await browser.get(path), calls };
}

describe("a token's page", () => {
  it("shows how the limits stand, with bars", async ({ expect }) => {
    const { page } = await visit(FAKE, `/tokens/${id}`);
    const text = seen(page);
    expect(text).toContain(
      "Budget of $5.00 a month $0.50 left $4.00 used, $0.50 held for requests on their way " +
        "Above the 80 % from which you are told Renewed at 2026-12-01 00:00 UTC",
    );
    expect(text).toContain("Budget of 5,000,000 tokens in all 0 tokens left 4,000,000 tokens used Never renewed");
    expect(text).toContain("Requests per minute 45 of 60 left All of it again at 2026-12-01 00:00 UTC");
    expect(text).toContain("Tokens per minute 1,000 of 1,000 left Requests at the same time 1 of 4 running 2 waiting");
    expect(text).toContain("Used first on 2026-11-30 00:00 UTC , last on 2026-12-01 00:00 UTC .");
    const bars = [
      ...page.text.matchAll(
        /<rect class="held"[^>]* width="([\d.]+)"[^>]*><\/rect><rect class="([^"]*)"[^>]* width="([\d.]+)"/g,
      ),
    ];
    expect(bars.map(([, held, kind, used]) => [kind, held, used])).toEqual([
      ["fill", "90", "80"],
      ["fill", "80", "80"],
      ["fill", "25", "25"],
      ["fill", "0", "0"],
      ["fill", "25", "25"],
    ]);
  });

  it("shows the last 30 days by model, and the last requests", async ({ expect }) => {
    const { page, calls } = await visit(FAKE, `/tokens/${id}`);
    expect(calls.find(([method]) => method === "usage")?.[1]).toMatchObject({ tokenId: id, group: "model" });
    expect(calls.find(([method]) => method === "requests")?.[1]).toEqual({ tokenId: id, before: null, limit: 20 });
    const text = seen(page);
    expect(text).toContain("gpt-live-1 OpenAI ≈ $0.0023 3 0");
    expect(text).toContain(
      "gpt-live-1 OpenAI · chat 200 Done 1,200 in, 34 out 1,000 from a cache $0.0023 1.5 s First byte 450 ms",
    );
    expect(text).toContain("429 Refused by Doppelgate: the token's budget doesn't cover it – –");
    expect(text).toContain("Unpriced");
    expect(text).toContain("200 Client left 1,200 in, 34 out 1,000 from a cache $0.0023 Estimate");
    expect(page.text).toContain(`href="/tokens/${id}/requests"`);
    expect(page.text).toContain(`href="/usage?token=${id}"`);
  });

  it("says so of a token without limits that was never used", async ({ expect }) => {
    const { page } = await visit(
      {
        activity: async () => ({ standing: null, firstUsedAt: null, lastUsedAt: null }),
        usage: async () => report([]),
        requests: async () => ({ entries: [], next: null }),
      },
      `/tokens/${id}`,
    );
    expect(seen(page)).toContain(
      "Limits The token has no limits. It was never used. Usage of the last 30 days There was none. Last requests There were none.",
    );
  });

  it("works where the gateway doesn't answer, with a calm note", async ({ expect }) => {
    const { page } = await visit({ activity: fails, usage: fails, requests: fails }, `/tokens/${id}`);
    expect([page.status, seen(page).match(/The gateway doesn't answer, so this can't be shown now/g)?.length]).toEqual([
      200, 3,
    ]);
    expect(page.text).toContain(`href="/tokens/${id}/rotate"`);
  });

  it("escapes what holders named", async ({ expect }) => {
    const evil = `<script>alert(1)</script>`;
    const parts = {
      ...FAKE,
      usage: async () => report([group(evil, { provider: "openai", requests: 1 })]),
      requests: async () => ({
        entries: [entry("x", { model: evil, endpoint: evil, code: evil, refusedBy: "gateway" })],
        next: null,
      }),
    } satisfies Partial<ControlApi>;
    for (const path of [`/tokens/${id}`, `/tokens/${id}/requests`]) {
      const { page } = await visit(parts, path);
      expect(page.text).not.toContain("<script>");
      expect(page.text).toContain("&lt;script&gt;");
    }
  });
});

const requests: ControlApi["requests"] = async ({ before }) =>
  before === null ? { entries: [entry("two")], next: 7 } : { entries: [], next: null };

describe("the page of a token's requests", () => {
  it("goes page by page, and exports", async ({ expect }) => {
    const first = await visit({ requests }, `/tokens/${id}/requests`);
    expect(seen(first.page)).toMatch(/^alice Requests of alice .* gpt-live-1 OpenAI · chat 200 Done/);
    expect(first.page.text).toContain(`href="/api/tokens/${id}/requests/export?format=ndjson" download`);
    const next = /rel="next" href="([^"]*)"/.exec(first.page.text)?.[1] ?? "";
    expect(next).toBe(`/tokens/${id}/requests?cursor=r7`);
    const second = await visit({ requests }, next);
    expect(second.calls).toEqual([["requests", { tokenId: id, before: 7, limit: 50 }]]);
    expect(seen(second.page)).toContain("There are no requests here. First page");
  });

  it("stays calm where the gateway doesn't answer; knows no token that never was, and no odd cursor", async ({
    expect,
  }) => {
    const { page } = await visit({ requests: fails }, `/tokens/${id}/requests`);
    expect([page.status, seen(page).includes("The gateway doesn't answer")]).toEqual([200, true]);
    expect((await visit({ requests }, "/tokens/0123456789/requests")).page.status).toBe(404);
    expect((await visit({ requests }, `/tokens/${id}/requests?cursor=nix`)).page.status).toBe(400);
  });
});

const words = (some: Partial<RequestEntry>): string => outcomeOf(entry("x", some));

describe("what became of a request, in words", () => {
  it("says who refused and why, or how it ended", ({ expect }) => {
    const gateway = (code: string | null) => words({ refusedBy: "gateway", error: "limit", code });
    const provider = (some: Partial<RequestEntry>) => words({ refusedBy: "provider", code: "provider_error", ...some });
    expect([
      words({}),
      gateway("rate_limited"),
      gateway("a_new_code"),
      gateway(null),
      provider({ error: "providerBusy", status: 429 }),
      provider({ error: "providerRefused", status: 400 }),
      provider({ error: "providerFailed", status: 500, provider: "anthropic" }),
      provider({ error: "providerRefused", provider: null }),
      words({ error: "providerFailed", code: "failed" }),
      words({ error: "cut", code: "cut", counts: counts() }),
    ]).toEqual([
      "Done",
      "Refused by Doppelgate: the token's limit per minute was reached",
      "Refused by Doppelgate: a_new_code",
      "Refused by Doppelgate: no reason",
      "OpenAI was busy",
      "Refused by OpenAI",
      "Failed at Anthropic",
      "Refused by the provider",
      "Provider failed",
      "Cut off with its token",
    ]);
  });
});
