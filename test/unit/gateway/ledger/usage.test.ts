import { reset } from "cloudflare:test";
import * as fc from "fast-check";
import { afterEach, describe, it } from "vitest";
import { reportOfRows } from "../../../../gateway/usage/report.ts";
import { addRow, emptyRow } from "../../../../gateway/usage/row.ts";
import { COUNT_NAMES, ERROR_KINDS, type UsageGroup, type UsageRow } from "../../../../shared/usage.ts";
import { NOON, reportOf, rowOf, TestLedger } from "../../support/ledgers.ts";

afterEach(() => reset());

const ALL = { tokenId: null, from: "2030-01-01", to: "2030-01-31" };
const DAY_MS = 24 * 60 * 60_000;

describe("a guard's report", () => {
  it("that comes twice, or with a row that grew, counts once", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    const first = rowOf({ tokenId: "a" }, { requests: 2, micros: 1.001 });
    for (let time = 0; time < 3; time++) await stub.take(reportOf("a", { rows: [first] }));
    await stub.take(reportOf("a", { rows: [{ ...first, requests: 5, micros: 2.5 }], lastUsedAt: NOON + 1 }));
    await stub.take(reportOf("b", { rows: [rowOf({ tokenId: "b" }, { micros: 0.25 })] }));
    const report = await stub.usage({ ...ALL, group: "model" });
    expect(report.rows).toMatchObject([{ key: "gpt-4o", provider: "openai", requests: 6, micros: 2.75 }]);
    expect(report.total).toMatchObject({ requests: 6, micros: 2.75 });
    expect(report.asOf).toBe(NOON - 15_000);
    expect(await stub.tokenUses(["a", "b", "c"])).toMatchObject([
      { tokenId: "a", lastUsedAt: NOON + 1, requests: 5, micros: 2.5 },
      { tokenId: "b", lastUsedAt: NOON },
    ]);
    expect(await stub.metrics()).toMatchObject({
      models: [{ provider: "openai", model: "gpt-4o", requests: 6, micros: 2.75 }],
      tokens: [
        { tokenId: "a", requests: 5, micros: 2.5, lastUsedAt: NOON + 1 },
        { tokenId: "b", requests: 1, micros: 0.25 },
      ],
    });
  });

  it("is all there, or not at all", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    const { stub } = ledger;
    const broken = { ...rowOf({ tokenId: "a" }), model: null } as unknown as UsageRow;
    await ledger.within(async (instance) => {
      const report = reportOf("a", { rows: [rowOf({ tokenId: "a" }), broken] });
      await expect(instance.take(report)).rejects.toThrow("NOT NULL");
    });
    expect((await stub.usage({ ...ALL, group: "day" })).rows).toEqual([]);
  });
});

const KEYS = fc.record({
  tokenId: fc.constantFrom("a", "b", "c"),
  day: fc.constantFrom("2030-01-01", "2030-01-02", "2030-01-03"),
  provider: fc.constantFrom("openai" as const, "gemini" as const),
  model: fc.constantFrom("", "m", "n"),
});
/** What is used is used by requests. */
const SIZES = fc
  .record({ requests: fc.nat(9), nanos: fc.nat(1_000_000), input: fc.nat(500), limit: fc.nat(3) })
  .map((sizes) => (sizes.requests > 0 ? sizes : { requests: 0, nanos: 0, input: 0, limit: 0 }));

