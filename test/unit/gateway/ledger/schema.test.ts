import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { SUM_COLUMNS } from "../../../../gateway/ledger/columns.ts";
import { migrate } from "../../../../gateway/ledger/schema.ts";
import { NOON, reportOf, rowOf, TestLedger } from "../../support/ledgers.ts";

afterEach(() => reset());

const NAMES = SUM_COLUMNS.join(", ");
const sums = (requests: number, nanos: number): string =>
  SUM_COLUMNS.map((name) => ({ requests, nanos })[name] ?? 0).join(", ");

/** Takes a ledger back to its fourth step, as it was before it folded hours. */
function takeBackFolded({ storage: { sql, kv } }: DurableObjectState): void {
  sql.exec("DROP TABLE hours_folded");
  kv.put("steps", 4);
}

/** Takes a ledger back to its third step, as it was before it counted the tokens that were used. */
function takeBackUsed(state: DurableObjectState): void {
  takeBackFolded(state);
  const { sql, kv } = state.storage;
  for (const name of ["used_hours", "rankings"]) sql.exec(`DROP TABLE ${name}`);
  kv.put("steps", 3);
}

/** Takes a ledger back to its second step, as it was before tries of webhooks. */
function takeBackOne(state: DurableObjectState): void {
  takeBackUsed(state);
  const { sql, kv } = state.storage;
  sql.exec("DROP TABLE tries");
  for (const name of ["old_secret", "old_until"]) sql.exec(`ALTER TABLE webhooks DROP COLUMN ${name}`);
  kv.put("steps", 2);
}

/** Takes a ledger back to its first step, as it was before hours, months and counters that hold. */
function takeBack(state: DurableObjectState): void {
  takeBackOne(state);
  const { sql, kv } = state.storage;
  for (const name of ["tokens_by_change", "tokens_near"]) sql.exec(`DROP INDEX ${name}`);
  for (const name of ["hours", "past_hours", "token_months", "held"]) sql.exec(`DROP TABLE ${name}`);
  for (const name of ["told_requests", "told_nanos", "change", "budgets", "fullest"]) {
    sql.exec(`ALTER TABLE tokens DROP COLUMN ${name}`);
  }
  kv.put("steps", 1);
  kv.put("swept", NOON);
  kv.put("folded", "2030-01-01");
  for (const [day, id] of [
    ["2029-12-30", "a"],
    ["2030-01-01", "a"],
    ["2030-01-01", "b"],
    ["2030-01-02", "b"],
  ]) {
    sql.exec(
      `INSERT INTO usage (day, token_id, provider, model, ${NAMES}) VALUES (?, ?, 'openai', 'm', ${sums(2, 1_000)})`,
      day,
      id,
    );
  }
  sql.exec(
    `INSERT INTO days (day, provider, model, ${NAMES}) SELECT day, provider, 'm', ${SUM_COLUMNS.map((name) => `sum(${name})`).join(", ")} FROM usage GROUP BY day`,
  );
  sql.exec(`INSERT INTO days (day, provider, model, ${NAMES}) VALUES ('2030-01-02', 'gemini', 'g', ${sums(1, 0)})`);
  sql.exec(`INSERT INTO totals (provider, model, ${NAMES}) VALUES ('openai', 'm', ${sums(6, 3_000)})`);
  sql.exec(`INSERT INTO tokens VALUES ('a', ${NOON - 1}, 4, 2000), ('b', ${NOON - 2}, 4, 2000), ('c', NULL, 1, 0)`);
}

describe("a ledger of an older version", () => {
  it("goes on with all it had, counters as they were, and takes up what is new", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.within((_, state) => {
      takeBack(state);
      migrate(state.storage);
      migrate(state.storage);
    });
    const metrics = await ledger.stub.metrics();
    expect(metrics.models.map(({ model, requests, micros }) => [model, requests, micros])).toEqual([
      ["m", 8, 4],
      ["g", 1, 0],
    ]);
    expect(metrics.tokens.map(({ tokenId, requests, micros }) => [tokenId, requests, micros])).toEqual([
      ["a", 4, 2],
      ["b", 4, 2],
      ["c", 1, 0],
    ]);
    expect((await ledger.stub.useChanges(0)).uses).toMatchObject([
      { tokenId: "c", lastUsedAt: null, requests: 1, budgets: [] },
      { tokenId: "b", lastUsedAt: NOON - 2 },
      { tokenId: "a", lastUsedAt: NOON - 1, requests: 4, micros: 2 },
    ]);
    const series = async (step: "day" | "month") =>
      (await ledger.stub.usageSeries({ from: Date.UTC(2029, 11, 1), to: NOON, step, by: "token", top: 1 })).parts.map(
        ({ key, requests }) => [key, requests.filter((count) => count > 0)],
      );
    const span = async () =>
      (await ledger.stub.spanTotals([{ from: Date.UTC(2029, 11, 1), to: Date.UTC(2030, 0, 2) }]))[0];
    // Before the days of tokens are folded, by the next alarm, and after.
    for (const isFolded of [false, true]) {
      if (isFolded) {
        await ledger.stub.take(reportOf("d", { rows: [] }));
        expect(await ledger.ring()).toBe(true);
        const { count } = await ledger.within((_, { storage }) =>
          storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM token_months").one(),
        );
        expect(count).toBe(3);
      }
      expect(await series("day")).toEqual([
        ["a", [2, 2]],
        [null, [2, 3]],
      ]);
      expect(await series("month")).toEqual([
        ["a", [2, 2]],
        [null, [5]],
      ]);
      expect(await span()).toEqual({ requests: 6, errors: 0, tokens: 0, micros: 3, unpriced: 0, usedTokens: 2 });
    }
    await ledger.stub.take(reportOf("b", { rows: [rowOf({ tokenId: "b", model: "m" }, { requests: 1, micros: 1 })] }));
    expect((await ledger.stub.metrics()).models[0]).toMatchObject({ model: "m", requests: 8 });
  });

  it("that kept hours already goes on with them, and with its time to tidy", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.take(reportOf("a", { rows: [rowOf({ tokenId: "a" }, { requests: 3 })] }));
    const kept = await ledger.within((_, state) => {
      takeBackOne(state);
      migrate(state.storage);
      return ["steps", "swept", "hours"].map((key) => state.storage.kv.get(key));
    });
    expect(kept).toEqual([5, NOON, undefined]);
    const until = Date.UTC(2030, 0, 2, 11);
    const spans = await ledger.stub.spanTotals([
      { from: Date.UTC(2030, 0, 2), to: until },
      { from: until, to: NOON },
    ]);
    expect(spans.map(({ requests }) => requests)).toEqual([0, 3]);
  });

  it("folds what it has at once, and not a day later", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.within((_, state) => {
      takeBack(state);
      migrate(state.storage);
    });
    await ledger.stub.take(reportOf("d", { rows: [] }));
    expect((await ledger.alarm()) ?? 0).toBeLessThanOrEqual(0);
  });
});
