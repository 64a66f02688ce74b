import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { MOST_COUNTED, readAttention } from "../../../../admin/registry/attention.ts";
import { breakDelivery, inRegistry, Owner, registry, ringDue, withSql } from "../../support/admin.ts";
import { fails } from "../../support/usage.ts";

const NOW = Date.UTC(2026, 10, 24, 14, 30);
const HOUR = 3_600_000;
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
    for (const [label, days] of [
      ["in 5", 5],
      ["in 1", 1],
      ["in 7", 7],
      ["in 3", 3],
      ["in 8", 8],
      ["off", 2],
    ] as const) {
      await owner.create(label, { expiresAt: inDays(days) });
    }
    await owner.create("for ever");
    const { body } = await owner.send<{ tokens: { id: string }[] }>("GET", "/api/tokens?query=off");
    await owner.send("PATCH", `/api/tokens/${body.tokens[0]?.id}`, { status: "disabled" });
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
    const sets = async () => (await registry().attention()).providerSets.map((set) => set.join()).toSorted();
    expect(await sets()).toEqual(["gemini", "openai,anthropic,gemini"]);
    vi.setSystemTime(NOW + 2 * DAY);
    expect(await sets()).toEqual(["openai,anthropic,gemini"]);
  });

  it("counts changes that aren't published, since the oldest of them", async ({ expect }) => {
    await breakDelivery({ apply: fails });
    const { token } = await owner.create("alice");
    vi.setSystemTime(NOW + HOUR);
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

describe("of very many tokens", () => {
  const fill = `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 20000)
    INSERT INTO tokens (id, label, state, providers, expires_at, created_at, search, record)
    SELECT 't' || n, 'token ' || n, 'active', '["openai"]', ?1 + n, ?1, '', '{}' FROM numbers`;

  it("counts up to ten thousand, and reads no more than it says", async ({ expect }) => {
    const rows = await withSql((sql) => {
      sql.exec(fill, NOW + HOUR);
      let read = 0;
      const counting = new Proxy(sql, {
        get: (target, name) =>
          name !== "exec"
            ? (Reflect.get(target, name) as unknown)
            : (...args: Parameters<SqlStorage["exec"]>) => {
                const cursor = target.exec(...args);
                const found = cursor.toArray();
                read += cursor.rowsRead;
                return { toArray: () => found, one: () => found[0] };
              },
      });
      const found = readAttention(counting, NOW);
      return { read, expiring: found.expiring };
    });
    expect([rows.expiring.count, labels(rows.expiring)]).toEqual([MOST_COUNTED, ["token 1", "token 2", "token 3"]]);
    expect(rows.read).toBeLessThan(MOST_COUNTED + 100);
  });
});
