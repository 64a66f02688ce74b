import { describe, it } from "vitest";
import { freeDay, QUOTAS } from "../../../../scripts/bench/free-plan.ts";

const NOTHING = { kvReads: 0, kvWrites: 0, guardCalls: 0, objectRequests: 0, rowsWritten: 0 };

describe("freeDay", () => {
  it("requests to Workers end first where nothing else is used", ({ expect }) => {
    expect(freeDay(NOTHING)).toEqual({ requests: 100_000, endsFirst: QUOTAS[0] });
  });

  it.for([
    ["requests to Durable Objects", { objectRequests: 2_000 }, 50_000],
    ["rows written", { rowsWritten: 4_000 }, 25_000],
    ["KV reads", { kvReads: 1_001 }, 99_900],
    ["KV writes", { kvWrites: 11 }, 90_909],
  ] as const)(
    "%s end first where they are what is used most, and requests are whole ones",
    ([name, more, requests], { expect }) => {
      const day = freeDay({ ...NOTHING, ...more });
      expect(day.requests).toBe(requests);
      expect(day.endsFirst?.name).toBe(name);
    },
  );

  it("the smallest of several counts, wherever in the list its quota stands", ({ expect }) => {
    const day = freeDay({ ...NOTHING, objectRequests: 3_000, rowsWritten: 9_000, kvReads: 2_000 });
    expect(day).toMatchObject({ requests: 11_111, endsFirst: { use: "rowsWritten" } });
    const other = freeDay({ ...NOTHING, objectRequests: 3_000, rowsWritten: 2_000, kvWrites: 100 });
    expect(other).toMatchObject({ requests: 10_000, endsFirst: { use: "kvWrites" } });
  });

  it("where two end at the same request, the first of the list is named", ({ expect }) => {
    expect(freeDay({ ...NOTHING, objectRequests: 1_000, kvReads: 1_000 }).endsFirst?.use).toBe("requests");
  });

  it("calls of guards alone are no quota: they are among the requests to Durable Objects", ({ expect }) => {
    expect(freeDay({ ...NOTHING, guardCalls: 1_000_000 }).requests).toBe(100_000);
  });

  it("says nothing where a use wasn't measured: it may be what ends first", ({ expect }) => {
    expect(freeDay({ ...NOTHING, rowsWritten: Number.NaN })).toEqual({ requests: null, endsFirst: null });
  });
});
