import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { SELECT_SUMS, SUM_COLUMNS, usageRowOf } from "../../../../gateway/ledger/columns.ts";
import { dropRankings, findKept, keepRanking } from "../../../../gateway/ledger/kept-rankings.ts";
import { foldMonths, monthsFolded } from "../../../../gateway/ledger/months.ts";
import { rankDays } from "../../../../gateway/ledger/ranking.ts";
import { rankTokens } from "../../../../gateway/ledger/rankings.ts";
import { reportOfRows } from "../../../../gateway/usage/report.ts";
import type { UsageReport } from "../../../../shared/usage.ts";
import { NOON, reportOf, rowOf, TestLedger } from "../../support/ledgers.ts";

afterEach(() => reset());

const DAY_MS = 24 * 60 * 60_000;
/** More than are kept of a ranking. */
const TOKENS = 2_300;
const NAMES = SUM_COLUMNS.join(", ");
const sums = SUM_COLUMNS.map((name) =>
  name === "nanos" ? "(t * ?3) % ?4" : name === "requests" ? "1 + (t * 7) % 5" : "0",
).join(", ");
/** On a day, each `?2`-th token uses money by its number. */
const USE = `WITH all_(t) AS (SELECT 0 UNION ALL SELECT t + 1 FROM all_ LIMIT ${TOKENS})
  INSERT INTO usage (day, token_id, provider, model, ${NAMES})
  SELECT ?1, printf('t%04d', t), 'openai', 'm', ${sums} FROM all_ WHERE t % ?2 = 0`;
const WEEK = { from: "2029-12-28", before: "2030-01-03" };

async function withWeek(check: (storage: DurableObjectStorage) => void): Promise<void> {
  const ledger = await TestLedger.fresh();
  await ledger.within((_, { storage }) => {
    storage.sql.exec(USE, "2029-12-28", 1, 7_919, 5_000);
    storage.sql.exec(USE, "2029-12-31", 2, 104_729, 3_000);
    storage.sql.exec(USE, "2030-01-01", 3, 1_299_709, 4_000);
    while (foldMonths(storage, NOON));
    check(storage);
  });
}

describe("a ranking that is kept", () => {
  it("is the same with what was used since as one that is added up anew, whoever rose", async ({ expect }) => {
    await withWeek((storage) => {
      const { sql } = storage;
      keepRanking(sql, { from: WEEK.from, before: "2030-01-02" }, monthsFolded(storage));
      // Little, more than all days before, and without a price: then requests alone tell.
      for (const most of [50, 3_000, 1_000_000, 1]) {
        sql.exec("DELETE FROM usage WHERE day = '2030-01-02'");
        sql.exec(USE, "2030-01-02", 5, 15_485_863, most);
        for (const top of [1, 6, 50, 500, 1_000]) {
          const wanted = rankDays(sql, WEEK, monthsFolded(storage), top).map(({ id }) => id);
          expect(rankTokens(storage, WEEK, top, true), `${most} ${top}`).toEqual(wanted);
        }
      }
    });
  });

  it("is the same where fewer were kept of it once", async ({ expect }) => {
    await withWeek((storage) => {
      const { sql } = storage;
      const first = keepRanking(sql, { from: WEEK.from, before: "2030-01-02" }, monthsFolded(storage));
      expect(first).toHaveLength(2_000);
      sql.exec("UPDATE rankings SET list = ?", JSON.stringify(first.slice(0, 1_000)));
      sql.exec(USE, "2030-01-02", 5, 15_485_863, 3_000);
      const wanted = rankDays(sql, WEEK, monthsFolded(storage), 1_000).map(({ id }) => id);
      expect(rankTokens(storage, WEEK, 1_000, true)).toEqual(wanted);
    });
  });

  it("is all there is where there are few tokens", async ({ expect }) => {
    await withWeek((storage) => {
      const { sql } = storage;
      sql.exec("DELETE FROM usage");
      sql.exec("DELETE FROM token_months WHERE token_id > 't0009'");
      keepRanking(sql, { from: WEEK.from, before: "2030-01-02" }, monthsFolded(storage));
      sql.exec(USE, "2030-01-02", 5, 15_485_863, 9_000);
      const wanted = rankDays(sql, WEEK, monthsFolded(storage), 500).map(({ id }) => id);
      expect(rankTokens(storage, WEEK, 500, true)).toEqual(wanted);
      expect(wanted.length).toBeGreaterThan(260);
    });
  });

  it("is let go of once one of its days is told of anew", async ({ expect }) => {
    await withWeek((storage) => {
      const kept = { from: WEEK.from, before: "2030-01-02" };
      keepRanking(storage.sql, kept, monthsFolded(storage));
      dropRankings(storage.sql, "2029-12-27");
      dropRankings(storage.sql, "2030-01-02");
      expect(findKept(storage.sql, kept)).not.toBeNull();
      dropRankings(storage.sql, "2030-01-01");
      expect(findKept(storage.sql, kept)).toBeNull();
    });
  });
});

