import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { generateToken } from "../../../../shared/token.ts";
import { breakDelivery, kvContent, Owner, ring, ringDue, type TokenBody } from "../../support/admin.ts";
import { Holders, recordOf } from "./holders.ts";

type Log = { entries: { action: string; address: string; changes: Record<string, { after: unknown }> }[] };
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

const wait = (ms = 61_000) => vi.setSystemTime(Date.now() + ms);
const auditOf = async (id: string): Promise<Log["entries"]> =>
  (await owner.send<Log>("GET", `/api/audit?token=${id}`)).body.entries;
const actionsOf = async (id: string) => (await auditOf(id)).map(({ action }) => action);
const newHash = (id: string): Promise<string> => hashToken(generateToken(id));
const withdraw = (id: string) => owner.send<{ token: TokenBody }>("DELETE", `/api/tokens/${id}/claim`);
const deaf = { apply: () => Promise.reject(new Error("it is down")) };
const mute = { holderChanges: () => Promise.reject(new Error("it is down")) };
/** The gateway comes back, and hears all that it missed. */
const back = async (): Promise<void> => {
  await breakDelivery({ apply: async (record) => holders.apply(record) });
  await ringDue();
  await ringDue();
};

describe("a prepared token", () => {
  it("opens to nobody, is in no KV key, and its guard knows of the link by its hash", async ({ expect }) => {
    const { claim, token } = await owner.prepare("alice");
    expect(token).toMatchObject({ status: "active", secrets: [], pending: [], claim: { state: "open" } });
    expect(await kvContent()).toEqual({});
    const record = await recordOf(token.id);
    expect(record).toMatchObject({ secrets: [], claim: { hash: await hashToken(claim), used: null } });
    expect(holders.records.get(token.id)).toEqual(record);
    expect(JSON.stringify(record)).not.toContain(claim.slice(14));
    expect(await actionsOf(token.id)).toEqual(["token.claim.prepare", "token.create"]);
  });

  it("that was claimed is heard of, published to KV, and written down", async ({ expect }) => {
    const { token } = await owner.prepare("alice");
    const hash = await newHash(token.id);
    const held = holders.claim(token.id, hash);
    wait();
    const now = await owner.token(token.id);
    const usedAt = new Date(held.claim?.used?.at ?? 0).toISOString();
    expect(now.claim).toEqual({ ...token.claim, state: "used", usedAt, country: "DE" });
    expect(now.secrets).toEqual([{ typed: false, endsAt: null }]);
    await ring();
    await vi.waitFor(async () => expect((await owner.token(token.id)).pending).toEqual([]));
    expect(Object.keys(await kvContent())).toEqual([hash]);
    const record = await recordOf(token.id);
    expect(record.version).toBeGreaterThan(held.version);
    expect(holders.records.get(token.id)).toEqual(record);
    expect((await auditOf(token.id))[0]).toMatchObject({
      action: "token.claim.done",
      address: "holder",
      changes: { claimedAt: { after: usedAt }, country: { after: "DE" } },
    });
    expect(JSON.stringify(await auditOf(token.id))).not.toContain(hash);
  });

  it("is merged with an edit that the guard doesn't let undo the claim, once", async ({ expect }) => {
    const { token } = await owner.prepare("alice");
    const hash = await newHash(token.id);
    holders.claim(token.id, hash);
    const edited = await owner.send<{ token: TokenBody }>("PATCH", `/api/tokens/${token.id}`, { label: "bob" });
    expect(edited.body.token).toMatchObject({ label: "bob", claim: { state: "used" }, pending: [] });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { label: "carol" });
    wait();
    await owner.token(token.id);
    const actions = await actionsOf(token.id);
    expect(actions.filter((action) => action === "token.claim.done")).toHaveLength(1);
    expect(actions).not.toContain("token.rotated_by_holder");
    expect(Object.keys(await kvContent())).toEqual([hash]);
  });

  it("whose claim brought another token's hash gets no secret by it, and that token keeps it", async ({ expect }) => {
    const { secret, token: bob } = await owner.create("bob");
    const { token } = await owner.prepare("alice");
    const hash = await hashToken(secret);
    holders.claim(token.id, hash);
    wait();
    expect(await owner.token(token.id)).toMatchObject({ secrets: [], claim: { state: "used" } });
    await ringDue();
    expect(await kvContent()).toMatchObject({ [hash]: { id: bob.id } });
    expect((await owner.token(bob.id)).secrets).toHaveLength(1);
  });
});

