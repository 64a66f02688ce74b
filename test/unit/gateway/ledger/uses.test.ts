import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import { NOON, reportOf, rowOf, TestLedger, budgetOf } from "../../support/ledgers.ts";

let ledger: TestLedger;

beforeEach(async () => {
  ledger = await TestLedger.fresh();
});
afterEach(() => reset());

const change = async (tokenId: string, requests: number): Promise<void> => {
  await ledger.stub.take(reportOf(tokenId, { rows: [rowOf({ tokenId }, { requests })] }));
};

describe("how a token was used", () => {
  it("says what its guard last told, and nothing of tokens that no request came with", async ({ expect }) => {
    const rows = [rowOf({ tokenId: "a" }, { requests: 3, micros: 1.25 })];
    const budgets = [budgetOf(2.5, 10), budgetOf(7, 7, { unit: "tokens", per: "total", resetsAt: null })];
    await ledger.stub.take(reportOf("a", { rows, budgets }));
    const used = {
      tokenId: "a",
      lastUsedAt: NOON,
      requests: 3,
      micros: 1.25,
      budgets: [
        { unit: "usd", per: "day", used: 2.5, resetsAt: NOON + 43_200_000 },
        { unit: "tokens", per: "total", used: 7, resetsAt: null },
      ],
    };
    expect(await ledger.stub.tokenUses(["b", "a", "a"])).toEqual([used]);
    // Its budgets were taken away: a report of that alone.
    await ledger.stub.take(reportOf("a"));
    expect(await ledger.stub.tokenUses(["a"])).toEqual([{ ...used, budgets: [] }]);
  });

  it("is told in the order of the changes, each token once, and from where one had read", async ({ expect }) => {
    for (const id of ["a", "b", "c"]) await change(id, 1);
    const first = await ledger.stub.useChanges(0);
    expect(first.uses.map(({ tokenId }) => tokenId)).toEqual(["a", "b", "c"]);
    expect(await ledger.stub.useChanges(first.next)).toEqual({ uses: [], next: first.next });
    await change("b", 2);
    await change("a", 2);
    await change("b", 3);
    // The same again is no change.
    await change("a", 2);
    const second = await ledger.stub.useChanges(first.next);
    expect(second.uses.map(({ tokenId, requests }) => [tokenId, requests])).toEqual([
      ["a", 2],
      ["b", 3],
    ]);
    await ledger.stub.take(reportOf("c", { budgets: [budgetOf(1, 2)] }));
    expect((await ledger.stub.useChanges(second.next)).uses).toMatchObject([{ tokenId: "c", budgets: [{ used: 1 }] }]);
    // Of another ledger's numbers.
    expect((await ledger.stub.useChanges(1e9)).uses).toHaveLength(3);
  });

  it("is told of 1,000 tokens at once", async ({ expect }) => {
    await ledger.within(async (instance) => {
      for (let index = 0; index < 1_001; index++) {
        await instance.take(reportOf(`t${index}`, { rows: [] }));
      }
    });
    const first = await ledger.stub.useChanges(0);
    expect(first.uses).toHaveLength(1_000);
    const { uses, next } = await ledger.stub.useChanges(first.next);
    expect(uses.map(({ tokenId }) => tokenId)).toEqual(["t1000"]);
    expect(await ledger.stub.useChanges(next)).toEqual({ uses: [], next });
  });
});