/** Six months of all tokens, with some models: more than is added up at once. */
async function withMonths(models: readonly string[] = []): Promise<TestLedger> {
  const ledger = await TestLedger.fresh();
  await ledger.within((_, { storage }) => {
    for (let month = 1; month <= 6; month++) {
      storage.sql.exec(USE, new Date(NOON - month * 30 * DAY_MS).toISOString().slice(0, 10), 1, 7_919, 5_000);
    }
    for (const model of models) {
      storage.sql.exec(
        `INSERT INTO usage (day, token_id, provider, model, ${NAMES})
         SELECT day, token_id, provider, ?, ${NAMES} FROM usage WHERE model = 'm'`,
        model,
      );
    }
    storage.sql.exec(`INSERT INTO days (day, provider, model, ${NAMES})
      SELECT day, provider, model, ${SUM_COLUMNS.map((name) => `sum(${name})`).join(", ")} FROM usage GROUP BY 1, 2, 3`);
    while (foldMonths(storage, NOON));
  });
  // It has tidied up today, so nothing else sets its alarm.
  await ledger.stub.take(reportOf("x", { rows: [] }));
  return ledger;
}

/** What there is to tell of the tokens that used the most, out of the sums of all. */
function addedUp(ledger: TestLedger, { from, to }: { from: string; to: string }, top: number): Promise<UsageReport> {
  return ledger.within((_, { storage }) => {
    const rows = storage.sql
      .exec(`SELECT token_id, ${SELECT_SUMS} FROM usage WHERE day >= ? AND day <= ? GROUP BY token_id`, from, to)
      .toArray()
      .map(usageRowOf);
    const report = reportOfRows(rows, { group: "token" }, NOON - 15_000);
    const first = report.rows.toSorted(
      (a, b) => b.micros - a.micros || b.requests - a.requests || (a.key < b.key ? -1 : 1),
    );
    const keys = new Set(first.slice(0, top).map(({ key }) => key));
    return { ...report, rows: report.rows.filter(({ key }) => keys.has(key)) };
  });
}

describe("who used the most of very many", () => {
  const series = { from: NOON - 300 * DAY_MS, to: NOON, step: "month", by: "token", top: 2 } as const;
  const report = { tokenId: null, from: "2029-06-01", to: "2030-01-02", group: "token" } as const;

  it("is added up by the alarm where somebody asks for an answer soon", async ({ expect }) => {
    const ledger = await withMonths();
    const pending = await ledger.stub.usageSeries({ ...series, soon: true });
    expect([pending.isPending, pending.parts.map(({ key }) => key)]).toEqual([true, [null]]);
    expect(await ledger.stub.usage({ ...report, top: 3 })).toMatchObject({
      isPending: true,
      rows: [],
      total: { requests: 6 * 3 * TOKENS },
    });
    expect(await ledger.alarm()).toBeLessThanOrEqual(0);
    await ledger.ring();
    await ledger.ring();
    const told = await ledger.stub.usageSeries({ ...series, soon: true });
    expect(told.isPending).toBeUndefined();
    expect(told.parts).toEqual((await ledger.stub.usageSeries(series)).parts);
    expect(told.parts).toHaveLength(3);
    expect(await ledger.alarm()).toBeGreaterThan(0);
  });

  it("is told with all that they used, as of all tokens", async ({ expect }) => {
    const ledger = await withMonths();
    const row = rowOf({ tokenId: "t0001", model: "other" }, { requests: 4, micros: 9_000 });
    await ledger.stub.take(reportOf("t0001", { rows: [row] }));
    await ledger.stub.usage({ ...report, top: 3 });
    await ledger.ring();
    const told = await ledger.stub.usage({ ...report, top: 3 });
    expect(told).toEqual(await addedUp(ledger, report, 3));
    expect(told.rows).toHaveLength(3);
  });

  it(
    "is told of 1,000 as all sums tell it, kept or not, whoever rose since",
    { timeout: 30_000 },
    async ({ expect }) => {
      // Of these ranges, the first two have too many rows to be added up whole.
      const ledger = await withMonths(["n", "o"]);
      const ranges = [
        { from: "2029-06-01", to: "2030-01-02" },
        { from: "2029-08-20", to: "2029-12-03" },
        { from: "2030-01-02", to: "2030-01-02" },
      ];
      const late = [
        { tokenId: "t2299", day: "2030-01-02", micros: 9_000 },
        { tokenId: "t0003", day: "2029-12-03", micros: 500 },
      ];
      for (const changes of [[], late]) {
        for (const { tokenId, day, micros } of changes) {
          const row = rowOf({ tokenId, day, model: "other" }, { requests: 4, micros });
          await ledger.stub.take(reportOf(tokenId, { rows: [row] }));
        }
        for (const range of ranges) {
          const wanted = await addedUp(ledger, { ...report, ...range }, 1_000);
          for (const time of ["first", "again"]) {
            const told = await ledger.stub.usage({ ...report, ...range });
            expect(told, `${changes.length} ${range.from} ${time}`).toEqual(wanted);
          }
        }
      }
      expect((await ledger.stub.usage(report)).rows).toHaveLength(1_000);
    },
  );

  it("is told at once to whoever waits, and kept for the next one", async ({ expect }) => {
    const ledger = await withMonths();
    expect((await ledger.stub.usageSeries(series)).parts).toHaveLength(3);
    expect((await ledger.stub.usageSeries({ ...series, soon: true })).isPending).toBeUndefined();
  });

  it("is added up for the usual spans once a day, before anybody asks", async ({ expect }) => {
    const ledger = await withMonths();
    await ledger.at(NOON + DAY_MS);
    await ledger.ring();
    expect(await ledger.alarm()).toBeLessThanOrEqual(DAY_MS);
    for (let ring = 0; ring < 8; ring++) await ledger.ring();
    const year = { ...series, from: Date.UTC(2029, 1, 1), to: Date.UTC(2030, 1, 1), soon: true };
    expect((await ledger.stub.usageSeries(year)).isPending).toBeUndefined();
    const days = { ...series, step: "day", from: Date.UTC(2029, 9, 6), to: Date.UTC(2030, 0, 4), soon: true } as const;
    expect((await ledger.stub.usageSeries(days)).isPending).toBeUndefined();
  });
});

