import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { ControlApi } from "../../../../shared/control.ts";
import { Owner, type ProblemBody } from "../../support/admin.ts";
import { askFake, entry, fails } from "../../support/usage.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const get = <T = ProblemBody>(parts: Partial<ControlApi>, path: string) => askFake<T>(parts, owner.jwt, "GET", path);

const TWO_PAGES: ControlApi["requests"] = async ({ before }) =>
  before === null
    ? { entries: [entry("two"), entry("one", { micros: null, counts: null, raw: {} })], next: 7 }
    : { entries: [], next: null };
const UNUSED = async () => ({ standing: null, firstUsedAt: null, lastUsedAt: null });

describe("GET /api/tokens/{id}/requests", () => {
  it("tells them page by page", async ({ expect }) => {
    const { id } = (await owner.create("alice")).token;
    type Page = { requests: Record<string, unknown>[]; next: string | null };
    const first = await get<Page>({ requests: TWO_PAGES }, `/api/tokens/${id}/requests?limit=2`);
    expect(first.body.requests[0]).toEqual({ ...entry("two"), at: "2026-11-22T08:30:00.000Z", usd: 0.0023 });
    expect(first.body.requests[1]).toMatchObject({ id: "one", usd: null, micros: null, counts: null });
    const second = await get<Page>({ requests: TWO_PAGES }, `/api/tokens/${id}/requests?cursor=${first.body.next}`);
    expect(second.body).toEqual({ requests: [], next: null });
    expect([...first.calls, ...second.calls]).toEqual([
      ["requests", { tokenId: id, before: null, limit: 2 }],
      ["requests", { tokenId: id, before: 7, limit: 50 }],
    ]);
  });

  it("refuses a cursor that isn't one of its own", async ({ expect }) => {
    const { status, body } = await get({}, "/api/tokens/x/requests?cursor=a7");
    const message = "Take the cursor from the next of an earlier answer.";
    expect([status, body.errors]).toEqual([400, [{ field: "cursor", message }]]);
  });

  it("knows no token that never was", async ({ expect }) => {
    const { status, calls } = await get({}, "/api/tokens/0123456789/requests");
    expect([status, calls]).toEqual([404, []]);
  });
});

describe("GET /api/tokens/{id}/limits", () => {
  const AT = Date.UTC(2026, 11, 1);

  it("tells how they stand, money in dollars", async ({ expect }) => {
    const { id } = (await owner.create("alice")).token;
    const budget = { limit: 5_000_000, used: 1_250_000, reserved: 2_300, left: 3_747_700, resetsAt: AT, warnAt: 0.8 };
    const activity: ControlApi["activity"] = async () => ({
      standing: {
        requestsPerMinute: { limit: 60, left: 59, resetsAt: AT },
        tokensPerMinute: null,
        concurrency: { limit: 4, running: 2, waiting: 1 },
        budgets: [
          { unit: "usd", per: "month", ...budget },
          { unit: "tokens", per: "total", ...budget, resetsAt: null, warnAt: null },
        ],
      },
      firstUsedAt: AT,
      lastUsedAt: null,
    });
    const { body } = await get<object>({ activity }, `/api/tokens/${id}/limits`);
    const inDollars = { limit: 5, used: 1.25, reserved: 0.0023, left: 3.7477 };
    const time = "2026-12-01T00:00:00.000Z";
    expect(body).toEqual({
      limits: {
        requestsPerMinute: { limit: 60, left: 59, resetsAt: time },
        tokensPerMinute: null,
        concurrency: { limit: 4, running: 2, waiting: 1 },
        budgets: [
          { unit: "usd", per: "month", ...inDollars, resetsAt: time, warnAt: 0.8 },
          { unit: "tokens", per: "total", ...budget, resetsAt: null, warnAt: null },
        ],
      },
      firstUsedAt: time,
      lastUsedAt: null,
    });
  });

  it("tells of a token without limits, and of one that never was", async ({ expect }) => {
    const { id } = (await owner.create("alice")).token;
    const { body } = await get<object>({ activity: UNUSED }, `/api/tokens/${id}/limits`);
    expect(body).toEqual({ limits: null, firstUsedAt: null, lastUsedAt: null });
    expect((await get({ activity: UNUSED }, "/api/tokens/0123456789/limits")).status).toBe(404);
    expect((await get({ activity: fails }, `/api/tokens/${id}/limits`)).status).toBe(503);
  });
});
