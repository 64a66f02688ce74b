import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { type Amounts, settlementOf, START, TestGuard } from "../../support/guards.ts";

afterEach(() => reset());

const DAY = 86_400_000;
const ALL = { tokenId: null, from: "2030-01-01", to: "2030-01-31" };

/** A token that was used on three days, with two models of one name. */
async function used(): Promise<TestGuard> {
  const guard = await TestGuard.of(null);
  const uses: [number, "openai" | "anthropic", string, Amounts][] = [
    [0, "openai", "a", { tokens: 1, micros: 0.1 }],
    [0, "anthropic", "a", { tokens: 2, micros: 0.2 }],
    [DAY, "openai", "b", { tokens: 4, micros: 0.7 }],
    [2 * DAY, "openai", "a", { tokens: 8, micros: 0.005 }],
  ];
  await guard.at(START + 3 * DAY);
  for (const [after, provider, model, amounts] of uses) {
    const entry = { at: START + after, provider, model };
    await guard.settle(settlementOf(crypto.randomUUID(), amounts, { granted: false, entry }));
  }
  return guard;
}

describe("a guard's usage", () => {
  for (const [group, rows] of [
    ["day", ["2030-01-02: 3 for 0.3", "2030-01-03: 4 for 0.7", "2030-01-04: 8 for 0.005"]],
    ["provider", ["anthropic: 2 for 0.2", "openai: 13 for 0.805"]],
    ["model", ["a of anthropic: 2 for 0.2", "a of openai: 9 for 0.105", "b of openai: 4 for 0.7"]],
  ] as const) {
    it(`is told by ${group}`, async ({ expect }) => {
      const guard = await used();
      const report = await guard.stub.usage({ ...ALL, group });
      expect(
        report.rows.map(
          ({ key, provider, counts, micros }) =>
            `${key}${provider === null ? "" : ` of ${provider}`}: ${counts.input} for ${micros}`,
        ),
      ).toEqual(rows);
      expect(report).toMatchObject({ total: { requests: 4, micros: 1.005 }, asOf: START + 3 * DAY });
    });
  }

  it("is told by token, and of the days that were asked for", async ({ expect }) => {
    const guard = await used();
    const query = { tokenId: null, from: "2030-01-03", to: "2030-01-03", group: "token" } as const;
    const { rows, total } = await guard.stub.usage(query);
    expect(rows).toMatchObject([{ key: guard.record.id, provider: null, requests: 1, micros: 0.7 }]);
    expect(Object.keys(total)).toEqual([
      "requests",
      "errors",
      "counts",
      "micros",
      "unpriced",
      "estimated",
      "ttfbMs",
      "timed",
      "durationMs",
    ]);
  });

  it("is told row by row and page by page", async ({ expect }) => {
    const guard = await used();
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof guard.stub.rows>> = await guard.stub.rows({ ...ALL, after, limit: 3 });
      seen.push(...page.rows.map(({ day, provider, model }) => `${day} ${provider} ${model}`));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual([
      "2030-01-02 anthropic a",
      "2030-01-02 openai a",
      "2030-01-03 openai b",
      "2030-01-04 openai a",
    ]);
    for (const made of ["", "[]", "{", '{"day":1}']) {
      expect(await guard.stub.rows({ ...ALL, after: made, limit: 3 })).toEqual({ rows: [], next: null });
    }
  });

  it("of a token that was never used is empty", async ({ expect }) => {
    const guard = await TestGuard.of({ requestsPerMinute: 1 });
    expect(await guard.stub.rows({ ...ALL, after: null, limit: 10 })).toEqual({ rows: [], next: null });
    expect(await guard.stub.usage({ ...ALL, group: "day" })).toMatchObject({ rows: [], total: { requests: 0 } });
    expect(await guard.stub.requests({ before: null, limit: 10 })).toEqual({ entries: [], next: null });
    expect(await guard.stub.activity()).toMatchObject({ firstUsedAt: null, lastUsedAt: null });
  });
});

describe("a guard's log", () => {
  it("has the last 1,000 requests, newest first, page by page", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    for (let call = 0; call < 13; call++) {
      await guard.at(START + call * 120_000);
      await guard.settle(
        ...Array.from({ length: 100 }, (_, index) => settlementOf(`r${call * 100 + index}`, {}, { granted: false })),
      );
    }
    const seen: string[] = [];
    let before: number | null = null;
    do {
      const page: Awaited<ReturnType<typeof guard.stub.requests>> = await guard.stub.requests({ before, limit: 333 });
      seen.push(...page.entries.map(({ id }) => id));
      before = page.next;
    } while (before !== null);
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, index) => `r${1_299 - index}`));
    // Pages of 16 lines: what is older than the last 1,000 and than ten minutes is gone.
    const pages = await guard.within((_, state) => state.storage.sql.exec("SELECT first FROM pages").toArray().length);
    expect(pages).toBeLessThan(66);
  });

  it("keeps what a restart has to know again, however much comes", async ({ expect }) => {
    const guard = await TestGuard.of(null);
    for (let call = 0; call < 15; call++) {
      await guard.settle(
        ...Array.from({ length: 100 }, (_, index) => settlementOf(`r${call * 100 + index}`, {}, { granted: false })),
      );
    }
    await guard.stub.apply({
      ...guard.record,
      version: 2,
      limits: { requestsPerMinute: 1_501, tokensPerMinute: null, concurrency: null, queueSeconds: 0, budgets: [] },
    });
    await guard.within((_, state) => state.abort("restarted")).catch(() => undefined);
    await guard.at(START);
    await guard.settle(settlementOf("r0", {}, { granted: false }));
    expect(await guard.ask({}, { version: 2 })).toMatchObject({ standing: { requestsPerMinute: { left: 0 } } });
  });
});
