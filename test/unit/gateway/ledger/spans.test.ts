import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import { noteHoursBegin } from "../../../../gateway/ledger/hours.ts";
import type { SpanTotals, UsageRow } from "../../../../shared/usage.ts";
import { reportOf, rowOf, TestLedger } from "../../support/ledgers.ts";

const HOUR_MS = 3_600_000;
const at = (text: string): number => Date.parse(`${text}Z`);

let ledger: TestLedger;

beforeEach(async () => {
  ledger = await TestLedger.fresh();
});
afterEach(() => reset());

/** A token is used at a time: as so many requests of that day, in whole. */
async function use(tokenId: string, time: string, change: Partial<UsageRow> = {}): Promise<void> {
  await ledger.at(at(time) + 10_000);
  await ledger.stub.take(reportOf(tokenId, { rows: [rowOf({ tokenId, day: time.slice(0, 10) }, change)] }));
}

const total = async (from: string, to: string): Promise<SpanTotals> => {
  const [found] = await ledger.stub.spanTotals([{ from: at(from), to: at(to) }]);
  if (found === undefined) throw new Error("no span was told of");
  return found;
};

/** Spans with and without whole months. */
const differentSpans = async () => [
  await total("2030-01-01T00:00:00", "2030-01-02T00:00:00"),
  await total("2029-12-01T00:00:00", "2030-02-01T00:00:00"),
  await total("2030-01-02T00:00:00", "2030-02-04T00:00:00"),
  await total("2030-01-03T00:00:00", "2030-02-03T00:00:00"),
];

describe("a span", () => {
  it("is told by the hour, so that a part of a day is compared with the same part of another", async ({ expect }) => {
    await use("a", "2030-01-01T08:30:00", { requests: 3, micros: 1.5 });
    await use("b", "2030-01-01T20:00:00", { requests: 4 });
    await use("a", "2030-01-02T09:15:00", { requests: 5, unpriced: 2 });
    const spans = [
      { from: at("2030-01-02T00:00:00"), to: at("2030-01-02T10:00:00") },
      { from: at("2030-01-01T00:00:00"), to: at("2030-01-01T10:00:00") },
      { from: at("2030-01-01T00:00:00"), to: at("2030-01-02T00:00:00") },
    ];
    const told = [
      { requests: 5, micros: 0, unpriced: 2, usedTokens: 1 },
      { requests: 3, micros: 1.5, unpriced: 0, usedTokens: 1 },
      { requests: 7, micros: 1.5, usedTokens: 2 },
    ];
    expect(await ledger.stub.spanTotals(spans)).toMatchObject(told);
    // The same once days are over and folded, and once the hours of tokens are gone.
    await ledger.at(at("2030-01-03T12:00:00"));
    await ledger.ring();
    expect(await ledger.stub.spanTotals(spans)).toMatchObject(told);
    await ledger.at(at("2030-01-20T00:00:00"));
    await ledger.ring();
    expect(await ledger.stub.spanTotals(spans)).toMatchObject(told);
  });

  it("of weeks and months adds hours of the last day to whole days", async ({ expect }) => {
    for (const [day, hour] of [
      [3, 23],
      [4, 1],
      [9, 5],
      [10, 7],
      [10, 8],
      [11, 0],
    ]) {
      const tokenId = `t${day}.${hour}`;
      const time = `2030-01-${String(day).padStart(2, "0")}T${String(hour).padStart(2, "0")}:00:00`;
      await use(tokenId, time, { requests: 1 });
    }
    for (const later of ["2030-01-11T12:00:00", "2030-01-12T12:00:00", "2030-03-01T00:00:00"]) {
      await ledger.at(at(later));
      await ledger.ring();
      expect((await total("2030-01-04T00:00:00", "2030-01-10T08:00:00")).requests).toBe(3);
      expect((await total("2030-01-03T00:00:00", "2030-01-10T08:00:01")).requests).toBe(5);
      expect((await total("2030-01-03T23:00:00", "2030-01-10T00:00:00")).requests).toBe(3);
      expect((await total("2030-01-01T00:00:00", "2030-02-01T00:00:00")).requests).toBe(6);
      expect((await total("2030-01-10T07:30:00", "2030-01-10T07:45:00")).requests).toBe(1);
    }
  });

  it("counts each token once, and none of which all was refused", async ({ expect }) => {
    const rows = ["x", "y"].map((model) => rowOf({ tokenId: "a", day: "2030-01-01", model }));
    const refused = rowOf({ tokenId: "b", day: "2030-01-01" }, { requests: 4 });
    refused.errors.limit = 1;
    refused.errors.policy = 3;
    const failed = rowOf({ tokenId: "c", day: "2030-01-01" }, { requests: 2 });
    failed.errors.providerFailed = 2;
    await ledger.at(at("2030-01-01T05:00:00"));
    for (const row of [...rows, refused, failed]) await ledger.stub.take(reportOf(row.tokenId, { rows: [row] }));
    await use("a", "2030-01-02T05:00:00");
    await use("c", "2030-02-03T05:00:00");
    const used = [2, 2, 2, 0];
    expect((await differentSpans()).map(({ usedTokens }) => usedTokens)).toEqual(used);
    expect((await differentSpans())[0]).toMatchObject({ requests: 8, errors: 6 });
    await ledger.at(at("2030-02-05T00:00:00"));
    await ledger.ring();
    expect((await differentSpans()).map(({ usedTokens }) => usedTokens)).toEqual(used);
    // What is told late of a folded day counts there too.
    await ledger.stub.take(reportOf("d", { rows: [rowOf({ tokenId: "d", day: "2030-01-01" })] }));
    expect((await differentSpans()).map(({ usedTokens, requests }) => [usedTokens, requests])).toEqual([
      [3, 9],
      [3, 10],
      [2, 2],
      [0, 0],
    ]);
  });

  it("has whole days at its ends where hours weren't kept yet", async ({ expect }) => {
    await use("a", "2030-01-01T20:00:00", { requests: 4 });
    await ledger.within((_, { storage }) => {
      storage.sql.exec("DELETE FROM hours");
      noteHoursBegin(storage, at("2030-01-01T21:00:00"));
    });
    await use("a", "2030-01-02T09:00:00", { requests: 1 });
    expect((await total("2030-01-01T00:00:00", "2030-01-01T10:00:00")).requests).toBe(4);
    expect((await total("2030-01-01T00:00:00", "2030-01-02T09:00:00")).requests).toBe(4);
    expect((await total("2030-01-01T00:00:00", "2030-01-02T10:00:00")).requests).toBe(5);
  });

  it("of nothing, or of no time at all, is nothing; there are 20 at most", async ({ expect }) => {
    const nothing = { requests: 0, errors: 0, tokens: 0, micros: 0, unpriced: 0, usedTokens: 0 };
    await use("a", "2030-01-01T20:00:00");
    for (const span of [
      { from: 0, to: 0 },
      { from: at("2030-01-02T00:00:00"), to: at("2030-01-01T00:00:00") },
      { from: NaN, to: NaN },
      { from: at("2031-01-01T00:00:00"), to: Infinity },
    ]) {
      expect(await ledger.stub.spanTotals([span])).toEqual([nothing]);
    }
    expect((await ledger.stub.spanTotals([{ from: -1, to: Infinity }]))[0]?.requests).toBe(1);
    const many = Array.from({ length: 25 }, () => ({ from: 0, to: HOUR_MS }));
    expect(await ledger.stub.spanTotals(many)).toHaveLength(20);
  });
});
