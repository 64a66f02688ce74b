import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { createToken } from "../../../../admin/registry/actions.ts";
import { dueWork, enqueue } from "../../../../admin/registry/outbox.ts";
import type { RebuildReport } from "../../../../admin/registry/reports.ts";
import type { TokenRecord } from "../../../../shared/record.ts";
import { newTokenId } from "../../../../shared/token.ts";
import { breakDelivery, inRegistry, Owner, type PolicyBody, ringDue, withSql } from "../../support/admin.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const ACTOR = { session: null, address: "test", userAgent: "" };
const versions = () =>
  withSql((sql) =>
    sql
      .exec<{ record: string }>("SELECT record FROM tokens")
      .toArray()
      .map(({ record }) => JSON.parse(record) as TokenRecord),
  );
const outboxSize = () => withSql((sql) => sql.exec("SELECT 1 FROM outbox").toArray().length);

/** Makes many tokens that follow a policy, as if all had been published long ago. */
const makeFollowers = (policy: PolicyBody, count: number) =>
  inRegistry((instance) => {
    instance.engine.write((sql, now) => {
      for (let index = 0; index < count; index++) {
        const secret = { hash: `${index}`.padStart(64, "0"), typed: false };
        const input = {
          label: `s ${index}`,
          note: null,
          providers: ["openai" as const],
          expiresAt: null,
          secret: null,
        };
        createToken(sql, newTokenId(), { ...input, policy: policy.id }, secret, ACTOR, now);
      }
      sql.exec("DELETE FROM outbox");
    });
  });

/** Counts the calls of each moment, and what the guards were told. */
async function countCalls() {
  const told = new Map<string, TokenRecord>();
  const counts = { apply: 0, put: 0 };
  await breakDelivery({
    apply: async (record) => {
      counts.apply++;
      told.set(record.id, record);
      return { version: record.version };
    },
    put: async () => void counts.put++,
  });
  return { told, counts };
}

describe("an edit of a policy", () => {
  it("of a class of thirty tells every guard before the answer", async ({ expect }) => {
    const policy = await owner.policy("students");
    await makeFollowers(policy, 30);
    const { told, counts } = await countCalls();
    await inRegistry((_, state) => state.storage.deleteAlarm());
    const { body } = await owner.send<{ policy: PolicyBody }>("PATCH", `/api/policies/${policy.id}`, {
      countries: ["DE"],
    });
    expect(body.policy).toMatchObject({ tokens: 30, countries: ["DE"] });
    expect(told.size).toBe(30);
    expect([...told.values()].every(({ countries }) => countries?.[0] === "DE")).toBe(true);
    await vi.waitFor(async () => expect(await outboxSize()).toBe(0), { timeout: 10_000 });
    expect(counts).toEqual({ apply: 30, put: 31 });
  });

  it(
    "of a thousand tokens writes them all at once, and publishes them piece by piece",
    { timeout: 60_000 },
    async ({ expect }) => {
      const policy = await owner.policy("students");
      await makeFollowers(policy, 1000);
      const before = Math.max(...(await versions()).map(({ version }) => version));
      let running = 0;
      let most = 0;
      const told = new Set<string>();
      const slowly = async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
      };
      await breakDelivery({
        apply: async (record) => {
          await slowly();
          told.add(record.id);
          return { version: record.version };
        },
        put: slowly,
      });
      const { status, body } = await owner.send<{ policy: PolicyBody }>("PATCH", `/api/policies/${policy.id}`, {
        limits: { requestsPerMinute: 5 },
      });
      expect([status, body.policy.tokens]).toEqual([200, 1000]);
      expect(body.policy.pending).toBeGreaterThan(800);
      const records = await versions();
      expect(records.every(({ version, limits }) => version > before && limits?.requestsPerMinute === 5)).toBe(true);
      await vi.waitFor(async () => expect(await outboxSize()).toBe(0), { timeout: 50_000, interval: 200 });
      expect(told.size).toBe(1000);
      // What the answer and an alarm have on their way at once.
      expect(most).toBeLessThanOrEqual(31 + 24);
    },
  );

  it("is tried again for the token whose guard failed, and for no other", async ({ expect }) => {
    const policy = await owner.policy("students");
    const [alice, bob] = [
      await owner.create("alice", { policy: policy.id }),
      await owner.create("bob", { policy: policy.id }),
    ];
    await breakDelivery({
      apply: async (record) => {
        if (record.id === alice.token.id) throw new Error("it is down");
        return env.GATEWAY.apply(record);
      },
    });
    const { body } = await owner.send<{ policy: PolicyBody }>("PATCH", `/api/policies/${policy.id}`, {
      countries: ["DE"],
    });
    expect(body.policy).toMatchObject({ tokens: 2, pending: 1 });
    expect((await owner.token(alice.token.id)).pending).toEqual(["gateway"]);
    expect((await owner.token(bob.token.id)).pending).toEqual([]);
    await breakDelivery({ apply: async (record) => env.GATEWAY.apply(record) });
    await ringDue();
    expect((await owner.token(alice.token.id)).pending).toEqual([]);
  });
});

