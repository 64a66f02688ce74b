import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { GatewayMetrics } from "../../../../shared/metrics.ts";
import type { UsageRow } from "../../../../shared/usage.ts";
import { NOON, reportOf, rowOf, TestLedger } from "../../support/ledgers.ts";

const DAY_MS = 24 * 60 * 60_000;

let ledger: TestLedger;

beforeEach(async () => {
  ledger = await TestLedger.fresh();
});
afterEach(() => reset());

const take = (...changes: (Partial<UsageRow> & { model?: string })[]) =>
  ledger.stub.take(
    reportOf("a", { rows: changes.map(({ model = "m", ...change }) => rowOf({ tokenId: "a", model }, change)) }),
  );
const fold = async (): Promise<void> => {
  await ledger.at(NOON + 2 * DAY_MS);
  await ledger.ring();
};

const models = ({ models: told }: GatewayMetrics) =>
  Object.fromEntries(told.map(({ model, requests, micros }) => [model, [requests, micros]]));
const counters = async () => models(await ledger.stub.metrics());
const ofToken = async () =>
  (await ledger.stub.metrics()).tokens.map(({ requests, micros }) => [requests, micros]).at(0);
const heldRows = () =>
  ledger.within(
    (_, { storage }) => storage.sql.exec<{ count: number }>("SELECT count(*) AS count FROM held").one().count,
  );

describe.each(["before", "after"])("a counter of an estimate that gives way, %s its day is folded,", (when) => {
  const maybeFold = () => (when === "after" ? fold() : Promise.resolve());

  it("stays where it was until as much more was used", async ({ expect }) => {
    await take({ requests: 2, micros: 9 });
    await maybeFold();
    await take({ requests: 2, micros: 4 });
    expect(await counters()).toEqual({ m: [2, 9] });
    expect(await ofToken()).toEqual([2, 9]);
    // What there is, is told as it is.
    const { total } = await ledger.stub.usage({ tokenId: null, from: "2030-01-01", to: "2030-01-31", group: "day" });
    expect(total.micros).toBe(4);
    await take({ requests: 3, micros: 7 });
    expect(await counters()).toEqual({ m: [3, 9] });
    await fold();
    expect(await counters()).toEqual({ m: [3, 9] });
    await take({ requests: 4, micros: 12 });
    expect(await counters()).toEqual({ m: [4, 12] });
    expect(await ofToken()).toEqual([4, 12]);
    expect(await heldRows()).toBe(0);
  });

  it("stays where it was when the answer names another model, which is counted too", async ({ expect }) => {
    await take({ model: "asked", requests: 1, micros: 9 });
    await maybeFold();
    await take({ model: "asked", requests: 0, micros: 0 }, { model: "served", requests: 1, micros: 2 });
    expect(await counters()).toEqual({ asked: [1, 9], served: [1, 2] });
    expect(await ofToken()).toEqual([1, 9]);
    await fold();
    expect(await counters()).toEqual({ asked: [1, 9], served: [1, 2] });
    // The same report once more changes nothing.
    await take({ model: "asked", requests: 0, micros: 0 }, { model: "served", requests: 1, micros: 2 });
    expect(await counters()).toEqual({ asked: [1, 9], served: [1, 2] });
  });
});

describe("a model that is used on", () => {
  it("holds nothing where days of one report make up for each other", async ({ expect }) => {
    const row = (day: string, requests: number) => rowOf({ tokenId: "a", model: "m", day }, { requests });
    await ledger.stub.take(reportOf("a", { rows: [row("2030-01-01", 5)] }));
    await ledger.stub.take(reportOf("a", { rows: [row("2030-01-01", 3), row("2030-01-02", 2)] }));
    expect(await counters()).toEqual({ m: [5, 0] });
    expect(await heldRows()).toBe(0);
  });
});