describe("who used the most of very many, where nothing more can be written", () => {
  const series = { from: NOON - 300 * DAY_MS, to: NOON, step: "month", by: "token", top: 2, soon: true } as const;
  const report = { tokenId: null, from: "2029-06-01", to: "2030-01-02", group: "token", top: 3 } as const;

  /** The months, with a storage that refuses some writes of rankings, and what the log is told. */
  async function withFull(refused: string) {
    const ledger = await withMonths();
    const wanted = await ledger.stub.usageSeries({ ...series, soon: false });
    await ledger.within((_, { storage }) => {
      storage.sql.exec("DELETE FROM rankings");
      storage.sql.exec(`CREATE TRIGGER full BEFORE INSERT ON rankings WHEN ${refused}
        BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`);
    });
    const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const lines = () => warn.mock.calls.splice(0).map(([line]) => String(line));
    return { ledger, wanted: wanted.parts, lines };
  }

  afterEach(() => vi.restoreAllMocks());

  it("is told at once, with one line of the log for each look", async ({ expect }) => {
    const { ledger, wanted, lines } = await withFull("TRUE");
    const told = await ledger.stub.usageSeries(series);
    expect([told.isPending, told.parts]).toEqual([undefined, wanted]);
    expect(lines()).toEqual([expect.stringMatching(/ranking_unkept.*database or disk is full/)]);
    const usage = await ledger.stub.usage(report);
    expect([usage.isPending, usage.rows.length]).toEqual([undefined, 3]);
    expect(lines()).toHaveLength(1);
    expect((await ledger.stub.usageSeries({ ...series, soon: false })).parts).toEqual(wanted);
    expect(lines()).toHaveLength(1);
  });

  it("is told at once where the alarm can't be set", async ({ expect }) => {
    const { ledger, wanted, lines } = await withFull("FALSE");
    await ledger.within((_, { storage }) => {
      vi.spyOn(storage, "setAlarm").mockRejectedValue(new Error("Exceeded allowed rows written"));
    });
    expect((await ledger.stub.usageSeries(series)).parts).toEqual(wanted);
    expect(lines()).toEqual([]);
  });

  it("is told at once after the alarm couldn't keep it, which doesn't ring for that without a pause", async ({
    expect,
  }) => {
    const { ledger, wanted, lines } = await withFull("NEW.list IS NOT NULL");
    expect((await ledger.stub.usageSeries(series)).isPending).toBe(true);
    await ledger.ring();
    expect(lines()).toHaveLength(1);
    expect(await ledger.alarm()).toBe(DAY_MS);
    expect((await ledger.stub.usageSeries(series)).parts).toEqual(wanted);
    // The next sweep tries again.
    await ledger.within((_, { storage }) => void storage.sql.exec("DROP TRIGGER full"));
    await ledger.at(NOON + DAY_MS);
    for (let ring = 0; ring < 8; ring++) await ledger.ring();
    const year = { ...series, from: Date.UTC(2029, 1, 1), to: Date.UTC(2030, 0, 5) };
    expect((await ledger.stub.usageSeries(year)).isPending).toBeUndefined();
    expect(lines()).toHaveLength(1);
  });
});
