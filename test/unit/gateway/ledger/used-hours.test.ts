import { reset } from "cloudflare:test";
import * as fc from "fast-check";
import { afterEach, describe, it } from "vitest";
import { takeRows } from "../../../../gateway/ledger/rollup.ts";
import { fillUsed, usedFromBegin } from "../../../../gateway/ledger/used-hours.ts";
import { emptyRow } from "../../../../gateway/usage/row.ts";
import { rowOf, TestLedger } from "../../support/ledgers.ts";

afterEach(() => reset());

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string): number => Date.parse(`${text}Z`);
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
/** A Tuesday, in a week that lies in two months. */
const START = at("2030-01-29T00:00:00");
/** With the week and the month that are under way at the start. */
const BEGINS = ["2030-01-01", "2030-01-28", "2030-01-29", "2030-02-01", "2030-02-04", "2030-02-11", "2030-03-01"];
const PERIODS = { "2030-01-01": 31, "2030-02-01": 28, "2030-03-01": 31 } as const;
/** How many days a period may have that begins then: a month, a week from a Monday, or a day. */
const lengthOf = (day: string): number =>
  PERIODS[day as keyof typeof PERIODS] ?? (new Date(`${day}T00:00:00Z`).getUTCDay() === 1 ? 7 : 1);

type Use = { day: string; hour: number; tokenId: string };

interface Report {
  hours: number;
  daysBack: number[];
  tokenId: string;
  isRefused: boolean;
}

const REPORT: fc.Arbitrary<Report> = fc.record({
  hours: fc.constantFrom(0, 1, 5, 30, 60),
  daysBack: fc.constantFrom([0], [0], [0], [1], [0, 1], [9, 2], [20]),
  tokenId: fc.constantFrom("a", "b", "c", "d"),
  isRefused: fc.constantFrom(false, false, false, true),
});

/** Takes reports, one after the other. @returns what was used, and when the last one came */
function takeAll(storage: DurableObjectStorage, reports: readonly Report[]) {
  const uses: Use[] = [];
  let now = START;
  reports.forEach(({ hours, daysBack, tokenId, isRefused }, index) => {
    now += hours * HOUR_MS;
    const rows = daysBack.map((back) => {
      const row = rowOf({ tokenId, day: dayOf(now - back * DAY_MS), model: `m${index}` });
      if (isRefused) row.errors.limit = 1;
      return row;
    });
    storage.transactionSync(() => takeRows(storage, { tokenId, rows, lastUsedAt: now, budgets: [] }, now + 10_000));
    if (!isRefused) uses.push(...rows.map(({ day }) => ({ day, hour: Math.floor(now / HOUR_MS) * HOUR_MS, tokenId })));
  });
  return { uses, now };
}

function usedIn(uses: readonly Use[], from: number, before: number): number {
  const within = uses.filter(({ day }) => at(`${day}T00:00:00`) >= from && at(`${day}T00:00:00`) < before);
  return new Set(within.map(({ tokenId }) => tokenId)).size;
}

/** Every period from its begin to the end of each of its days. */
const spans = (): { from: number; before: number }[] =>
  BEGINS.flatMap((day) =>
    Array.from({ length: lengthOf(day) }, (_, index) => {
      const from = at(`${day}T00:00:00`);
      return { from, before: from + (index + 1) * DAY_MS };
    }),
  );

describe("tokens used since a day, a week or a month began", () => {
  it("are as many as a look at every token finds, whatever the order of reports", async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(REPORT, { minLength: 1, maxLength: 25 }), async (reports) => {
        const ledger = await TestLedger.fresh();
        await ledger.within((_, { storage }) => {
          const { uses, now } = takeAll(storage, reports);
          const counted = () => spans().map((span) => usedFromBegin(storage, span, now));
          const wanted = spans().map(({ from, before }) => usedIn(uses, from, before));
          expect(counted()).toEqual(wanted);
          // The same where it is made of what a ledger of an older version had.
          storage.sql.exec("DELETE FROM used_hours");
          fillUsed(storage, at("2030-02-10T00:00:00"));
          expect(counted()).toEqual(wanted);
        });
        await reset();
      }),
      { numRuns: 25 },
    );
  });

  it("are told by the hour where they are reported in their order", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.within((_, { storage }) => {
      const times = ["2030-01-29T08:00:00", "2030-01-29T11:00:00", "2030-01-30T09:00:00", "2030-02-01T01:00:00"];
      for (const [index, time] of times.entries()) {
        for (const tokenId of ["a", `t${index}`]) {
          const rows = [rowOf({ tokenId, day: time.slice(0, 10) })];
          takeRows(storage, { tokenId, rows, lastUsedAt: at(time), budgets: [] }, at(time) + 10_000);
        }
      }
      const used = (from: string, before: string) =>
        usedFromBegin(storage, { from: at(`${from}:00:00`), before: at(`${before}:00:00`) }, at("2030-02-02T00:00:00"));
      expect(used("2030-01-29T00", "2030-01-29T08")).toBe(0);
      expect(used("2030-01-29T00", "2030-01-29T09")).toBe(2);
      expect(used("2030-01-29T00", "2030-01-29T12")).toBe(3);
      expect(used("2030-01-28T00", "2030-01-30T09")).toBe(3);
      expect(used("2030-01-28T00", "2030-01-30T10")).toBe(4);
      expect(used("2030-01-28T00", "2030-02-01T02")).toBe(5);
      expect(used("2030-02-01T00", "2030-02-01T02")).toBe(2);
    });
  });

  it("aren't told of spans that begin otherwise, go on, or are long ago", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.within((_, { storage }) => {
      const now = at("2030-04-20T00:00:00");
      const used = (from: string, before: string) =>
        usedFromBegin(storage, { from: at(`${from}:00:00`), before: at(`${before}:00:00`) }, now);
      expect(used("2030-04-10T01", "2030-04-10T02")).toBeNull();
      expect(used("2030-04-10T00", "2030-04-11T01")).toBeNull();
      expect(used("2030-04-08T00", "2030-04-15T01")).toBeNull();
      expect(used("2030-04-08T00", "2030-04-15T00")).toBe(0);
      expect(used("2030-01-01T00", "2030-02-01T00")).toBeNull();
      storage.kv.put("used", at("2030-04-09T00:00:00"));
      expect(used("2030-04-08T00", "2030-04-15T00")).toBeNull();
    });
  });

  it("counts what is refused at first and used later, once", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.within((_, { storage }) => {
      const span = { from: START, before: START + DAY_MS };
      const row = { ...emptyRow("a", { day: dayOf(START), provider: "openai", model: "m" }), requests: 1 };
      const take = (requests: number, limit: number) => {
        const rows = [{ ...row, requests, errors: { ...row.errors, limit } }];
        takeRows(storage, { tokenId: "a", rows, lastUsedAt: null, budgets: [] }, START + HOUR_MS);
        return usedFromBegin(storage, span, START + HOUR_MS);
      };
      expect([take(1, 1), take(2, 1), take(5, 1), take(6, 2)]).toEqual([0, 1, 1, 1]);
    });
  });
});
