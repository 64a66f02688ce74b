import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { breakDelivery, inRegistry, Owner, ring, withSql } from "../../support/admin.ts";
import { Uses } from "./uses.ts";

type Listed = {
  label: string;
  lastUsedAt: string | null;
  use: { requests: number; usd: number } | null;
  budgets: { unit: string; per: string; limit: number; used: number; resetsAt: string | null }[];
};
type Page = { tokens: Listed[]; total: number; usedAsOf: string | null };

let owner: Owner;
let uses: Uses;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  owner = await Owner.signedIn();
  uses = await Uses.install();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const list = async (query = ""): Promise<Page> => (await owner.send<Page>("GET", `/api/tokens${query}`)).body;
const labels = async (query: string): Promise<string[]> => (await list(query)).tokens.map(({ label }) => label);
const later = (ms = 31_000) => vi.setSystemTime(Date.now() + ms);
const MONTHLY = { limits: { budgets: [{ usd: 5, per: "month" }] } };
const place = () => withSql((sql) => sql.exec("SELECT place, next_at FROM use_news").toArray()[0]);

describe("how tokens are used", () => {
  it("is told in the list, with the fullest budget first", async ({ expect }) => {
    const budgets = [
      { usd: 5, per: "month" },
      { tokens: 1000, per: "day" },
    ];
    const { token } = await owner.create("alice", { limits: { budgets } });
    await owner.create("bob");
    const resetsAt = Date.now() + 60_000;
    uses.use(token.id, Date.now(), 3_200_000, [
      { unit: "usd", per: "month", used: 3_200_000, resetsAt: Date.now() + 86_400_000 },
      { unit: "tokens", per: "day", used: 900, resetsAt },
    ]);
    const { tokens, usedAsOf } = await list("?sort=label");
    expect(usedAsOf).toBe(new Date().toISOString());
    expect(tokens[1]).toMatchObject({ label: "bob", lastUsedAt: null, use: null, budgets: [] });
    expect(tokens[0]).toMatchObject({ lastUsedAt: new Date().toISOString(), use: { requests: 1, usd: 3.2 } });
    expect(tokens[0]?.budgets).toEqual([
      { unit: "tokens", per: "day", limit: 1000, used: 900, resetsAt: new Date(resetsAt).toISOString() },
      { unit: "usd", per: "month", limit: 5, used: 3.2, resetsAt: new Date(Date.now() + 86_400_000).toISOString() },
    ]);
  });

  it("is sorted and filtered by", async ({ expect }) => {
    for (const [name, share] of [
      ["half", 0.5],
      ["most", 0.8],
      ["over", 1.2],
    ] as const) {
      const { token } = await owner.create(name, MONTHLY);
      const budgets = [{ unit: "usd" as const, per: "month" as const, used: share * 5e6, resetsAt: Date.now() + 1e9 }];
      uses.use(token.id, Date.now() - share * 1e6, 0, budgets);
    }
    await owner.create("none", MONTHLY);
    expect(await labels("?sort=-share")).toEqual(["over", "most", "half", "none"]);
    expect(await labels("?sort=share")).toEqual(["none", "half", "most", "over"]);
    expect(await labels("?sort=-used")).toEqual(["half", "most", "over", "none"]);
    expect(await labels("?sort=used")).toEqual(["none", "over", "most", "half"]);
    expect(await labels("?status=nearly&sort=label")).toEqual(["most", "over"]);
    expect(await labels("?status=unused")).toEqual(["none"]);
  });

  it("of a period that is over counts no more, also where the gateway says nothing new", async ({ expect }) => {
    const { token } = await owner.create("alice", MONTHLY);
    const resetsAt = Date.now() + 3_600_000;
    uses.use(token.id, Date.now(), 0, [{ unit: "usd", per: "month", used: 4_900_000, resetsAt }]);
    expect(await labels("?status=nearly")).toEqual(["alice"]);
    vi.setSystemTime(resetsAt);
    expect(await labels("?status=nearly")).toEqual([]);
    expect((await list()).tokens[0]?.budgets).toEqual([
      { unit: "usd", per: "month", limit: 5, used: 0, resetsAt: null },
    ]);
  });

  it("is judged by the limits that the owner sets now", async ({ expect }) => {
    const { token } = await owner.create("alice", MONTHLY);
    uses.use(token.id, Date.now(), 0, [{ unit: "usd", per: "month", used: 4_500_000, resetsAt: Date.now() + 1e9 }]);
    expect(await labels("?status=nearly")).toEqual(["alice"]);
    await owner.send("PATCH", `/api/tokens/${token.id}`, { limits: { budgets: [{ usd: 10, per: "month" }] } });
    expect(await labels("?status=nearly")).toEqual([]);
    const policy = await owner.policy("small", { limits: { budgets: [{ usd: 10, per: "month" }] } });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { policy: policy.id });
    await owner.send("PATCH", `/api/policies/${policy.id}`, { limits: { budgets: [{ usd: 4, per: "month" }] } });
    expect(await labels("?status=nearly")).toEqual(["alice"]);
  });

  it("is asked for at most once in half a minute, and from where the last answer ended", async ({ expect }) => {
    const { token } = await owner.create("alice");
    uses.use(token.id, Date.now());
    await Promise.all(Array.from({ length: 5 }, () => list()));
    expect(uses.asked).toEqual([0]);
    later();
    uses.use(token.id, Date.now());
    expect((await list()).tokens[0]?.lastUsedAt).toBe(new Date().toISOString());
    expect(uses.asked).toEqual([0, 1]);
    expect(await place()).toEqual({ place: 2, next_at: null });
  });

  it("that is more than one answer holds is read on by the alarm, and the list says so", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const usedAt = Date.now();
    for (let index = 0; index < 2_500; index++) uses.use(index === 2_400 ? token.id : `gone${index}`, usedAt);
    expect(await list()).toMatchObject({ usedAsOf: null, tokens: [{ lastUsedAt: null }] });
    await ring();
    await vi.waitFor(async () => expect(await place()).toEqual({ place: 2_500, next_at: null }));
    expect(await list()).toMatchObject({ tokens: [{ lastUsedAt: new Date(usedAt).toISOString() }] });
    expect((await list()).usedAsOf).not.toBeNull();
    expect(uses.asked).toEqual([0, 1000, 2000]);
  });

  for (const [name, useChanges] of [
    ["fails", () => Promise.reject(new Error("it is down"))],
    ["answers with nonsense", async () => ({ uses: null }) as never],
    ["tells nonsense of a token", async () => ({ uses: [{ tokenId: 7 }] as never, next: 1 })],
    ["hangs", () => new Promise<never>(() => {})],
  ] as const) {
    it(`is done without where the gateway ${name}`, async ({ expect }) => {
      await owner.create("alice", MONTHLY);
      await breakDelivery({ useChanges });
      expect(await list()).toMatchObject({ total: 1, tokens: [{ label: "alice", lastUsedAt: null, use: null }] });
      expect(await inRegistry((_, { storage }) => storage.getAlarm())).toBeNull();
    });
  }

  it("stays as it was known where the gateway is away, and is read on when it is back", async ({ expect }) => {
    const { token } = await owner.create("alice");
    uses.use(token.id, Date.now());
    const { usedAsOf } = await list();
    later();
    await breakDelivery({ useChanges: () => Promise.reject(new Error("it is down")) });
    expect(await list()).toMatchObject({ usedAsOf, tokens: [{ use: { requests: 1 } }] });
    later();
    uses = await Uses.install();
    expect((await list()).usedAsOf).toBe(new Date().toISOString());
    expect(uses.asked).toEqual([1]);
  });
});
