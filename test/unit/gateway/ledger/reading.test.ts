import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { SUM_COLUMNS } from "../../../../gateway/ledger/columns.ts";
import { TestLedger } from "../../support/ledgers.ts";

afterEach(() => reset());

const NAMES = SUM_COLUMNS.join(", ");
const ONES = SUM_COLUMNS.map(() => "1").join(", ");
const upTo = (count: number, name: string): string =>
  `${name}(${name[0]}) AS (SELECT 0 UNION ALL SELECT ${name[0]} + 1 FROM ${name} LIMIT ${count})`;

/** A year of 250 tokens with a model each day: 100,000 rows. Written by the database itself: reports would take minutes. */
const YEAR = `WITH ${upTo(400, "days_")}, ${upTo(250, "tokens_")}
  INSERT INTO usage (day, token_id, provider, model, ${NAMES})
  SELECT date('2030-01-01', '+' || d || ' days'), 'token' || t, 'openai', 'm' || (t % 5), ${ONES} FROM days_, tokens_`;
const DAYS = `INSERT INTO days (day, provider, model, ${NAMES})
  SELECT day, provider, model, ${SUM_COLUMNS.map((name) => `sum(${name})`).join(", ")} FROM usage GROUP BY 1, 2, 3`;

const RANGE = { tokenId: null, from: "2030-01-01", to: "2031-12-31" };

describe("usage of 100,000 rows", () => {
  it(
    "is grouped by the database, by days of the whole account without a look at tokens",
    { timeout: 60_000 },
    async ({ expect }) => {
      const ledger = await TestLedger.fresh();
      await ledger.within(async (instance, { storage }) => {
        storage.sql.exec(YEAR);
        storage.sql.exec(DAYS);
        const read: Record<string, number> = {};
        const exec = storage.sql.exec.bind(storage.sql);
        let cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
        storage.sql.exec = (query: string, ...values: SqlStorageValue[]) => {
          const cursor = exec(query, ...values);
          cursors.push(cursor);
          return cursor as never;
        };
        const rowsRead = async (name: string, work: () => Promise<unknown>): Promise<void> => {
          cursors = [];
          await work();
          read[name] = cursors.reduce((sum, cursor) => sum + cursor.rowsRead, 0);
        };
        try {
          for (const group of ["day", "model", "provider"] as const) {
            await rowsRead(group, async () => {
              const { rows, total } = await instance.usage({ ...RANGE, group });
              expect([group, rows.length, total.requests]).toEqual([
                group,
                { day: 400, model: 5, provider: 1 }[group],
                100_000,
              ]);
            });
          }
          await rowsRead("a day's tokens", async () => {
            const { rows } = await instance.usage({ ...RANGE, from: "2030-06-01", to: "2030-06-01", group: "token" });
            expect(rows.length).toBe(250);
          });
          await rowsRead("page", async () => {
            const after = JSON.stringify(["2030-06-01", "token5", "openai", "m0"]);
            const page = await instance.rows({ ...RANGE, after, limit: 100 });
            expect([page.rows.length, page.rows[0]?.tokenId]).toEqual([100, "token50"]);
          });
          await rowsRead("metrics", async () => {
            expect((await instance.metrics()).models.map(({ requests }) => requests)).toEqual(
              Array.from({ length: 5 }, () => 20_000),
            );
          });
        } finally {
          storage.sql.exec = exec;
        }
        // 2,000 rows of days, read for the groups and again for the total, and what sorting them takes.
        expect(Math.max(...Object.values(read))).toBeLessThanOrEqual(10_000);
        expect(read["page"]).toBeLessThanOrEqual(102);
      });
    },
  );

  it("has the tokens that spent the most, and the total of all", { timeout: 60_000 }, async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.within(async (instance, { storage }) => {
      storage.sql.exec(YEAR);
      storage.sql.exec(DAYS);
      const exec = vi.spyOn(storage.sql, "exec");
      const { rows, total } = await instance.usage({ ...RANGE, group: "token" });
      expect([rows.length, rows[0]?.requests, total.requests]).toEqual([250, 400, 100_000]);
      // Cloudflare's limit of a text is 2 MB: https://developers.cloudflare.com/durable-objects/platform/limits
      const texts = exec.mock.calls.flat().map((value) => String(value).length);
      expect(Math.max(...texts)).toBeLessThan(2_000_000);
    });
  });
});