describe("what the ledger tells", () => {
  it("is what an account in memory tells, in whatever order reports come", { timeout: 30_000 }, async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    const { stub } = ledger;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(KEYS, SIZES), { maxLength: 20 }), async (changes) => {
        await ledger.within((_, { storage }) => {
          for (const table of ["usage", "days", "tokens", "hours"]) storage.sql.exec(`DELETE FROM ${table}`);
        });
        const books = new Map<string, UsageRow>();
        for (const [key, { requests, nanos, input, limit }] of changes) {
          const name = JSON.stringify(key);
          const row = books.get(name) ?? emptyRow(key.tokenId, key);
          const change = emptyRow(key.tokenId, key);
          Object.assign(change, { requests, micros: nanos / 1_000 });
          change.counts.input = input;
          change.errors.limit = limit;
          addRow(row, change);
          books.set(name, row);
          await stub.take(reportOf(key.tokenId, { rows: [structuredClone(row)] }));
        }
        const there = [...books.values()].filter(
          ({ requests, micros, counts, errors }) => requests + micros + counts.input + errors.limit > 0,
        );
        for (const group of ["day", "token", "model", "provider"] as UsageGroup[]) {
          const query = { tokenId: null, from: "2030-01-02", to: "2030-01-03", group };
          const wanted = there.filter(({ day }) => day >= query.from);
          expect(await stub.usage(query)).toEqual(reportOfRows(wanted, { group }, NOON - 15_000));
        }
      }),
      { numRuns: 20 },
    );
  });

  it("comes page by page, each row once", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    const days = ["2030-01-01", "2030-01-02"];
    for (const tokenId of ["a", "b", "c"]) {
      const rows = days.flatMap((day) => ["x", "y"].map((model) => rowOf({ tokenId, day, model })));
      await stub.take(reportOf(tokenId, { rows }));
    }
    const seen: string[] = [];
    let after: string | null = null;
    do {
      const page = await stub.rows({ ...ALL, after, limit: 5 });
      seen.push(...page.rows.map(({ day, tokenId, model }) => `${day} ${tokenId} ${model}`));
      after = page.next;
    } while (after !== null);
    expect(seen).toEqual(
      days.flatMap((day) => ["a", "b", "c"].flatMap((id) => ["x", "y"].map((m) => `${day} ${id} ${m}`))),
    );
    expect(await stub.rows({ ...ALL, after: "no place", limit: 1 })).toEqual({ rows: [], next: null });
  });

  it("has every count and every kind of error", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    const row = rowOf({ tokenId: "a" }, { unpriced: 3, estimated: 4, ttfbMs: 5, timed: 6, durationMs: 7 });
    for (const [index, name] of COUNT_NAMES.entries()) row.counts[name] = index + 10;
    for (const [index, kind] of ERROR_KINDS.entries()) row.errors[kind] = index + 30;
    await stub.take(reportOf("a", { rows: [row] }));
    expect((await stub.rows({ ...ALL, after: null, limit: 1 })).rows).toEqual([row]);
  });
});

describe("what is old", () => {
  it("isn't told of tokens by what their month knows of days that were thrown away", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.take(reportOf("a", { rows: [rowOf({ tokenId: "a" }, { micros: 9 })] }));
    await ledger.at(NOON + 20 * DAY_MS);
    await ledger.stub.take(reportOf("b", { rows: [rowOf({ tokenId: "b", day: "2030-01-22" }, { micros: 1 })] }));
    await ledger.ring();
    await ledger.at(NOON + 410 * DAY_MS);
    await ledger.ring();
    const { rows, total } = await ledger.stub.usage({ ...ALL, group: "token", top: 1 });
    expect(rows).toMatchObject([{ key: "b", micros: 1 }]);
    expect(total.micros).toBe(10);
    expect((await ledger.stub.usage({ ...ALL, group: "token" })).rows).toEqual(rows);
  });

  it("is thrown away of single tokens, while the account's days and totals stay", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.take(reportOf("a", { rows: [rowOf({ tokenId: "a" }, { micros: 9 })] }));
    expect(await ledger.alarm()).toBe(DAY_MS);
    await ledger.at(NOON + 401 * DAY_MS);
    await ledger.ring();
    expect((await ledger.stub.rows({ ...ALL, after: null, limit: 9 })).rows).toEqual([]);
    expect((await ledger.stub.usage({ ...ALL, group: "day" })).total.micros).toBe(9);
    // A guard that reports such a row once more adds nothing.
    await ledger.stub.take(reportOf("a", { rows: [rowOf({ tokenId: "a" }, { micros: 9 })] }));
    expect((await ledger.stub.metrics()).models).toMatchObject([{ requests: 1, micros: 9 }]);
    expect(await ledger.alarm()).toBe(402 * DAY_MS);
  });
});
