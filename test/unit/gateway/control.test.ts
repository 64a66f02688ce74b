import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { foldDays } from "../../../gateway/ledger/folding.ts";
import { control } from "../support/gateway.ts";
import { NOON, reportOf, rowOf, TestLedger } from "../support/ledgers.ts";

afterEach(() => reset());

const RANGE = { from: "2030-01-01", to: "2030-01-31" };

describe("what the admin reads of usage", () => {
  it("is of all tokens from the ledger, of one from its guard", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    await stub.take(reportOf("a", { rows: [rowOf({ tokenId: "a" }, { requests: 3 })] }));
    const all = await control.usage({ ...RANGE, tokenId: null, group: "token" });
    expect(all.rows).toMatchObject([{ key: "a", requests: 3 }]);
    // Its guard, which is the truth, knows nothing of it.
    const one = await control.usage({ ...RANGE, tokenId: "a", group: "day" });
    expect([one.rows, one.total.requests]).toEqual([[], 0]);
    expect(await control.usageRows({ ...RANGE, tokenId: "a", after: null, limit: 10 })).toEqual({
      rows: [],
      next: null,
    });
    expect(await control.tokenUses(["a", "b"])).toEqual([
      { tokenId: "a", lastUsedAt: NOON, requests: 3, micros: 0, budgets: [] },
    ]);
  });

  it("comes in pages of a size that the gateway can bear, whatever is asked for", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    const rows = Array.from({ length: 1_001 }, (_, index) => rowOf({ tokenId: "a", model: `m${index}` }));
    await ledger.stub.take(reportOf("a", { rows }));
    const sizes: number[] = [];
    for (const limit of [1e9, Infinity, 1_000.7, 2.5, 1, 0, -1, NaN]) {
      sizes.push((await control.usageRows({ ...RANGE, tokenId: null, after: null, limit })).rows.length);
    }
    expect(sizes).toEqual([1_000, 1_000, 1_000, 2, 1, 1, 1, 1]);
    expect((await control.requests({ tokenId: "a", before: null, limit: Infinity })).entries).toEqual([]);
  });

  it("is the same in numbers for monitoring, before and after days are folded", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.take(reportOf("a", { rows: [rowOf({ tokenId: "a", day: "2030-01-01" }, { micros: 7 })] }));
    const before = await control.metrics();
    expect(before).toMatchObject({ models: [{ model: "gpt-4o", requests: 1, micros: 7 }], webhooksWaiting: 0 });
    await ledger.within((_, { storage }) => foldDays(storage, NOON));
    expect(await control.metrics()).toEqual(before);
  });

  it("is of 200 tokens at most where it is asked how they were used", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    for (const id of ["first", "last"]) await stub.take(reportOf(id));
    const ids = ["first", ...Array.from({ length: 199 }, (_, index) => `t${index}`), "last"];
    expect((await control.tokenUses(ids)).map(({ tokenId }) => tokenId)).toEqual(["first"]);
  });
});
