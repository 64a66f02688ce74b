import { evictDurableObject, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { ClaimAct } from "../../../../gateway/permits.ts";
import type { TokenClaim, TokenRecord } from "../../../../shared/record.ts";
import { gatewayEnv } from "../../support/gateway.ts";
import { fakeLedger, START, TestGuard } from "../../support/guards.ts";

let ledger: ReturnType<typeof fakeLedger>;
beforeEach(() => {
  ledger = fakeLedger();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const LINK = "c".repeat(64);
const NEW = "n".repeat(64);
const OTHER = "o".repeat(64);
const ACT: ClaimAct = { claimHash: LINK, hash: NEW, country: "DE" };
const HOUR = 3_600_000;
const claimOf = (change: Partial<TokenClaim> = {}): TokenClaim => ({
  hash: LINK,
  madeAt: START - HOUR,
  expiresAt: START + HOUR,
  graceSeconds: 0,
  withdrawnAt: null,
  used: null,
  ...change,
});
/** A guard of a token that nobody has yet. */
const prepared = (change: Partial<TokenRecord> = {}, claim: Partial<TokenClaim> = {}): Promise<TestGuard> =>
  TestGuard.of(null, { secrets: [], claim: claimOf(claim), label: "Ann", ...change });
const recordOf = async (guard: TestGuard): Promise<TokenRecord | null> => (await guard.stub.recall()).record;

describe("a claim link", () => {
  it("gives the token the secret that was made with it, and keeps a receipt", async ({ expect }) => {
    const guard = await prepared();
    const answer = await guard.stub.claim(ACT);
    const record = {
      ...guard.record,
      version: START,
      updatedAt: START,
      holderActedAt: START,
      secrets: [{ hash: NEW, typed: false, endsAt: null }],
      claim: claimOf({ used: { at: START, country: "DE", hash: NEW } }),
    };
    expect(answer).toEqual({ ok: true, isNew: true, record });
    await evictDurableObject(guard.stub);
    expect(await recordOf(guard)).toEqual(record);
  });

  it("ends what opened the token before, at once or after the grace", async ({ expect }) => {
    const old = { hash: OTHER, typed: true, endsAt: null };
    const ending = { hash: "e".repeat(64), typed: false, endsAt: START + 5_000 };
    const guard = await prepared({ secrets: [old, ending] }, { graceSeconds: 60 });
    await guard.stub.claim(ACT);
    expect((await recordOf(guard))?.secrets).toEqual([
      { hash: NEW, typed: false, endsAt: null },
      { ...old, endsAt: START + 60_000 },
      ending,
    ]);
    const strict = await prepared({ secrets: [old, ending] });
    await strict.stub.claim(ACT);
    expect((await recordOf(strict))?.secrets).toEqual([{ hash: NEW, typed: false, endsAt: null }]);
  });

  it("is told to watchers and to the ledger: time and country, and nothing else", async ({ expect }) => {
    const guard = await prepared();
    const heard = await guard.watch("any");
    await guard.stub.claim(ACT);
    await expect.poll(() => heard).toMatchObject([{ secrets: [] }, { secrets: [{ hash: NEW }] }]);
    await guard.ring();
    const token = { id: guard.record.id, label: "Ann" };
    const notice = { id: `${token.id}:claim:${START}`, at: START, type: "token.claimed", token, country: "DE" };
    expect(ledger.reports).toMatchObject([{ changedByHolder: { version: START }, notices: [notice] }]);
    expect(ledger.reports[0]?.notices).toEqual([notice]);
  });

  it("works once: of fifty at the same time one gets the token", async ({ expect }) => {
    const guard = await prepared();
    const hashes = Array.from({ length: 50 }, (_, index) => String(index).padStart(64, "0"));
    const answers = await Promise.all(hashes.map((hash) => guard.stub.claim({ ...ACT, hash })));
    const won = answers.filter(({ ok }) => ok);
    expect(won).toHaveLength(1);
    for (const answer of answers) {
      if (!answer.ok) expect(answer.refusal).toEqual({ code: "claim_used", at: START });
    }
    expect((await recordOf(guard))?.secrets).toEqual([
      { hash: (await recordOf(guard))?.claim?.used?.hash, typed: false, endsAt: null },
    ]);
  });

  it("answers the same hash as before, changes nothing, and refuses any other", async ({ expect }) => {
    const guard = await prepared();
    await guard.stub.claim(ACT);
    const first = await recordOf(guard);
    await guard.at(START + 2 * HOUR);
    expect(await guard.stub.claim({ ...ACT, country: "FR" })).toEqual({ ok: true, isNew: false, record: first });
    const refusal = { code: "claim_used", at: START };
    expect(await guard.stub.claim({ ...ACT, hash: OTHER })).toEqual({ ok: false, refusal });
    expect(await recordOf(guard)).toEqual(first);
    await guard.ring();
    expect(ledger.reports.flatMap(({ notices }) => notices)).toHaveLength(1);
  });

  it("isn't undone by an owner's word that doesn't know of it", async ({ expect }) => {
    const guard = await prepared();
    await guard.stub.claim(ACT);
    const known = await recordOf(guard);
    expect(await guard.stub.apply({ ...guard.record, label: "renamed", version: START + 5_000 })).toMatchObject({
      kept: known,
    });
    expect(await recordOf(guard)).toEqual(known);
  });
});

describe("a claim link gives nothing", () => {
  const used = { at: START - 5, country: null, hash: NEW };
  for (const [name, change, claim, refusal] of [
    ["after it expired", {}, { expiresAt: START }, { code: "claim_expired", at: START }],
    ["after its token expired", { expiresAt: START - 1 }, {}, { code: "claim_expired", at: START - 1 }],
    ["after it was taken back", {}, { withdrawnAt: START - 1 }, { code: "claim_withdrawn" }],
    ["of a disabled token", { state: "disabled" }, {}, { code: "claim_withdrawn" }],
    ["of a deleted token", { state: "deleted" }, {}, { code: "claim_withdrawn" }],
    ["of another token", {}, { hash: OTHER }, { code: "unknown_claim" }],
    [
      "for a hash that opens the token",
      { secrets: [{ hash: NEW, typed: true, endsAt: null }] },
      {},
      { code: "claim_hash_used" },
    ],
    ["again, when what it gave was rotated away", {}, { used }, { code: "claim_used", at: START - 5 }],
    [
      "again, when its token was disabled since",
      { state: "disabled", secrets: [{ hash: NEW, typed: false, endsAt: null }] },
      { used },
      { code: "claim_withdrawn" },
    ],
  ] as const) {
    it(`gives nothing ${name}`, async ({ expect }) => {
      const secrets = "secrets" in change ? change.secrets.map((secret) => ({ ...secret })) : [];
      const guard = await prepared({ ...change, secrets }, claim);
      expect(await guard.stub.claim(ACT)).toEqual({ ok: false, refusal });
      expect(await recordOf(guard)).toEqual(guard.record);
    });
  }

  it("for its own secret: that stands in somebody's chat", async ({ expect }) => {
    const guard = await prepared();
    const refusal = { code: "claim_hash_used" };
    expect(await guard.stub.claim({ ...ACT, hash: LINK })).toEqual({ ok: false, refusal });
  });

  it("of a token that was never prepared, and leaves no storage behind", async ({ expect }) => {
    const unknown = gatewayEnv.GUARD.getByName("0123456789");
    expect(await unknown.claim(ACT)).toEqual({ ok: false, refusal: { code: "unknown_claim" } });
    const guard = await TestGuard.of(null);
    expect(await guard.stub.claim(ACT)).toEqual({ ok: false, refusal: { code: "unknown_claim" } });
    expect(await guard.within((_, { storage }) => storage.kv.get("steps"))).toBeUndefined();
  });
});
