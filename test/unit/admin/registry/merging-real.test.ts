import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, it } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { kvContent, Owner, type TokenBody } from "../../support/admin.ts";
import { recordOf } from "./holders.ts";

afterEach(() => reset());

describe("a token, its real guard and the real ledger", () => {
  it("is merged with the owner's edit over the real binding", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const { token } = await owner.create("alice", { holderMay: ["rotate", "revoke"] });
    const record = await recordOf(token.id);
    const now = Date.now();
    // What the guard itself makes of a holder's acts.
    const held = {
      ...record,
      version: Math.max(now, record.version + 1),
      holderActedAt: now,
      state: "disabled" as const,
      secrets: [{ hash: await hashToken("a-new-secret-of-the-holder"), typed: false, endsAt: null }],
    };
    expect(await env.GATEWAY.apply(held)).toEqual({ version: held.version, kept: null });
    const { body } = await owner.send<{ token: TokenBody }>("PATCH", `/api/tokens/${token.id}`, { label: "bob" });
    expect(body.token).toMatchObject({ label: "bob", status: "disabled", pending: [] });
    const merged = await recordOf(token.id);
    expect(merged).toMatchObject({ secrets: held.secrets, holderActedAt: now, label: "bob" });
    expect(await kvContent()).toEqual({ [await hashToken("a-new-secret-of-the-holder")]: merged });
    // The guard holds the merged record: what it was told before is older.
    expect(await env.GATEWAY.apply(held)).toMatchObject({ version: merged.version, kept: { label: "bob" } });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "active" });
    expect(await env.GATEWAY.apply(held)).toMatchObject({ kept: { state: "active", label: "bob" } });
  });

  it("stays as it is where the real ledger has no news", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const { token } = await owner.create("alice");
    expect(await env.GATEWAY.holderChanges(0)).toEqual({ records: [], next: 0 });
    expect(await owner.token(token.id)).toEqual(token);
  });
});
