import { reset } from "cloudflare:test";
import * as fc from "fast-check";
import { afterEach, describe, it, vi } from "vitest";
import { foldDays } from "../../../../gateway/ledger/folding.ts";
import { foldHours } from "../../../../gateway/ledger/hours.ts";
import { foldMonths } from "../../../../gateway/ledger/months.ts";
import { emptyRow } from "../../../../gateway/usage/row.ts";
import { SERIES_KEYS, SERIES_STEPS, type SeriesStep, type UsageRow } from "../../../../shared/usage.ts";
import { NOON, reportOf, rowOf, TestLedger } from "../../support/ledgers.ts";
import { CHANGE, naiveParts, type Note, noteOf } from "../../support/naive-series.ts";

afterEach(() => reset());

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const at = (text: string): number => Date.parse(`${text}Z`);

const STEP = fc.oneof({ weight: 5, arbitrary: CHANGE }, { weight: 1, arbitrary: fc.constant("fold" as const) });
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Ranges that are read in the end: of all three steps, with begins and ends within steps. */
const RANGES: Record<SeriesStep, (now: number) => { from: number; to: number }> = {
  hour: (now) => ({ from: now - 40 * HOUR_MS, to: now }),
  day: (now) => ({ from: now - 35 * DAY_MS, to: now }),
  month: (now) => ({ from: at("2029-11-15T00:00:00"), to: now }),
};

