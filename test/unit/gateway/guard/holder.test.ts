import { evictDurableObject, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { HolderAct } from "../../../../gateway/permits.ts";
import { standingOf } from "../../../../shared/standing.ts";
import { fakeLedger, START, TestGuard } from "../../support/guards.ts";

let ledger: ReturnType<typeof fakeLedger>;

beforeEach(() => {
  ledger = fakeLedger();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const NEW = "n".repeat(64);
const shownOf = (guard: TestGuard): string => guard.record.secrets[0]?.hash ?? "";
const rotation = (guard: TestGuard, graceSeconds: number): HolderAct => ({
  action: "rotate",
  shown: shownOf(guard),
  hash: NEW,
  graceSeconds,
});

describe("a holder who rotates", () => {
  it("gets a new secret; the shown one ends with the grace, and all others at once", async ({ expect }) => {
    const guard = await TestGuard.of(null, { holderMay: ["rotate"] });
    const other = { hash: "o".repeat(64), typed: true, endsAt: START + 999_999 };
    const record = { ...guard.record, version: 2, secrets: [other, ...guard.record.secrets] };
    await guard.stub.apply(record);
    const answer = await guard.stub.act(rotation(guard, 60));
    expect(answer).toMatchObject({ ok: true, record: { version: START, holderActedAt: START, updatedAt: START } });
    const kept = (await guard.stub.recall()).record;
    expect(kept?.secrets).toEqual([
      { hash: NEW, typed: false, endsAt: null },
      { ...guard.record.secrets[0], endsAt: START + 60_000 },
    ]);
    expect(standingOf(kept, shownOf(guard), START + 59_999).standing).toBe("live");
    expect(standingOf(kept, shownOf(guard), START + 60_000).standing).toBe("unknown");
  });

  it("without a grace ends every secret but the new one, as all watchers hear", async ({ expect }) => {
    const guard = await TestGuard.of(null, { holderMay: ["rotate"] });
    const heard = await guard.watch("any");
    await guard.stub.act(rotation(guard, 0));
    await expect.poll(() => heard).toMatchObject([{ version: 1 }, { secrets: [{ hash: NEW }] }]);
    expect(heard[1]).toHaveProperty("secrets.length", 1);
  });

  it("twice within a grace ends the secret of the first time no later", async ({ expect }) => {
    const guard = await TestGuard.of(null, { holderMay: ["rotate"] });
    await guard.stub.act(rotation(guard, 10));
    const again = await guard.stub.act({ ...rotation(guard, 1_000), hash: "m".repeat(64) } as HolderAct);
    expect(again).toMatchObject({
      ok: true,
      record: {
        version: START + 1,
        holderActedAt: START + 1,
        secrets: [{ hash: "m".repeat(64) }, { hash: shownOf(guard), endsAt: START + 10_000 }],
      },
    });
  });
});

describe("a holder who revokes", () => {
  it("ends the token, also after a restart", async ({ expect }) => {
    const guard = await TestGuard.of(null, { holderMay: ["revoke"] });
    expect(await guard.stub.act({ action: "revoke", shown: shownOf(guard) })).toMatchObject({ ok: true });
    await evictDurableObject(guard.stub);
    expect((await guard.stub.recall()).record).toMatchObject({ state: "disabled", holderActedAt: START });
  });
});

describe("a holder's act", () => {
  for (const [name, change, shown, refusal] of [
    ["that the owner doesn't allow", { holderMay: [] }, null, { code: "holder_may_not", action: "rotate" }],
    ["that the owner allows another of", { holderMay: ["revoke"] }, null, { code: "holder_may_not", action: "rotate" }],
    ["with another secret", { holderMay: ["rotate"] }, "x".repeat(64), { code: "unknown_token" }],
    ["on a disabled token", { holderMay: ["rotate"], state: "disabled" }, null, { code: "unknown_token" }],
    ["on an expired token", { holderMay: ["rotate"], expiresAt: START }, null, { code: "expired_token", at: START }],
  ] as const) {
    it(`${name} changes nothing`, async ({ expect }) => {
      const guard = await TestGuard.of(null, { ...change, holderMay: [...change.holderMay] });
      const act = rotation(guard, 60);
      expect(await guard.stub.act({ ...act, shown: shown ?? act.shown })).toEqual({ ok: false, refusal });
      expect((await guard.stub.recall()).record).toEqual(guard.record);
    });
  }

  it("on a token that the guard was never told of is refused", async ({ expect }) => {
    const guard = await TestGuard.of(null, { holderMay: ["revoke"] });
    await guard.within(async (_, state) => {
      state.storage.kv.delete("record");
    });
    await evictDurableObject(guard.stub);
    expect(await guard.stub.act({ action: "revoke", shown: "h" })).toEqual({
      ok: false,
      refusal: { code: "unknown_token" },
    });
  });

  it("is told to the ledger at once, with the record, until it has it", async ({ expect }) => {
    const guard = await TestGuard.of(null, { holderMay: ["rotate", "revoke"], label: "Ann" });
    ledger.fail(new Error("the ledger is down"));
    await guard.stub.act(rotation(guard, 60));
    await guard.ring();
    ledger.fail(null);
    await evictDurableObject(guard.stub);
    await guard.at(START + 1_000);
    await guard.ring();
    const token = { id: guard.record.id, label: "Ann" };
    expect(ledger.reports).toMatchObject([
      {
        changedByHolder: { id: guard.record.id, version: START },
        notices: [{ id: `${token.id}:rotate:${START}`, type: "token.rotated_by_holder", token }],
      },
    ]);
    await guard.stub.act({ action: "revoke", shown: NEW });
    await guard.ring();
    expect(ledger.reports[1]).toMatchObject({
      changedByHolder: { state: "disabled" },
      notices: [{ type: "token.revoked_by_holder" }],
    });
    expect(await guard.ring()).toBe(false);
  });

  it("isn't undone by an owner's word that doesn't know of it, whatever its version", async ({ expect }) => {
    const guard = await TestGuard.of(null, { holderMay: ["revoke"] });
    await guard.stub.act({ action: "revoke", shown: shownOf(guard) });
    const known = (await guard.stub.recall()).record;
    const edit = { ...guard.record, label: "renamed", version: START + 5_000 };
    expect(await guard.stub.apply(edit)).toEqual({ version: START, kept: known });
    expect((await guard.stub.recall()).record).toEqual(known);
    const merged = { ...edit, state: "disabled" as const, holderActedAt: START, version: START + 5_001 };
    expect(await guard.stub.apply(merged)).toEqual({ version: START + 5_001, kept: null });
    expect((await guard.stub.recall()).record).toEqual(merged);
  });
});
