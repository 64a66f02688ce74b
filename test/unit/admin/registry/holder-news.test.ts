import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { breakDelivery, inRegistry, kvContent, Owner, ring, registry, withSql } from "../../support/admin.ts";
import { Holders, recordOf } from "./holders.ts";

let owner: Owner;
let holders: Holders;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  owner = await Owner.signedIn();
  holders = await Holders.install();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const HELD = "secret-that-a-holder-was-given";
const later = () => vi.setSystemTime(Date.now() + 5_100);
const fresh = () => owner.create("alice", { holderMay: ["rotate", "revoke"] });
const LIST = {
  query: "",
  status: null,
  provider: null,
  policy: null,
  sort: "created" as const,
  descending: true,
  cursor: null,
  limit: 50,
};

describe("what holders did", () => {
  for (const [name, look] of [
    ["the list", () => owner.send("GET", "/api/tokens")],
    ["a token", () => owner.send("GET", "/api/tokens/abcdefghij")],
    ["the status", () => owner.send("GET", "/api/status")],
  ] as const) {
    it(`is heard of when the owner looks at ${name}, and KV learns of it`, async ({ expect }) => {
      const { token } = await fresh();
      const held = holders.rotate(token.id, await hashToken(HELD));
      later();
      await look();
      const record = await recordOf(token.id);
      expect(record).toMatchObject({ secrets: held.secrets, holderActedAt: held.holderActedAt });
      expect(record.version).toBeGreaterThan(held.version);
      await ring();
      await vi.waitFor(async () => expect((await owner.token(token.id)).pending).toEqual([]));
      expect(Object.keys(await kvContent())).toEqual([await hashToken(HELD)]);
      expect(holders.records.get(token.id)).toEqual(record);
    });
  }

  it("is asked for each time the owner looks at a token that its holder may change", async ({ expect }) => {
    const { token } = await fresh();
    const { token: other } = await owner.create("bob");
    await owner.token(token.id);
    holders.revoke(token.id);
    await owner.token(other.id);
    expect(holders.asked).toEqual([0]);
    expect(await owner.token(token.id)).toMatchObject({ status: "disabled" });
  });

  it("is asked for every five seconds at most otherwise, and from where the last answer ended", async ({ expect }) => {
    const { token } = await fresh();
    await owner.token(token.id);
    holders.revoke(token.id);
    await Promise.all(Array.from({ length: 5 }, () => owner.send("GET", "/api/tokens")));
    expect(holders.asked).toEqual([0]);
    later();
    expect(await owner.token(token.id)).toMatchObject({ status: "disabled" });
    later();
    await owner.token(token.id);
    expect(holders.asked).toEqual([0, 0, 1]);
  });

  it("that is more than one answer holds is asked for again at once", async ({ expect }) => {
    const { token } = await fresh();
    for (let index = 0; index < 150; index++) holders.rotate(token.id, await hashToken(`${HELD}-${index}`));
    later();
    for (let count = 0; count < 3; count++) await owner.send("GET", "/api/tokens");
    expect(holders.asked).toEqual([0, 100]);
    expect((await recordOf(token.id)).secrets).toMatchObject([{ hash: await hashToken(`${HELD}-149`) }]);
    expect(await withSql((sql) => sql.exec("SELECT place FROM holder_news").one())).toEqual({ place: 150 });
  });

  it("is asked for before the owner enables or rotates such a token, and only then", async ({ expect }) => {
    const { token } = await fresh();
    const { token: other } = await owner.create("bob");
    await owner.token(token.id);
    const { length } = holders.asked;
    await owner.send("PATCH", `/api/tokens/${other.id}`, { status: "active" });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { label: "carol", status: "disabled" });
    expect(holders.asked).toHaveLength(length);
    await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "active" });
    await owner.send("POST", `/api/tokens/${token.id}/rotate`);
    expect(holders.asked).toHaveLength(length + 2);
  });

  it("of a token that the registry doesn't know is passed over", async ({ expect }) => {
    const { token } = await fresh();
    holders.revoke(token.id);
    await withSql((sql) => sql.exec("DELETE FROM tokens"));
    later();
    expect((await registry().listTokens(LIST)).tokens).toEqual([]);
    expect(await withSql((sql) => sql.exec("SELECT place FROM holder_news").one())).toEqual({ place: 1 });
  });

  for (const [name, holderChanges] of [
    ["fails", () => Promise.reject(new Error("it is down"))],
    ["answers with nonsense", async () => ({ records: [{ id: "x" }] as never, next: 0 })],
    ["hangs", () => new Promise<never>(() => {})],
  ] as const) {
    it(`is done without where the gateway ${name}`, { timeout: 15_000 }, async ({ expect }) => {
      const { token } = await fresh();
      await breakDelivery({ holderChanges });
      later();
      const began = performance.now();
      expect((await owner.send("GET", "/api/tokens")).status).toBe(200);
      expect(performance.now() - began).toBeLessThan(4_000);
      expect((await owner.token(token.id)).status).toBe("active");
      expect(await inRegistry((_, { storage }) => storage.getAlarm())).toBeNull();
    });
  }
});