describe("a series", () => {
  it("is what an account in memory tells, whenever days are folded", { timeout: 120_000 }, async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 25 }), fc.integer({ min: 1, max: 4 }), async (changes, top) => {
        await ledger.within(async (instance, { storage }) => {
          for (const table of [
            "usage",
            "days",
            "totals",
            "tokens",
            "hours",
            "hours_folded",
            "past_hours",
            "token_months",
          ]) {
            storage.sql.exec(`DELETE FROM ${table}`);
          }
          for (const key of ["folded", "months"]) storage.kv.delete(key);
          let now = NOON + HOUR_MS / 2;
          instance.clock = () => now;
          const books = new Map<string, UsageRow>();
          const notes: Note[] = [];
          for (const change of changes) {
            if (change === "fold") {
              foldDays(storage, now);
              foldMonths(storage, now);
              foldHours(storage.sql, now);
              continue;
            }
            now += change.hours * HOUR_MS;
            const note = noteOf(change, now);
            notes.push(note);
            const name = JSON.stringify([note.day, note.tokenId, note.provider, note.model]);
            const row = books.get(name) ?? emptyRow(note.tokenId, note);
            books.set(name, row);
            row.requests += note.requests;
            row.micros = (Math.round(row.micros * 1_000) + note.nanos) / 1_000;
            row.counts.input += note.input;
            row.errors.cut += note.cut;
            await instance.take(reportOf(note.tokenId, { rows: [structuredClone(row)] }));
          }
          for (const step of SERIES_STEPS) {
            for (const by of SERIES_KEYS) {
              const told = await instance.usageSeries({ ...RANGES[step](now), step, by, top });
              expect({ step, by, parts: told.parts }).toEqual({
                step,
                by,
                parts: naiveParts(notes, told.steps, step, by, top),
              });
            }
          }
        });
      }),
      { numRuns: 40 },
    );
  });

  it("has whole steps, oldest first, also those in which nothing was used", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    await stub.take(reportOf("a", { rows: [rowOf({ tokenId: "a" }, { requests: 4, micros: 2 })] }));
    const query = { by: "provider", top: 5 } as const;
    const hours = await stub.usageSeries({ ...query, from: NOON - HOUR_MS - 1, to: NOON, step: "hour" });
    expect(hours.steps).toEqual([NOON - 2 * HOUR_MS, NOON - HOUR_MS]);
    // Ten seconds before noon it was eleven.
    expect(hours.parts).toMatchObject([{ key: "openai", requests: [0, 4], micros: [0, 2] }]);
    expect(hours.asOf).toBe(NOON - 15_000);
    const days = await stub.usageSeries({ ...query, from: at("2029-12-31T23:59:59"), to: NOON, step: "day" });
    expect(days.steps.map(dayOf)).toEqual(["2029-12-31", "2030-01-01", "2030-01-02"]);
    const months = await stub.usageSeries({ ...query, from: at("2029-11-30T00:00:00"), to: NOON, step: "month" });
    expect(months.steps.map(dayOf)).toEqual(["2029-11-01", "2029-12-01", "2030-01-01"]);
    expect(months.parts).toMatchObject([{ requests: [0, 0, 4] }]);
  });

  it("may end with a month, and be of several, before and after they are folded", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    for (const day of ["2029-11-30", "2029-12-01", "2029-12-31", "2030-01-01"]) {
      await ledger.stub.take(
        reportOf("a", { rows: [rowOf({ tokenId: "a", day }, { requests: Number(day.slice(8)) })] }),
      );
    }
    const series = async (from: string, to: string, step: SeriesStep) => {
      const range = { from: at(`${from}T00:00:00`), to: at(`${to}T00:00:00`) };
      const { parts } = await ledger.stub.usageSeries({ ...range, step, by: "token", top: 3 });
      return parts.map(({ key, requests }) => [key, requests.filter((count) => count > 0)]);
    };
    for (const isFolded of [false, true]) {
      if (isFolded) {
        await ledger.at(NOON + 5 * DAY_MS);
        await ledger.ring();
      }
      expect(await series("2029-12-01", "2030-01-01", "day")).toEqual([["a", [1, 31]]]);
      expect(await series("2029-11-30", "2030-01-01", "day")).toEqual([["a", [30, 1, 31]]]);
      expect(await series("2029-12-02", "2029-12-31", "day")).toEqual([]);
      expect(await series("2029-11-01", "2030-01-01", "month")).toEqual([["a", [30, 32]]]);
      expect(await series("2029-01-01", "2031-01-01", "month")).toEqual([["a", [30, 32, 1]]]);
    }
  });

  it("is empty where nothing was used, and where there is no time to tell of", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    const query = { step: "day", by: "model", top: 5 } as const;
    expect((await stub.usageSeries({ ...query, from: NOON, to: NOON + 1 })).parts).toEqual([]);
    for (const range of [
      { from: NOON + DAY_MS, to: NOON },
      { from: NaN, to: NOON },
      { from: NOON, to: NaN },
    ]) {
      expect(await stub.usageSeries({ ...query, ...range })).toMatchObject({ steps: [], parts: [] });
    }
  });

  it("has 500 steps and 20 keys at most, whatever is asked for", async ({ expect }) => {
    const { stub } = await TestLedger.fresh();
    const rows = Array.from({ length: 25 }, (_, index) =>
      rowOf({ tokenId: "a", model: `m${index}` }, { micros: index }),
    );
    await stub.take(reportOf("a", { rows }));
    const told = await stub.usageSeries({ from: 0, to: NOON + 1, step: "day", by: "model", top: 1e9 });
    expect([told.steps.length, told.steps.at(-1)]).toEqual([500, at("2030-01-02T00:00:00")]);
    expect(told.parts.map(({ key }) => key)).toEqual([
      ...Array.from({ length: 20 }, (_, index) => `m${24 - index}`),
      null,
    ]);
    expect(told.parts.at(-1)?.requests.at(-1)).toBe(5);
    for (const top of [0, -1, NaN]) {
      const { parts } = await stub.usageSeries({ from: NOON, to: NOON + 1, step: "day", by: "model", top });
      expect(parts).toHaveLength(2);
    }
    const ahead = await stub.usageSeries({ from: NOON, to: 1e300, step: "month", by: "token", top: 3 });
    expect(ahead.steps).toHaveLength(500);
  });

  it("shows the same where hours that are over can't be kept: the storage is full", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.take(reportOf("a", { rows: [rowOf({ tokenId: "a" }, { requests: 7 })] }));
    await ledger.at(NOON + HOUR_MS);
    await ledger.within((_, { storage }) => {
      storage.sql.exec(
        "CREATE TRIGGER full BEFORE INSERT ON hours_folded BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
      );
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const query = { from: NOON - HOUR_MS, to: NOON + HOUR_MS, step: "hour", by: "model", top: 3 } as const;
    const { parts } = await ledger.stub.usageSeries(query);
    expect(parts.map(({ requests }) => requests.reduce((sum, count) => sum + count, 0))).toEqual([7]);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/hours_unfolded.*database or disk is full/));
    warn.mockRestore();
  });

  it("tells hours of the last 72 alone, and they are thrown away behind that", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.take(reportOf("a", { rows: [rowOf({ tokenId: "a" })] }));
    await ledger.at(NOON + 72 * HOUR_MS);
    const query = { from: NOON - HOUR_MS, to: NOON, step: "hour", by: "token", top: 3 } as const;
    expect((await ledger.stub.usageSeries(query)).parts).toEqual([]);
    const kept = () =>
      ledger.within(
        (_, { storage }) => storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM hours").one().count,
      );
    expect(await kept()).toBe(1);
    await ledger.ring();
    expect(await kept()).toBe(0);
  });
});
