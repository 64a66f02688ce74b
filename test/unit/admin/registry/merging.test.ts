import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { breakDelivery, kvContent, Owner, ringDue, type TokenBody } from "../../support/admin.ts";
import { Holders, recordOf } from "./holders.ts";

type One = { token: TokenBody };
type Log = { entries: { action: string; address: string; session: string | null; changes: unknown }[] };
const HELD = "typed-looking-secret-of-a-holder";
let owner: Owner;
let holders: Holders;
beforeEach(async () => {
  owner = await Owner.signedIn();
  holders = await Holders.install();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const edit = async (id: string, change: object): Promise<TokenBody> =>
  (await owner.send<One>("PATCH", `/api/tokens/${id}`, change)).body.token;
const rotate = async (id: string, body: object) =>
  (await owner.send<{ secret: string; token: TokenBody }>("POST", `/api/tokens/${id}/rotate`, body)).body;
const keys = async (): Promise<string[]> => Object.keys(await kvContent()).toSorted((a, b) => a.localeCompare(b));
const auditOf = async (id: string): Promise<Log["entries"]> =>
  (await owner.send<Log>("GET", `/api/audit?token=${id}`)).body.entries;
const fresh = () => owner.create("alice", { holderMay: ["rotate", "revoke"] });

describe("an owner's edit of a token that its holder has rotated", () => {
  it("keeps the holder's secret and the owner's fields, and is published everywhere", async ({ expect }) => {
    const { secret, token } = await fresh();
    const held = holders.rotate(token.id, await hashToken(HELD), 60);
    const now = await edit(token.id, { label: "bob" });
    expect(now).toMatchObject({
      label: "bob",
      status: "active",
      pending: [],
      holderActedAt: new Date(held.holderActedAt ?? 0).toISOString(),
      secrets: [{ typed: false, endsAt: null }, { typed: false }],
    });
    expect(now.version).toBeGreaterThan(held.version);
    const record = await recordOf(token.id);
    expect(record.secrets).toEqual(held.secrets);
    expect(holders.records.get(token.id)).toEqual(record);
    const content = await kvContent();
    expect(content[await hashToken(HELD)]).toEqual(record);
    expect(content[await hashToken(secret)]).toEqual(record);
    expect((await auditOf(token.id))[0]).toMatchObject({
      action: "token.rotated_by_holder",
      address: "holder",
      session: null,
      changes: {},
    });
  });

  it("takes the old secret's KV key away where the holder left it no grace", async ({ expect }) => {
    const { token } = await fresh();
    holders.rotate(token.id, await hashToken(HELD));
    await edit(token.id, { label: "bob" });
    expect(await keys()).toEqual([await hashToken(HELD)]);
  });

  it("makes the holder's secret one that is never issued again", async ({ expect }) => {
    const { token } = await fresh();
    holders.rotate(token.id, await hashToken(HELD));
    await edit(token.id, { label: "bob" });
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    const again = await owner.send("POST", "/api/tokens", { label: "eve", providers: ["openai"], secret: HELD });
    expect([again.status, again.body.errors?.[0]?.field]).toEqual([409, "secret"]);
  });

  it("through its policy does the same", async ({ expect }) => {
    const policy = await owner.policy("students", { holderMay: ["rotate"] });
    const { token } = await owner.create("alice", { policy: policy.id });
    holders.rotate(token.id, await hashToken(HELD));
    await owner.send("PATCH", `/api/policies/${policy.id}`, { countries: ["DE"] });
    await vi.waitFor(async () => expect((await owner.token(token.id)).pending).toEqual([]));
    const record = await recordOf(token.id);
    expect(record).toMatchObject({ countries: ["DE"], secrets: [{ hash: await hashToken(HELD) }] });
    expect(holders.records.get(token.id)).toEqual(record);
    expect(await kvContent()).toMatchObject({ [await hashToken(HELD)]: { countries: ["DE"] } });
  });

  it("is merged once, however often the guard tells of it", async ({ expect }) => {
    const { token } = await fresh();
    holders.rotate(token.id, await hashToken(HELD));
    await edit(token.id, { label: "bob" });
    await edit(token.id, { label: "carol" });
    await ringDue();
    const actions = (await auditOf(token.id)).map(({ action }) => action);
    expect(actions).toEqual(["token.update", "token.rotated_by_holder", "token.update", "token.create"]);
  });
});

describe("an owner's action on a token that its holder has revoked", () => {
  it("doesn't enable it again by itself", async ({ expect }) => {
    const { token } = await fresh();
    holders.revoke(token.id);
    expect(await edit(token.id, { label: "bob" })).toMatchObject({ label: "bob", status: "disabled", pending: [] });
    expect(holders.records.get(token.id)).toMatchObject({ state: "disabled", label: "bob" });
    expect(Object.values(await kvContent())).toMatchObject([{ state: "disabled" }]);
    expect((await auditOf(token.id))[0]).toMatchObject({
      action: "token.revoked_by_holder",
      address: "holder",
      changes: { state: { before: "active", after: "disabled" } },
    });
    expect(await edit(token.id, { note: "n" })).toMatchObject({ status: "disabled" });
    const { token: rotated } = await rotate(token.id, {});
    expect(rotated.status).toBe("disabled");
  });

  it("enables it where that is what the owner says", async ({ expect }) => {
    const { token } = await fresh();
    holders.revoke(token.id);
    expect(await edit(token.id, { status: "active" })).toMatchObject({ status: "active", pending: [] });
    expect(holders.records.get(token.id)).toMatchObject({ state: "active" });
    expect(Object.values(await kvContent())).toMatchObject([{ state: "active" }]);
    // A copy of the revocation that arrives late changes nothing.
    await edit(token.id, { label: "bob" });
    expect((await owner.token(token.id)).status).toBe("active");
  });

  it("deletes it for good all the same", async ({ expect }) => {
    const { token } = await fresh();
    holders.rotate(token.id, await hashToken(HELD));
    await owner.send("DELETE", `/api/tokens/${token.id}`);
    expect(await owner.token(token.id)).toMatchObject({ status: "deleted", pending: [] });
    expect(holders.records.get(token.id)).toMatchObject({ state: "deleted" });
    expect(await keys()).toEqual([]);
  });
});

const deaf = () => breakDelivery({ apply: () => Promise.reject(new Error("it is down")) });
const again = async () => {
  await breakDelivery({ apply: async (record) => holders.apply(record) });
  await ringDue();
  await ringDue();
};

describe("an owner's action that the guard didn't hear of before the holder acted", () => {
  it("disabled stays disabled", async ({ expect }) => {
    const { token } = await fresh();
    await deaf();
    await edit(token.id, { status: "disabled" });
    holders.rotate(token.id, await hashToken(HELD), 0, Date.now() + 5000);
    await again();
    expect(holders.records.get(token.id)).toMatchObject({
      state: "disabled",
      secrets: [{ hash: await hashToken(HELD) }],
    });
    expect(await owner.token(token.id)).toMatchObject({ status: "disabled", pending: [] });
  });

  it("rotated after the holder did ends the holder's secret", async ({ expect }) => {
    const { token } = await fresh();
    holders.rotate(token.id, await hashToken(HELD), 600, Date.now() - 5000);
    await breakDelivery({ holderChanges: () => Promise.reject(new Error("it is down")) });
    const { secret, token: now } = await rotate(token.id, {});
    expect(now).toMatchObject({ secrets: [{ endsAt: null }], pending: [] });
    expect(holders.records.get(token.id)?.secrets.map(({ hash }) => hash)).toEqual([await hashToken(secret)]);
    expect(await keys()).toEqual([await hashToken(secret)]);
    const eve = await owner.send("POST", "/api/tokens", { label: "eve", providers: ["openai"], secret: HELD });
    expect(eve.status).toBe(409);
  });

  it("rotated with a grace lets the holder's secret go on for it, and no longer", async ({ expect }) => {
    const { secret: first, token } = await fresh();
    holders.rotate(token.id, await hashToken(HELD), 30, Date.now() - 5000);
    await breakDelivery({ holderChanges: () => Promise.reject(new Error("it is down")) });
    const { secret } = await rotate(token.id, { graceSeconds: 600 });
    const record = await recordOf(token.id);
    const [mine, held, old] = record.secrets;
    expect([mine?.hash, held?.hash, old?.hash]).toEqual([
      await hashToken(secret),
      await hashToken(HELD),
      await hashToken(first),
    ]);
    expect(Math.abs((held?.endsAt ?? 0) - Date.now() - 600_000)).toBeLessThan(10_000);
    expect(old?.endsAt).toBeLessThan(Date.now() + 30_000);
  });
});
