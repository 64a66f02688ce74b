import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { RebuildReport } from "../../../../admin/registry/reports.ts";
import { hashToken } from "../../../../shared/hash.ts";
import type { TokenRecord } from "../../../../shared/record.ts";
import { inRegistry, kvContent, Owner, ring, withSql } from "../../support/admin.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const rebuild = async (target: string) => (await owner.send<RebuildReport>("POST", "/api/rebuild", { target })).body;
const NOTHING = {
  keys: 0,
  added: 0,
  updated: 0,
  kept: 0,
  renamed: 0,
  unreadable: 0,
  unknown: 0,
  queued: 0,
  settings: 0,
  problem: null,
};
const loseRegistry = () =>
  withSql((sql) => ["tokens", "secrets", "outbox"].map((table) => sql.exec(`DELETE FROM ${table}`)));
const kvRecord = async (hash: string) => (await env.TOKENS.get<TokenRecord>(hash, "json")) as TokenRecord;
const putRecord = (hash: string, record: TokenRecord) => env.TOKENS.put(hash, JSON.stringify(record));

const fail = async () => {
  throw new Error("KV is down");
};

describe("the registry from KV", () => {
  it("brings every token back as it was", async ({ expect }) => {
    const alice = await owner.create("alice", { note: "n", expiresAt: "2999-01-01T00:00:00Z" });
    const bob = await owner.create("bob", { secret: "typed-by-the-owner-1" });
    await owner.send("PATCH", `/api/tokens/${bob.token.id}`, { status: "disabled" });
    const before = [await owner.token(alice.token.id), await owner.token(bob.token.id)];
    await loseRegistry();
    expect((await owner.send("GET", `/api/tokens/${alice.token.id}`)).status).toBe(404);
    expect(await rebuild("registry")).toMatchObject({ ...NOTHING, target: "registry", done: true, keys: 2, added: 2 });
    expect([await owner.token(alice.token.id), await owner.token(bob.token.id)]).toEqual(before);
    // Secrets are known again, so that none is issued twice.
    const twice = { label: "carol", providers: ["openai"], secret: "typed-by-the-owner-1" };
    expect((await owner.send("POST", "/api/tokens", twice)).body.errors?.[0]?.field).toBe("secret");
  });

  it("never takes back what the owner said since, and puts the old KV value right", async ({ expect }) => {
    const { secret, token } = await owner.create("alice");
    const hash = await hashToken(secret);
    const stale = await kvRecord(hash);
    await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "disabled", label: "alice 2" });
    const newest = await owner.token(token.id);
    await putRecord(hash, stale);
    expect(await rebuild("registry")).toMatchObject({ ...NOTHING, keys: 1, kept: 1 });
    expect(await owner.token(token.id)).toMatchObject({ ...newest, pending: ["kv"] });
    await ring();
    expect(await kvContent()).toMatchObject({ [hash]: { version: newest.version, state: "disabled" } });
  });

  it("never brings a deleted token back, and takes its key away", async ({ expect }) => {
    const { secret, token } = await owner.create("alice");
    const hash = await hashToken(secret);
    const stale = await kvRecord(hash);
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    await putRecord(hash, stale);
    expect(await rebuild("registry")).toMatchObject({ kept: 1, added: 0, updated: 0 });
    expect((await owner.token(token.id)).status).toBe("deleted");
    await ring();
    expect(await kvContent()).toEqual({});
  });

  it("takes the newest of two values of one token, in either order", async ({ expect }) => {
    for (const newestFirst of [true, false]) {
      const { secret, token } = await owner.create(`alice ${newestFirst}`);
      const rotated = await owner.send<{ secret: string }>("POST", `/api/tokens/${token.id}/rotate`, {
        graceSeconds: 600,
      });
      const hashes = [await hashToken(secret), await hashToken(rotated.body.secret)].toSorted((a, b) =>
        a.localeCompare(b),
      );
      const [first = "", last = ""] = hashes;
      const record = await kvRecord(first);
      await putRecord(newestFirst ? first : last, { ...record, version: record.version + 9, note: "newest" });
      await loseRegistry();
      const report = await rebuild("registry");
      expect(report.added).toBeGreaterThanOrEqual(1);
      expect(await owner.token(token.id)).toMatchObject({ note: "newest", version: record.version + 9 });
      await ring();
      const versions = await Promise.all(hashes.map(async (hash) => (await kvRecord(hash)).version));
      expect(versions).toEqual([record.version + 9, record.version + 9]);
    }
  });

  it("takes a newer value than the registry's, as after going back to an older copy of it", async ({ expect }) => {
    const { secret, token } = await owner.create("alice");
    const hash = await hashToken(secret);
    const record = await kvRecord(hash);
    await putRecord(hash, { ...record, version: record.version + 9, state: "disabled" });
    expect(await rebuild("registry")).toMatchObject({ ...NOTHING, keys: 1, updated: 1 });
    expect(await owner.token(token.id)).toMatchObject({ status: "disabled", version: record.version + 9 });
  });

  it("keeps a token whose label is taken, under another label", async ({ expect }) => {
    const { token } = await owner.create("alice");
    await loseRegistry();
    const { token: other } = await owner.create("alice");
    expect(await rebuild("registry")).toMatchObject({ keys: 2, added: 1, kept: 1, renamed: 1 });
    expect((await owner.token(token.id)).label).toBe(`alice (${token.id})`);
    expect((await owner.token(other.id)).label).toBe("alice");
    await ring();
    expect((await owner.token(token.id)).pending).toEqual([]);
  });

  it("counts what can't be read, and takes nothing of it", async ({ expect }) => {
    const { secret } = await owner.create("alice");
    const record = await kvRecord(await hashToken(secret));
    await loseRegistry();
    await env.TOKENS.delete(await hashToken(secret));
    await env.TOKENS.put("1".repeat(64), "{not json");
    await env.TOKENS.put("2".repeat(64), JSON.stringify({ ...record, providers: ["azure"] }));
    await env.TOKENS.put("3".repeat(64), "null");
    // Well-formed, but under a key that isn't among its hashes.
    await putRecord("4".repeat(64), record);
    const odd = "5".repeat(64);
    await putRecord(odd, { ...record, id: "../etc", secrets: [{ hash: odd, typed: true, endsAt: null }] });
    expect(await rebuild("registry")).toMatchObject({ ...NOTHING, keys: 5, unreadable: 5, done: true });
    expect((await owner.send<{ tokens: unknown[] }>("GET", "/api/tokens")).body.tokens).toEqual([]);
  });

  it("of very many keys goes on by alarm", async ({ expect }) => {
    const { secret } = await owner.create("alice");
    const record = await kvRecord(await hashToken(secret));
    await Promise.all(
      Array.from({ length: 1100 }, async (_, index) => {
        const hash = await hashToken(`token ${index}`);
        const id = String(index).padStart(10, "0");
        await putRecord(hash, {
          ...record,
          id,
          label: `token ${index}`,
          secrets: [{ hash, typed: false, endsAt: null }],
        });
      }),
    );
    const report = await rebuild("registry");
    expect(report).toMatchObject({ done: false, keys: 800 });
    type Status = { rebuild: RebuildReport; tokens: { active: number } };
    await vi.waitFor(
      async () => {
        const { body } = await owner.send<Status>("GET", "/api/status");
        expect(body.rebuild).toMatchObject({ done: true, keys: 1101, added: 1100, kept: 1 });
        expect(body.tokens.active).toBe(1101);
      },
      { timeout: 60_000 },
    );
  }, 90_000);

  it("waits where KV fails, and goes on by itself", async ({ expect }) => {
    await owner.create("alice");
    await loseRegistry();
    await inRegistry((instance) => {
      instance.engine.kv = { list: fail } as unknown as KVNamespace;
    });
    expect(await rebuild("registry")).toMatchObject({
      done: false,
      problem: "KV did not answer. The rebuild goes on by itself in a minute.",
    });
    await inRegistry((instance) => {
      instance.engine.kv = env.TOKENS;
    });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 60_000 });
    expect(await ring()).toBe(true);
    const { body } = await owner.send<{ rebuild: RebuildReport }>("GET", "/api/status");
    expect(body.rebuild).toMatchObject({ done: true, added: 1, problem: null });
  });
});