describe("what is due", () => {
  it("goes to the gateway first, and within a number of calls", async ({ expect }) => {
    const policy = await owner.policy("students");
    await makeFollowers(policy, 5);
    await withSql((sql) => {
      for (const { id } of sql.exec<{ id: string }>("SELECT id FROM tokens").toArray())
        enqueue(sql, id, ["gateway", "kv"], 1);
      const targets = (calls: number) => dueWork(sql, 2, calls).map((one) => one.targets.join("+"));
      expect(targets(3)).toEqual(["gateway", "gateway", "gateway"]);
      expect(targets(7)).toEqual(["gateway+kv", "gateway+kv", "gateway", "gateway", "gateway"]);
      expect(targets(10)).toEqual(Array.from({ length: 5 }, () => "gateway+kv"));
      expect(dueWork(sql, 0, 10)).toEqual([]);
      // A gateway that is down doesn't keep KV waiting.
      sql.exec("UPDATE outbox SET attempts = 1");
      expect(targets(3)).toEqual(["gateway+kv", "gateway"]);
      sql.exec("UPDATE secrets SET token_id = (SELECT token_id FROM outbox LIMIT 1)");
      sql.exec("DELETE FROM outbox WHERE token_id <> (SELECT token_id FROM secrets LIMIT 1)");
      expect(targets(3)).toEqual(["gateway+kv"]);
    });
  });
});

const TABLES = ["tokens", "secrets", "outbox", "followers", "settings"];
const lose = (...tables: string[]) => withSql((sql) => tables.map((table) => sql.exec(`DELETE FROM ${table}`)));
const rebuild = async () => (await owner.send<RebuildReport>("POST", "/api/rebuild", { target: "registry" })).body;

describe("policies after the registry was lost", () => {
  it("come back out of KV, with the tokens that follow them", async ({ expect }) => {
    const policy = await owner.policy("students", { endpoints: "all" });
    await owner.send("PUT", "/api/policies/default", { id: policy.id });
    const { token } = await owner.create("alice");
    await lose(...TABLES);
    expect(await rebuild()).toMatchObject({ added: 1, settings: 1, done: true });
    expect(await owner.token(token.id)).toEqual(token);
    const { body } = await owner.send<{ policies: PolicyBody[]; default: string }>("GET", "/api/policies");
    expect(body).toMatchObject({ default: policy.id, policies: [{ name: "students", tokens: 1, isDefault: true }] });
  });

  it("that are lost for good leave their rules with the tokens", async ({ expect }) => {
    const policy = await owner.policy("students", { endpoints: "all" });
    const { token } = await owner.create("alice", { policy: policy.id });
    await env.TOKENS.delete("settings:policies");
    await lose(...TABLES);
    await rebuild();
    const now = await owner.token(token.id);
    expect(now).toMatchObject({ policy: null, endpoints: "all" });
    expect(now.version).toBeGreaterThan(token.version);
    await vi.waitFor(async () => expect((await owner.token(token.id)).pending).toEqual([]));
  });

  it("put right the token that KV has in an older state", async ({ expect }) => {
    const policy = await owner.policy("students");
    const { token } = await owner.create("alice", { policy: policy.id });
    const [key = ""] = (await env.TOKENS.list()).keys.map(({ name }) => name).filter((name) => !name.includes(":"));
    const old = (await env.TOKENS.get(key)) ?? "";
    await owner.send("PATCH", `/api/policies/${policy.id}`, { countries: ["DE"] });
    await env.TOKENS.put(key, old);
    await lose(...TABLES);
    await rebuild();
    expect(await owner.token(token.id)).toMatchObject({
      policy: { id: policy.id },
      countries: ["DE"],
    });
    await vi.waitFor(async () => expect(await env.TOKENS.get(key, "json")).toMatchObject({ countries: ["DE"] }));
    type Log = { entries: { action: string; changes: unknown }[] };
    const { entries } = (await owner.send<Log>("GET", "/api/audit")).body;
    expect(entries.find(({ action }) => action === "policy.reconcile")?.changes).toEqual({
      policy: { before: null, after: "students" },
      tokens: { before: null, after: 1 },
    });
  });
});
