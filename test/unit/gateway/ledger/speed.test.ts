import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { SUM_COLUMNS } from "../../../../gateway/ledger/columns.ts";
import { foldDays } from "../../../../gateway/ledger/folding.ts";
import { foldMonths } from "../../../../gateway/ledger/months.ts";
import { TestLedger } from "../../support/ledgers.ts";

afterEach(() => reset());

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const DAYS = 100;
/** In the evening of the last of them. */
const NOW = Date.parse("2030-01-01T20:00:00Z") + (DAYS - 1) * DAY_MS;

const NAMES = SUM_COLUMNS.join(", ");
const ONES = SUM_COLUMNS.map((name) => (name.startsWith("error_") ? "0" : "1")).join(", ");
const upTo = (count: number, name: string): string =>
  `${name}(${name[0]}) AS (SELECT 0 UNION ALL SELECT ${name[0]} + 1 FROM ${name} LIMIT ${count})`;

/** 200 tokens with 5 models each day: 100,000 rows. Written by the database itself: reports would take minutes. */
const USAGE = `WITH ${upTo(DAYS, "days_")}, ${upTo(200, "tokens_")}, ${upTo(5, "models_")}
  INSERT INTO usage (day, token_id, provider, model, ${NAMES})
  SELECT date('2030-01-01', '+' || d || ' days'), 'token' || t, 'openai', 'm' || m, ${ONES} FROM days_, tokens_, models_`;
const ACCOUNT = `INSERT INTO days (day, provider, model, ${NAMES})
  SELECT day, provider, model, ${SUM_COLUMNS.map((name) => `sum(${name})`).join(", ")} FROM usage GROUP BY 1, 2, 3`;

describe("series and spans of 100,000 rows", () => {
  it("are read from a few of them once days are folded", { timeout: 60_000 }, async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.at(NOW);
    await ledger.within(async (instance, { storage }) => {
      storage.sql.exec(USAGE);
      storage.sql.exec(ACCOUNT);
      foldDays(storage, NOW);
      while (foldMonths(storage, NOW));
      const exec = storage.sql.exec.bind(storage.sql);
      let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
      storage.sql.exec = (query: string, ...values: SqlStorageValue[]) => {
        const cursor = exec(query, ...values);
        cursors.push(cursor);
        return cursor as never;
      };
      const read: Record<string, number> = {};
      try {
        for (const by of ["provider", "model", "token"] as const) {
          for (const step of ["day", "month"] as const) {
            cursors = [];
            const from = NOW - (step === "day" ? 29 : DAYS) * DAY_MS;
            const { parts } = await instance.usageSeries({ from, to: NOW, step, by, top: 3 });
            const requests = parts.flatMap((part) => part.requests);
            expect(requests.reduce((sum, count) => sum + count)).toBe(step === "day" ? 30_000 : 100_000);
            read[`${step} ${by}`] = cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
          }
        }
        cursors = [];
        const [month] = await instance.spanTotals([{ from: NOW - 30 * DAY_MS - 20 * HOUR_MS, to: NOW - 20 * HOUR_MS }]);
        expect(month).toMatchObject({ requests: 30_000, usedTokens: 200 });
        read["month"] = cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0);
      } finally {
        storage.sql.exec = exec;
      }
      expect(Math.max(...Object.values(read))).toBeLessThanOrEqual(8_000);
    });
  });
});
