import { reset } from "cloudflare:test";
import * as fc from "fast-check";
import { afterEach, describe, it } from "vitest";
import { foldDays } from "../../../../gateway/ledger/folding.ts";
import { foldMonths } from "../../../../gateway/ledger/months.ts";
import { emptyRow } from "../../../../gateway/usage/row.ts";
import type { UsageRow } from "../../../../shared/usage.ts";
import { budgetOf, NOON, reportOf, rowOf, TestLedger } from "../../support/ledgers.ts";

afterEach(() => reset());

const DAY_MS = 24 * 60 * 60_000;
const ALL = { tokenId: null, from: "2029-12-01", to: "2030-01-31" };

/** A report of one row, as it stands then. */
const REPORT = fc.record({
  tokenId: fc.constantFrom("a", "b", "c"),
  day: fc.constantFrom("2029-12-31", "2030-01-01", "2030-01-02"),
  provider: fc.constantFrom("openai" as const, "gemini" as const),
  model: fc.constantFrom("", "m"),
  requests: fc.integer({ min: 1, max: 9 }),
  nanos: fc.nat(1_000_000),
  audioMs: fc.nat(5_000),
  cut: fc.nat(3),
});
type Report = typeof REPORT extends fc.Arbitrary<infer T> ? T : never;
const STEP = fc.oneof({ weight: 5, arbitrary: REPORT }, { weight: 1, arbitrary: fc.constant("fold" as const) });

function rowFrom({ nanos, audioMs, cut, requests, ...key }: Report): UsageRow {
  const row = { ...emptyRow(key.tokenId, key), requests, micros: nanos / 1_000 };
  row.counts.audioSeconds = audioMs / 1_000;
  row.errors.cut = cut;
  return row;
}

/** Sums as a child would make them: of the last word about each row. */
function naive(reports: readonly Report[], keyOf: (report: Report) => string): Map<string, number[]> {
  const last = new Map(reports.map((one) => [[one.tokenId, one.day, one.provider, one.model].join("|"), one]));
  const sums = new Map<string, number[]>();
  for (const one of last.values()) {
    const [requests = 0, nanos = 0, audioMs = 0, cut = 0] = sums.get(keyOf(one)) ?? [];
    sums.set(keyOf(one), [requests + one.requests, nanos + one.nanos, audioMs + one.audioMs, cut + one.cut]);
  }
  return sums;
}

/** Counters as a child would keep them: they rise to what there is after each report, and never fall. */
function counted(reports: readonly Report[], keyOf: (report: Report) => string): Map<string, number[]> {
  const told = new Map<string, number[]>();
  for (const [index] of reports.entries()) {
    for (const [key, sums] of naive(reports.slice(0, index + 1), keyOf)) {
      told.set(
        key,
        sums.map((sum, place) => Math.max(sum, told.get(key)?.[place] ?? 0)),
      );
    }
  }
  return told;
}

const TABLES = ["usage", "days", "tokens", "totals", "held", "hours", "past_hours", "token_months"];

function fold(storage: DurableObjectStorage): void {
  foldDays(storage, NOON);
  foldMonths(storage, NOON);
}

type Sums = Pick<UsageRow, "requests" | "micros" | "counts" | "errors">;
const sumsOf = ({ requests, micros, counts, errors }: Sums): number[] => [
  requests,
  Math.round(micros * 1_000),
  Math.round(counts.audioSeconds * 1_000),
  errors.cut,
];

