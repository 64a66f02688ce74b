import { abortAllDurableObjects, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { retryDelay } from "../../../../admin/registry/outbox.ts";
import { hashToken } from "../../../../shared/hash.ts";
import type { TokenRecord } from "../../../../shared/record.ts";
import {
  breakDelivery,
  inRegistry,
  kvContent,
  Owner,
  ring,
  ringDue,
  type TokenBody,
  withSql,
} from "../../support/admin.ts";

type One = { token: TokenBody };
let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const fail = async (): Promise<never> => {
  throw new Error("it is down");
};
const never = (): Promise<never> => new Promise(() => {});
const outbox = () => withSql((sql) => sql.exec("SELECT gateway, kv, attempts FROM outbox").toArray());
const mend = () =>
  breakDelivery({
    apply: async (record) => env.GATEWAY.apply(record),
    put: async (hash, value) => env.TOKENS.put(hash, value),
    remove: async (hash) => env.TOKENS.delete(hash),
  });

describe("publishing", () => {
  it("is confirmed by the real gateway and KV before the owner's answer", async ({ expect }) => {
    const { secret, token } = await owner.create("alice");
    expect(token.pending).toEqual([]);
    expect(await outbox()).toEqual([]);
    const [hash] = Object.keys(await kvContent());
    expect(hash).toBe(await hashToken(secret));
    // The gateway's guard holds that version: an older one is outranked.
    const stale = { ...(await env.TOKENS.get<TokenRecord>(hash ?? "", "json")), version: 1 } as TokenRecord;
    expect((await env.GATEWAY.apply(stale)).version).toBe(token.version);
  });

  for (const [name, parts, pending, left] of [
    ["the gateway fails", { apply: fail }, ["gateway"], { gateway: 1, kv: 0 }],
    ["KV fails", { put: fail, remove: fail }, ["kv"], { gateway: 0, kv: 1 }],
    ["both fail", { apply: fail, put: fail, remove: fail }, ["gateway", "kv"], { gateway: 1, kv: 1 }],
    [
      "the gateway takes an old version for new",
      { apply: async () => ({ version: 1 }) },
      ["gateway"],
      { gateway: 1, kv: 0 },
    ],
  ] as const) {
    it(`goes on where ${name}, and the alarm finishes it`, async ({ expect }) => {
      await breakDelivery(parts);
      const { token } = await owner.create("alice");
      expect(token.pending).toEqual(pending);
      expect(await outbox()).toMatchObject([left]);
      expect((await owner.token(token.id)).pending).toEqual(pending);
      await ringDue();
      expect((await outbox())[0]).toMatchObject(left);
      await mend();
      expect(await ringDue()).toBe(true);
      expect((await owner.token(token.id)).pending).toEqual([]);
      expect(await outbox()).toEqual([]);
      expect(Object.values(await kvContent()).map(({ version }) => version)).toEqual([token.version]);
      expect(await ring()).toBe(false);
    });
  }

  it("works where the gateway's binding is missing", async ({ expect }) => {
    await inRegistry((instance) => {
      const bindings = { TOKENS: env.TOKENS } as unknown as AdminEnv;
      const Engine = instance.engine.constructor as new (
        s: DurableObjectStorage,
        e: AdminEnv,
      ) => typeof instance.engine;
      instance.engine.delivery = new Engine({} as DurableObjectStorage, bindings).delivery;
    });
    const { token } = await owner.create("alice");
    expect(token.pending).toEqual(["gateway"]);
  });

  it(
    "gives a gateway that hangs three seconds, and then answers the owner",
    { timeout: 15_000 },
    async ({ expect }) => {
      await breakDelivery({ apply: never });
      const { token } = await owner.create("alice");
      expect(token.pending).toEqual(["gateway"]);
    },
  );

  it("tries again later and later, for ever", async ({ expect }) => {
    expect([1, 2, 3, 8, 9, 10, 1000, 5000].map(retryDelay)).toEqual([
      1000, 2000, 4000, 128_000, 256_000, 300_000, 300_000, 300_000,
    ]);
    await breakDelivery({ apply: fail });
    await owner.create("alice");
    for (let round = 0; round < 5; round++) await ringDue();
    const [row] = await withSql((sql) =>
      sql.exec<{ attempts: number; next_at: number }>("SELECT * FROM outbox").toArray(),
    );
    expect(row?.attempts).toBeGreaterThanOrEqual(6);
    expect(row?.next_at).toBeGreaterThan(Date.now() + 20_000);
    const alarm = await inRegistry((_, state) => state.storage.getAlarm());
    expect(alarm).toBe(row?.next_at);
  });

  it("never takes an older version's success for the newest's", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const applied: number[] = [];
    const gate = Promise.withResolvers<void>();
    await breakDelivery({
      apply: async (record) => {
        applied.push(record.version);
        if (applied.length === 1) await gate.promise;
        else throw new Error("it is down");
        return { version: record.version };
      },
    });
    const first = owner.send<One>("PATCH", `/api/tokens/${token.id}`, { note: "first" });
    await vi.waitFor(() => expect(applied).toHaveLength(1));
    const second = owner.send<One>("PATCH", `/api/tokens/${token.id}`, { note: "second" });
    await vi.waitFor(async () => expect((await owner.token(token.id)).note).toBe("second"));
    gate.resolve();
    await first;
    expect((await second).body.token.pending).toEqual(["gateway"]);
    expect(await owner.token(token.id)).toMatchObject({ note: "second", pending: ["gateway"] });
    expect(applied[1]).toBeGreaterThan(applied[0] ?? Number.MAX_VALUE);
  });

  it("sends only the newest record where edits wait for each other", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const applied: number[] = [];
    await breakDelivery({
      apply: async (record) => {
        applied.push(record.version);
        await new Promise((resolve) => setTimeout(resolve, 50));
        return { version: record.version };
      },
    });
    const edit = (note: string) => owner.send<One>("PATCH", `/api/tokens/${token.id}`, { note });
    await Promise.all(Array.from({ length: 10 }, (_, index) => edit(`note ${index}`)));
    expect(applied).toEqual(applied.toSorted((a, b) => a - b));
    expect(applied.at(-1)).toBe((await owner.token(token.id)).version);
    expect(applied.length).toBeLessThan(10);
  });

  it("is taken up after a crash", async ({ expect }) => {
    await breakDelivery({ apply: fail });
    const { token } = await owner.create("alice");
    await inRegistry((_, state) => state.storage.deleteAlarm());
    await abortAllDurableObjects();
    // The new instance has the real gateway, and sets the alarm that was lost.
    expect((await owner.token(token.id)).pending).toEqual(["gateway"]);
    expect(await ringDue()).toBe(true);
    expect((await owner.token(token.id)).pending).toEqual([]);
  });

  it("goes in batches that stay below fifty calls, and sets the next alarm by itself", async ({ expect }) => {
    await breakDelivery({ apply: fail, put: fail });
    await Promise.all(Array.from({ length: 30 }, (_, index) => owner.create(`token ${index}`)));
    let calls = 0;
    await mend();
    await inRegistry((instance) => {
      const { delivery } = instance.engine;
      instance.engine.delivery = {
        ...delivery,
        apply: (record) => (calls++, delivery.apply(record)),
        put: (hash, value) => (calls++, delivery.put(hash, value)),
      };
    });
    await withSql((sql) => sql.exec("UPDATE outbox SET next_at = 1"));
    await ring();
    expect(calls).toBeGreaterThan(0);
    await vi.waitFor(async () => expect(await outbox()).toEqual([]), { timeout: 5000 });
    expect(calls).toBe(60);
  });

  it("writes down where the guard knows a newer record than the registry", async ({ expect }) => {
    await breakDelivery({ apply: async (record) => ({ version: record.version + 5 }) });
    const { token } = await owner.create("alice");
    expect(token.pending).toEqual([]);
    type Log = { entries: { action: string; session: string | null; changes: unknown }[] };
    const { body } = await owner.send<Log>("GET", `/api/audit?token=${token.id}`);
    expect(body.entries[0]).toMatchObject({
      action: "token.outranked",
      session: null,
      changes: { version: { before: token.version, after: token.version + 5 } },
    });
  });

  it("takes a deleted token's KV key away even where that failed at first", async ({ expect }) => {
    const { token } = await owner.create("alice");
    await breakDelivery({ remove: fail });
    const { body } = await owner.send<One>("DELETE", `/api/tokens/${token.id}`);
    expect(body.token.pending).toEqual(["kv"]);
    expect(Object.keys(await kvContent())).toHaveLength(1);
    await mend();
    await ringDue();
    expect(await kvContent()).toEqual({});
    expect((await owner.token(token.id)).pending).toEqual([]);
  });
});
