import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, it, vi } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { kvContent, Owner } from "../../support/admin.ts";
import { recordOf } from "./holders.ts";

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

describe("a prepared token, its real guard and the real registry", () => {
  it("what the guard makes of the claim is merged over the real binding, and published", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const { token } = await owner.prepare("alice");
    const record = await recordOf(token.id);
    const hash = await hashToken("what-a-browser-has-made");
    const now = Date.now();
    if (record.claim === null) throw new Error("The record has no link.");
    const held = {
      ...record,
      version: Math.max(now, record.version + 1),
      holderActedAt: now,
      secrets: [{ hash, typed: false, endsAt: null }],
      claim: { ...record.claim, used: { at: now, country: null, hash } },
    };
    expect(await env.GATEWAY.apply(held)).toEqual({ version: held.version, kept: null });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { note: "n" });
    expect(await owner.token(token.id)).toMatchObject({ claim: { state: "used", country: null }, pending: [] });
    expect(await kvContent()).toEqual({ [hash]: await recordOf(token.id) });
  });
});
