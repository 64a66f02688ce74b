import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { TokenUse } from "../../../../shared/usage.ts";
import { MOST_COUNTED, readAttention } from "../../../../admin/registry/attention.ts";
import { breakDelivery, inRegistry, Owner, registry, ringDue, withSql } from "../../support/admin.ts";
import { fails } from "../../support/usage.ts";

const NOW = Date.UTC(2026, 10, 24, 14, 30);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let owner: Owner;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const inDays = (days: number) => new Date(NOW + days * DAY).toISOString();
const labels = ({ first }: { first: { label: string }[] }) => first.map(({ label }) => label);

const sets = async () => (await registry().attention()).providerSets.map((set) => set.join()).toSorted();

describe("what the registry finds", () => {
  it("is nothing where nothing is", async ({ expect }) => {
    expect(await registry().attention()).toEqual({
      hasTokens: false,
      expiring: { count: 0, first: [] },
      unused: { count: 0, first: [] },
      budgetsUsedUp: { count: 0, first: [] },
      budgetsNear: { count: 0, first: [] },
      providerSets: [],
      pending: { tokens: 0, settings: 0, since: null },
      rebuild: null,
    });
  });

  it("knows whether there is a token, and forgets deleted ones", async ({ expect }) => {
    const { token } = await owner.create("alice");
    expect((await registry().attention()).hasTokens).toBe(true);
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    expect((await registry().attention()).hasTokens).toBe(false);
  });

  it("counts live tokens that end within seven days, and names the next three", async ({ expect }) => {
    const { token } = await owner.create("off", { expiresAt: inDays(2) });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "disabled" });
    for (const days of [5, 1, 7, 3, 8]) await owner.create(`in ${days}`, { expiresAt: inDays(days) });
    await owner.create("for ever");
    const { expiring } = await registry().attention();
    expect([expiring.count, labels(expiring)]).toEqual([4, ["in 1", "in 3", "in 5"]]);
    vi.setSystemTime(NOW + 2 * DAY);
    // The first has ended, and the eighth day's is near now.
    const later = (await registry().attention()).expiring;
    expect([later.count, labels(later)]).toEqual([4, ["in 3", "in 5", "in 7"]]);
  });

  it("tells which sets of providers live tokens are for", async ({ expect }) => {
    await owner.create("all", { providers: ["gemini", "openai", "anthropic"] });
    await owner.create("all too", { providers: ["openai", "anthropic", "gemini"] });
    await owner.create("one", { providers: ["gemini"], expiresAt: inDays(1) });
    const { token } = await owner.create("off", { providers: ["anthropic"] });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "disabled" });
    expect(await sets()).toEqual(["gemini", "openai,anthropic,gemini"]);
    vi.setSystemTime(NOW + 2 * DAY);
    expect(await sets()).toEqual(["openai,anthropic,gemini"]);
  });

  it("counts changes that aren't published, since the oldest of them", async ({ expect }) => {
    await breakDelivery({ apply: fails });
    const { token } = await owner.create("alice");
    vi.setSystemTime(NOW + MINUTE);
    await owner.create("bob");
    await owner.send("PATCH", `/api/tokens/${token.id}`, { note: "edited later" });
    const { pending } = await registry().attention();
    expect(pending).toMatchObject({ tokens: 2, settings: 0 });
    expect((pending.since ?? 0) - NOW).toBeLessThanOrEqual(5_000);
    await breakDelivery({ apply: async ({ version }) => ({ version }) });
    await ringDue();
    expect((await registry().attention()).pending).toEqual({ tokens: 0, settings: 0, since: null });
  });

  it("counts settings that KV didn't take", async ({ expect }) => {
    await breakDelivery({ put: fails });
    await owner.policy("Classes");
    expect((await registry().attention()).pending).toEqual({ tokens: 0, settings: 1, since: null });
  });

  it("tells of a rebuild only while it is on its way", async ({ expect }) => {
    await inRegistry((instance) => {
      instance.engine.kv = { list: fails } as unknown as KVNamespace;
    });
    await owner.send("POST", "/api/rebuild", { target: "registry" });
    expect((await registry().attention()).rebuild).toMatchObject({ target: "registry", startedAt: NOW });
    await inRegistry((_, { storage }) => {
      storage.sql.exec("UPDATE rebuild SET job = json_set(job, '$.report.done', json('true'))");
    });
    expect((await registry().attention()).rebuild).toBeNull();
  });
});

