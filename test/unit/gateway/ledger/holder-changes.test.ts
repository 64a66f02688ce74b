import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { control, makeToken } from "../../support/gateway.ts";
import { reportOf, TestLedger } from "../../support/ledgers.ts";

afterEach(() => reset());

describe("what holders changed", () => {
  it("is told to whoever asks for what came since, the newest record of each token once", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    const [one, other] = [await makeToken(), await makeToken()];
    const newer = { ...one.record, version: 2, holderActedAt: 2 };
    for (const record of [one.record, other.record, newer, newer, one.record]) {
      await stub.take(reportOf(record.id, { changedByHolder: record }));
    }
    const first = await control.holderChanges(0);
    expect(first.records).toEqual([other.record, newer]);
    expect(await control.holderChanges(first.next)).toEqual({ records: [], next: first.next });
    const again = { ...other.record, version: 9 };
    await stub.take(reportOf(again.id, { changedByHolder: again }));
    expect((await control.holderChanges(first.next)).records).toEqual([again]);
  });

  it("is told from the beginning to whoever has read further than there is: the ledger was lost", async ({
    expect,
  }) => {
    const { stub } = await TestLedger.fresh();
    const { record } = await makeToken();
    await stub.take(reportOf(record.id, { changedByHolder: record }));
    const { records, next } = await control.holderChanges(1_000);
    expect(records).toEqual([record]);
    expect(await control.holderChanges(next)).toEqual({ records: [], next });
  });

  it("comes in pages of 100", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    for (let index = 0; index < 101; index++) {
      const { record } = await makeToken({ label: `t${index}` });
      await stub.take(reportOf(record.id, { changedByHolder: record }));
    }
    const first = await control.holderChanges(0);
    const second = await control.holderChanges(first.next);
    expect([first, second].map(({ records }) => records.length)).toEqual([100, 1]);
    expect(second.records[0]?.label).toBe("t100");
  });
});