describe("days, tokens and totals", () => {
  it("are what the last reports add up to, whenever days are folded", { timeout: 60_000 }, async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    const { stub } = ledger;
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 25 }), async (steps) => {
        await ledger.within(async (instance, { storage }) => {
          for (const table of TABLES) storage.sql.exec(`DELETE FROM ${table}`);
          for (const key of ["folded", "months"]) storage.kv.delete(key);
          for (const step of steps) {
            if (step === "fold") fold(storage);
            else await instance.take(reportOf(step.tokenId, { rows: [rowFrom(step)] }));
          }
        });
        const reports = steps.filter((step) => step !== "fold");
        const days = await stub.usage({ ...ALL, group: "day" });
        expect(new Map(days.rows.map((row) => [row.key, sumsOf(row)]))).toEqual(naive(reports, ({ day }) => day));
        const tokens = await stub.usage({ ...ALL, group: "token" });
        expect(new Map(tokens.rows.map((row) => [row.key, sumsOf(row)]))).toEqual(
          naive(reports, ({ tokenId }) => tokenId),
        );
        for (const { total } of [days, tokens]) {
          expect(sumsOf(total)).toEqual(naive(reports, () => "all").get("all") ?? [0, 0, 0, 0]);
        }
        const metrics = await stub.metrics();
        expect(new Map(metrics.models.map((one) => [`${one.provider} ${one.model}`, sumsOf(one)]))).toEqual(
          counted(reports, ({ provider, model }) => `${provider} ${model}`),
        );
        expect(
          new Map(metrics.tokens.map((one) => [one.tokenId, [one.requests, Math.round(one.micros * 1_000)]])),
        ).toEqual(new Map([...counted(reports, ({ tokenId }) => tokenId)].map(([id, sums]) => [id, sums.slice(0, 2)])));
      }),
      { numRuns: 60 },
    );
  });

  it("never fall: neither when days are folded nor when the days of tokens are thrown away", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.take(reportOf("a", { rows: [rowOf({ tokenId: "a" }, { requests: 4, micros: 9 })] }));
    const told = await ledger.stub.metrics();
    for (const days of [1, 2, 3, 400, 401, 402, 403]) {
      await ledger.at(NOON + days * DAY_MS);
      await ledger.ring();
      expect(await ledger.stub.metrics()).toEqual(told);
    }
    // What every scrape has to read is in one row, not in one for each day.
    const { count } = await ledger.within((_, { storage }) =>
      storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM totals").one(),
    );
    expect(count).toBe(1);
  });

  it("count a token that was only refused, and don't say that it was used", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    const rows = [rowOf({ tokenId: "a" }, { requests: 2 })];
    await stub.take(reportOf("a", { rows, lastUsedAt: null }));
    expect(await stub.tokenUses(["a"])).toMatchObject([{ requests: 2, lastUsedAt: null }]);
    await stub.take(reportOf("a", { rows: [{ ...rows[0], requests: 3 } as UsageRow] }));
    expect((await stub.metrics()).tokens).toEqual([{ tokenId: "a", requests: 3, micros: 0, lastUsedAt: NOON }]);
  });

  it("are written no more often than something changes", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    const report = reportOf("a", { rows: [rowOf({ tokenId: "a" }, { requests: 2 })] });
    const written = await ledger.within(async (instance, { storage }) => {
      const before = storage.sql.exec("SELECT 1").rowsWritten;
      await instance.take(report);
      const exec = storage.sql.exec.bind(storage.sql);
      let rows = before;
      storage.sql.exec = (query: string, ...values: SqlStorageValue[]) => {
        const cursor = exec(query, ...values);
        rows += cursor.rowsWritten;
        return cursor as never;
      };
      try {
        await instance.take(report);
        const again = rows;
        await instance.take(reportOf("a", { rows: [rowOf({ tokenId: "a" }, { requests: 3 })], lastUsedAt: NOON + 1 }));
        const grown = rows;
        for (const used of [8, 9]) {
          rows = 0;
          const budgets = [budgetOf(used, 10)];
          await instance.take(reportOf("a", { rows: [rowOf({ tokenId: "a" }, { requests: used })], budgets }));
        }
        return [again, grown, rows];
      } finally {
        storage.sql.exec = exec;
      }
    });
    // The same again: nothing. One row that grew: it, its day, its hour, and its token, which an index by change has too. While
    // a budget is at half or more, a second index has it.
    expect(written).toEqual([0, 5, 6]);
  });
});
