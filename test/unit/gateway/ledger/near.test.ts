import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { ToldBudget } from "../../../../shared/usage.ts";
import { budgetOf, NOON, reportOf, TestLedger } from "../../support/ledgers.ts";

const DAY_MS = 24 * 60 * 60_000;

let ledger: TestLedger;

beforeEach(async () => {
  ledger = await TestLedger.fresh();
});
afterEach(() => reset());

const tell = (tokenId: string, ...budgets: ToldBudget[]) => ledger.stub.take(reportOf(tokenId, { budgets }));
const near = async (share = 0.8, limit = 10) =>
  (await ledger.stub.nearBudgets(share, limit)).map(({ tokenId, budget }) => [tokenId, budget.per, budget.used]);
const MONTH = { per: "month", resetsAt: NOON + 29.5 * DAY_MS } as const;
const TOTAL = { per: "total", resetsAt: null } as const;

describe("budgets near their end", () => {
  it("are told of tokens with their fullest one, the fullest token first", async ({ expect }) => {
    await tell("half", budgetOf(5, 10));
    await tell("full", budgetOf(3, 10), budgetOf(12, 10, TOTAL));
    await tell("near", budgetOf(9, 10, MONTH), budgetOf(8, 10));
    await tell("least", budgetOf(80, 100, { unit: "tokens" }));
    await tell("none");
    await tell("nothing", budgetOf(0, 0));
    expect(await near()).toEqual([
      ["full", "total", 12],
      ["nothing", "day", 0],
      ["near", "month", 9],
      ["least", "day", 80],
    ]);
    expect(await near(0.8, 2)).toEqual([
      ["full", "total", 12],
      ["nothing", "day", 0],
    ]);
    expect((await near(0.5)).at(-1)).toEqual(["half", "day", 5]);
    expect((await near(0.3)).at(-1)).toEqual(["half", "day", 5]);
    expect(await ledger.stub.nearBudgets(0.85, 5)).toContainEqual({
      tokenId: "near",
      budget: { unit: "usd", per: "month", used: 9, limit: 10, resetsAt: MONTH.resetsAt },
    });
    for (const limit of [0, NaN, -3]) expect(await near(0.8, limit)).toHaveLength(1);
  });

  it("are no more where they have begun anew: then the next fullest is", async ({ expect }) => {
    await tell("a", budgetOf(10, 10), budgetOf(8.5, 10, MONTH));
    await tell("b", budgetOf(9.5, 10));
    await tell("c", budgetOf(9, 10, TOTAL));
    expect((await near()).map(([id]) => id)).toEqual(["a", "b", "c"]);
    await ledger.at(NOON + DAY_MS);
    const told = [
      ["c", "total", 9],
      ["a", "month", 8.5],
    ];
    expect(await near()).toEqual(told);
    expect(await near(0.8, 1)).toEqual([told[0]]);
    // What is swept isn't looked at again, and nothing else changes by it.
    await ledger.ring();
    expect(await near()).toEqual(told);
    const shares = await ledger.within((_, { storage }) =>
      storage.sql.exec<{ id: string; fullest: number }>("SELECT id, fullest FROM tokens ORDER BY id").toArray(),
    );
    expect(shares).toEqual([
      { id: "a", fullest: 0.85 },
      { id: "b", fullest: 0 },
      { id: "c", fullest: 0.9 },
    ]);
  });

  it("are none where the owner has made a budget larger", async ({ expect }) => {
    await tell("a", budgetOf(9, 10));
    await tell("a", budgetOf(9, 100));
    expect(await near()).toEqual([]);
  });

  it("are found by an index, whatever else there is", async ({ expect }) => {
    const read = await ledger.within(async (instance, { storage }) => {
      storage.sql.exec(`INSERT INTO tokens (id, requests, nanos, fullest)
        WITH n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n LIMIT 20000) SELECT 'x' || n, 1, 0, 0.2 FROM n`);
      await instance.take(reportOf("a", { budgets: [budgetOf(9, 10)] }));
      const exec = storage.sql.exec.bind(storage.sql);
      const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
      storage.sql.exec = (query: string, ...values: SqlStorageValue[]) => {
        const cursor = exec(query, ...values);
        cursors.push(cursor);
        return cursor as never;
      };
      try {
        expect(await instance.nearBudgets(0.8, 10)).toHaveLength(1);
      } finally {
        storage.sql.exec = exec;
      }
      return cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
    });
    expect(read).toBeLessThan(10);
  });
});