describe("an owner who acts on a token that was just claimed", () => {
  it("is told that the link was used, when they take it back", async ({ expect }) => {
    const { token } = await owner.prepare("alice");
    holders.claim(token.id, await newHash(token.id));
    expect((await withdraw(token.id)).status).toBe(409);
    expect(await owner.token(token.id)).toMatchObject({ claim: { state: "used" }, secrets: [{ typed: false }] });
  });

  it("is told so by the guard too, where the ledger has no news", async ({ expect }) => {
    const { token } = await owner.prepare("alice");
    const hash = await newHash(token.id);
    holders.claim(token.id, hash);
    await breakDelivery(mute);
    wait(1_000);
    const answer = await withdraw(token.id);
    expect([answer.status, answer.text]).toEqual([409, expect.stringContaining("The link was used already.")]);
    expect((await recordOf(token.id)).secrets).toEqual([{ hash, typed: false, endsAt: null }]);
    expect(await actionsOf(token.id)).toContain("token.claim.done");
  });

  it("ends what was claimed by rotating", async ({ expect }) => {
    const { token } = await owner.prepare("alice");
    holders.claim(token.id, await newHash(token.id));
    await breakDelivery(mute);
    wait(1_000);
    const { body } = await owner.send<{ secret: string }>("POST", `/api/tokens/${token.id}/rotate`);
    expect(Object.keys(await kvContent())).toEqual([await hashToken(body.secret)]);
    expect(holders.records.get(token.id)?.secrets).toHaveLength(1);
    expect(await owner.token(token.id)).toMatchObject({ claim: { state: "used" } });
  });

  it("and makes another link keeps both: what was claimed, and the link", async ({ expect }) => {
    const { token } = await owner.prepare("alice");
    const hash = await newHash(token.id);
    holders.claim(token.id, hash);
    await breakDelivery(mute);
    wait(1_000);
    await owner.send("POST", `/api/tokens/${token.id}/claim`);
    expect(await owner.token(token.id)).toMatchObject({ claim: { state: "open" }, pending: [] });
    expect((await recordOf(token.id)).secrets).toEqual([{ hash, typed: false, endsAt: null }]);
    const second = await newHash(token.id);
    holders.claim(token.id, second);
    await owner.send("PATCH", `/api/tokens/${token.id}`, { label: "bob" });
    const actions = await actionsOf(token.id);
    expect(actions.filter((action) => action === "token.claim.done")).toHaveLength(2);
    expect(Object.keys(await kvContent())).toEqual([second]);
  });
});

describe("a link that was used after the owner's word, which the guard hadn't heard", () => {
  for (const [name, act, state] of [
    ["taken back", (id: string) => owner.send("DELETE", `/api/tokens/${id}/claim`), "withdrawn"],
    ["replaced", (id: string) => owner.send("POST", `/api/tokens/${id}/claim`), "open"],
    ["rotated away", (id: string) => owner.send("POST", `/api/tokens/${id}/rotate`), "withdrawn"],
  ] as const) {
    it(`${name}: what it gave ends, and what opened the token before doesn't`, async ({ expect }) => {
      const { token } = await owner.create("alice");
      await owner.send("POST", `/api/tokens/${token.id}/claim`);
      await breakDelivery(deaf);
      wait(1_000);
      await act(token.id);
      const { secrets } = await recordOf(token.id);
      wait(1_000);
      const hash = await newHash(token.id);
      holders.claim(token.id, hash);
      await back();
      expect(await owner.token(token.id)).toMatchObject({ claim: { state }, pending: [] });
      const record = await recordOf(token.id);
      expect(record.secrets).toEqual(secrets);
      expect(holders.records.get(token.id)).toEqual(record);
      expect(Object.keys(await kvContent())).toEqual(secrets.map((secret) => secret.hash));
      const actions = await actionsOf(token.id);
      expect([actions[0], actions.includes("token.claim.done")]).toEqual(["token.claim.undone", false]);
    });
  }

  it("disabled: the token stays disabled", async ({ expect }) => {
    const { token } = await owner.prepare("alice");
    await breakDelivery(deaf);
    await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "disabled" });
    wait(1_000);
    holders.claim(token.id, await newHash(token.id));
    await back();
    expect(await owner.token(token.id)).toMatchObject({ status: "disabled", claim: { state: "used" } });
    expect(holders.records.get(token.id)).toMatchObject({ state: "disabled" });
  });
});