const use = (tokenId: string, some: Partial<TokenUse> = {}): TokenUse => ({
  tokenId,
  lastUsedAt: NOW - HOUR,
  requests: 1,
  micros: 1,
  budgets: [],
  ...some,
});
const tell = (uses: TokenUse[]) =>
  breakDelivery({ useChanges: async (after) => ({ uses: after === 0 ? uses : [], next: 1 }) });
const ofDay = (used: number, resetsAt = NOW + HOUR): Partial<TokenUse> => ({
  budgets: [{ unit: "usd", per: "day", used, resetsAt }],
});
const limits = { budgets: [{ usd: 1, per: "day" }] };
const laterBy = async (days: number) => {
  vi.setSystemTime(NOW + days * DAY);
  return registry().attention();
};

describe("how tokens are used", () => {
  it("tells tokens that were never used, fourteen days after they were made, the oldest first", async ({ expect }) => {
    const [used] = [await owner.create("used"), await owner.create("idle")];
    const { token } = await owner.create("off");
    await owner.create("ends", { expiresAt: inDays(10) });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "disabled" });
    vi.setSystemTime(NOW + MINUTE);
    await owner.create("idle too");
    await tell([use(used.token.id)]);
    expect((await laterBy(13.9)).unused).toEqual({ count: 0, first: [] });
    const { unused } = await laterBy(15);
    expect([unused.count, labels(unused)]).toEqual([2, ["idle", "idle too"]]);
  });

  it("says nothing of it while it was never told", async ({ expect }) => {
    await breakDelivery({ useChanges: fails });
    await owner.create("idle");
    expect((await laterBy(30)).unused.count).toBe(0);
  });

  it("tells budgets that are used up from those that are near it, of live tokens, until they begin anew", async ({
    expect,
  }) => {
    const made = [];
    for (const label of ["79", "80", "95", "100", "120", "off", "over"])
      made.push(await owner.create(label, { limits }));
    const [a, b, c, d, e, off, over] = made.map(({ token }) => token.id);
    await owner.send("PATCH", `/api/tokens/${off}`, { status: "disabled" });
    const shares = [
      [a, 0.79],
      [b, 0.8],
      [c, 0.95],
      [d, 1],
      [e, 1.2],
      [off, 1],
    ] as const;
    await tell([
      ...shares.map(([id, share]) => use(id ?? "", ofDay(share * 1_000_000))),
      use(over ?? "", ofDay(1_000_000, NOW - 1)),
    ]);
    const { budgetsUsedUp, budgetsNear } = await registry().attention();
    expect([budgetsUsedUp.count, labels(budgetsUsedUp)]).toEqual([2, ["120", "100"]]);
    expect([budgetsNear.count, labels(budgetsNear)]).toEqual([2, ["95", "80"]]);
    const { body } = await owner.send<{ tokens: { label: string }[] }>("GET", "/api/tokens?status=nearly&sort=-share");
    expect(body.tokens.map(({ label }) => label)).toEqual(["120", "100", "95", "80"]);
    vi.setSystemTime(NOW + HOUR);
    const later = await registry().attention();
    expect([later.budgetsUsedUp.count, later.budgetsNear.count]).toEqual([0, 0]);
  });
});

describe("of very many tokens", () => {
  const fill = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 30000)
    INSERT INTO listed (id, state, created_at, expires_at, label_key, providers, policy, holder_acted_at, used_at, share)
    SELECT 't' || n, 0, ?1 - n, iif(n <= 20000, ?2 + n, 9007199254740991), '', 1 + n % 2, '', 0, iif(n <= 5, 0, 1),
      iif(n <= 7, 0.9, 0) FROM numbers`;

  it("counts up to a thousand, and reads no more than it counts", async ({ expect }) => {
    const { read, found } = await withSql((sql) => {
      sql.exec(fill, NOW - 30 * DAY, NOW + HOUR);
      const cursors: SqlStorageCursor<Record<string, SqlStorageValue>>[] = [];
      const counting = {
        exec: (...args: Parameters<SqlStorage["exec"]>) => {
          const cursor = sql.exec(...args);
          cursors.push(cursor);
          return cursor;
        },
      } as SqlStorage;
      const found = readAttention(counting, NOW, true);
      return { read: cursors.reduce((sum, { rowsRead }) => sum + rowsRead, 0), found };
    });
    expect([found.expiring.count, found.expiring.first.map(({ id }) => id)]).toEqual([
      MOST_COUNTED,
      ["t1", "t2", "t3"],
    ]);
    expect([found.unused.count, found.budgetsNear.count, found.providerSets]).toEqual([
      5,
      7,
      [["openai"], ["anthropic"]],
    ]);
    expect(read).toBeLessThan(2 * MOST_COUNTED + 200);
  });
});
