import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { UsageRow } from "../../../../shared/usage.ts";
import { NOON, reportOf, rowOf, TestLedger } from "../../support/ledgers.ts";

const DAY_MS = 24 * 60 * 60_000;
const OTHERS = "(other models)";

let ledger: TestLedger;

beforeEach(async () => {
  ledger = await TestLedger.fresh();
});
afterEach(() => reset());

const named = (prefix: string, count: number, change: Partial<UsageRow> = {}, tokenId = "a"): UsageRow[] =>
  Array.from({ length: count }, (_, index) => rowOf({ tokenId, model: `${prefix}${index}` }, change));
const used = { micros: 1 };
const report = (rows: UsageRow[]) => ledger.within((instance) => instance.take(reportOf("a", { rows })));
const countOf = (table: string) =>
  ledger.within(
    (_, { storage }) => storage.sql.exec<{ count: number }>(`SELECT count(*) AS count FROM ${table}`).one().count,
  );
const requestsOf = async (model: string) =>
  (await ledger.stub.metrics()).models.find((one) => one.model === model)?.requests;

describe("names of models", () => {
  it("that nothing was used under are told apart up to 500, and leave room for those that are used", async ({
    expect,
  }) => {
    await report(named("made-up-", 700));
    expect(await requestsOf(OTHERS)).toBe(200);
    expect(await requestsOf("made-up-499")).toBe(1);
    await report(named("real-", 600, used));
    // 499 more, since the others have a name of their own: that is no name anyone made up.
    expect(await requestsOf("real-499")).toBe(1);
    expect(await requestsOf("real-500")).toBeUndefined();
    expect(await requestsOf(OTHERS)).toBe(300);
    expect([await countOf("days"), await countOf("usage")]).toEqual([1_001, 1_300]);
  });

  it("stay few for ever, in totals and in days, whatever is made up", async ({ expect }) => {
    for (let day = 0; day < 3; day++) {
      const rows = named(`day-${day}-`, 600, used).map((row) => ({ ...row, day: `2030-01-0${day + 1}` }));
      await report(rows);
    }
    await ledger.at(NOON + 3 * DAY_MS);
    await ledger.ring();
    expect(await countOf("totals")).toBe(1_001);
    expect(await countOf("days")).toBe(1_002);
    const { models } = await ledger.stub.metrics();
    expect(models[0]).toMatchObject({ model: OTHERS, requests: 800 });
    // Of another provider, names are others.
    const { tokenId } = rowOf({ tokenId: "a" });
    await report([rowOf({ tokenId, provider: "gemini", model: "new" })]);
    expect(await requestsOf("new")).toBe(1);
  });

  it("once given are kept, and what was counted under the others stays there", async ({ expect }) => {
    await report(named("real-", 1_000, used));
    await report([rowOf({ tokenId: "a", model: "late" }, { ...used, requests: 4 })]);
    await report([rowOf({ tokenId: "a", model: "late" }, { ...used, requests: 6 })]);
    await report([rowOf({ tokenId: "a", model: "" }, { requests: 2 })]);
    expect(await requestsOf(OTHERS)).toBe(6);
    expect(await requestsOf("")).toBe(2);
    await report([rowOf({ tokenId: "a", model: "real-7" }, { ...used, requests: 3 })]);
    expect(await requestsOf("real-7")).toBe(3);
    // The token's own rows have the names as they were.
    const { rows } = await ledger.stub.rows({
      tokenId: null,
      from: "2030-01-01",
      to: "2030-01-31",
      after: null,
      limit: 3,
    });
    expect(rows.map(({ model }) => model)).toEqual(["", "late", "real-0"]);
  });
});
