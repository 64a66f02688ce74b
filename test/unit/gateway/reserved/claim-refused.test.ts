import { reset, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { bindingsOf } from "../../../../gateway/bindings.ts";
import type { Guard } from "../../../../gateway/guard/guard.ts";
import { forgetAll } from "../../../../gateway/lookup.ts";
import { hashToken } from "../../../../shared/hash.ts";
import { generateClaim, generateToken } from "../../../../shared/token.ts";
import { outcome, post, prepare } from "../../support/claims.ts";
import { askAs, control, fakeUpstream, gatewayEnv, issue } from "../../support/gateway.ts";
import { visit } from "../../support/holders.ts";

let lines: string[] = [];

beforeEach(() => {
  lines = [];
  for (const level of ["info", "warn", "error", "log", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((...parts: unknown[]) => {
      lines.push(parts.map(String).join(" "));
    });
  }
});
afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

describe("POST /-/claim", () => {
  for (const [name, change, claim, code, words] of [
    ["expired", {}, { expiresAt: 1_000 }, "claim_expired", "This link expired on Thu, 01 Jan 1970 00:00:01 GMT."],
    ["that outlived its token", { expiresAt: 2_000 }, {}, "claim_expired", "This link expired on Thu, 01 Jan 1970"],
    ["taken back", {}, { withdrawnAt: 1 }, "claim_withdrawn", "This link was taken back, or its token was stopped."],
    ["of a disabled token", { state: "disabled" }, {}, "claim_withdrawn", "This link was taken back, or its token"],
    ["of a deleted token", { state: "deleted" }, {}, "claim_withdrawn", "This link was taken back, or its token"],
  ] as const) {
    it(`refuses a link ${name}`, async ({ expect }) => {
      const { id, secret } = await prepare(change, claim);
      const refused = await outcome(await post({ claim: secret, hash: await hashToken(generateToken(id)) }));
      expect(refused).toMatchObject({ status: 410, code });
      expect(refused.message).toContain(words);
    });
  }

  const HASH = "a".repeat(64);
  const NOT_VALID = "This link is not valid here. Check that it was copied whole; or a newer one took its place.";
  const BAD_HASH = '"hash" must be the SHA-256 of the new token: 64 hexadecimal digits in lower case.';
  for (const [name, body, status, code, message] of [
    ["a guess", { claim: generateClaim("0123456789"), hash: HASH }, 404, "unknown_claim", NOT_VALID],
    ["a token for a link", { claim: generateToken("0123456789"), hash: HASH }, 404, "unknown_claim", NOT_VALID],
    ["no link", { hash: HASH }, 404, "unknown_claim", NOT_VALID],
    ["no hash", { claim: generateClaim("0123456789") }, 400, "unreadable_request", BAD_HASH],
    [
      "a hash too short",
      { claim: generateClaim("0123456789"), hash: "a".repeat(63) },
      400,
      "unreadable_request",
      BAD_HASH,
    ],
    [
      "a hash in capitals",
      { claim: generateClaim("0123456789"), hash: "A".repeat(64) },
      400,
      "unreadable_request",
      BAD_HASH,
    ],
    ["a hash that is none", { claim: generateClaim("0123456789"), hash: [HASH] }, 400, "unreadable_request", BAD_HASH],
    ["no JSON", "claim=x", 400, "unreadable_request", "The body is no JSON object."],
    ["too much", `{"x":"${"x".repeat(5_000)}"}`, 400, "unreadable_request", "The body may have 4096 bytes at most."],
  ] as const) {
    it(`refuses ${name}`, async ({ expect }) => {
      const refused = await outcome(await post(body));
      expect(refused).toMatchObject({ status, code });
      expect(refused.message).toContain(message);
    });
  }

  it("asks nobody about look-alikes, and stores nothing for unknown ids", async ({ expect }) => {
    const asked: string[] = [];
    const guards = {
      getByName: (name: string) => {
        asked.push(name);
        return gatewayEnv.GUARD.getByName(name);
      },
    } as unknown as typeof gatewayEnv.GUARD;
    const counting = { ...bindingsOf(gatewayEnv), guards };
    const good = generateClaim("0123456789");
    const wrong = good.slice(0, -1) + (good.endsWith("a") ? "b" : "a");
    const send = (claim: string) =>
      visit(counting, "/-/claim", { method: "POST", body: JSON.stringify({ claim, hash: HASH }) });
    for (const claim of [wrong, good.slice(0, 40), `dg_${good.slice(4)}`, "dgc_", "x"]) {
      expect((await send(claim)).headers.get("x-doppelgate-error")).toBe("unknown_claim");
    }
    expect(asked).toEqual([]);
    expect((await send(good)).headers.get("x-doppelgate-error")).toBe("unknown_claim");
    expect(asked).toEqual(["0123456789"]);
    const kept = await runInDurableObject(gatewayEnv.GUARD.getByName("0123456789"), (_: Guard, { storage }) =>
      [...storage.kv.list()].map(([key]) => key),
    );
    expect(kept).toEqual([]);
  });

  for (const [name, headers] of [
    ["another site's page", { "sec-fetch-site": "cross-site" }],
    ["a sibling site's page", { "sec-fetch-site": "same-site" }],
    ["an old browser on another site's page", { origin: "https://evil.example" }],
    ["a page that hides its origin", { origin: "null" }],
  ] as const) {
    it(`refuses ${name}`, async ({ expect }) => {
      const { id, secret, record } = await prepare();
      const answer = await post({ claim: secret, hash: await hashToken(generateToken(id)) }, headers);
      expect(await outcome(answer)).toMatchObject({ status: 403, code: "cross_site" });
      expect((await gatewayEnv.GUARD.getByName(id).recall()).record).toEqual(record);
    });
  }

  it("refuses a hash that opens the token already", async ({ expect }) => {
    const { secret, hash, record } = await issue();
    const link = generateClaim(record.id);
    const claim = { hash: await hashToken(link), madeAt: 0, expiresAt: Date.now() + 60_000, graceSeconds: 60 };
    await control.apply({ ...record, version: 2, claim: { ...claim, withdrawnAt: null, used: null } });
    const refused = await outcome(await post({ claim: link, hash }));
    expect(refused).toMatchObject({ status: 409, code: "claim_hash_used" });
    fakeUpstream();
    expect((await askAs(secret, "/v1/models")).status).toBe(200);
  });

  it("tells to try again where the guard can't be asked, and no log line has secrets", async ({ expect }) => {
    const { id, secret } = await prepare();
    const token = generateToken(id);
    const guards = { getByName: () => ({ claim: () => Promise.reject(new Error("it is down")) }) };
    const broken = { ...bindingsOf(gatewayEnv), guards: guards as unknown as typeof gatewayEnv.GUARD };
    const body = JSON.stringify({ claim: secret, hash: await hashToken(token) });
    const refused = await visit(broken, "/-/claim", { method: "POST", body });
    expect(await outcome(refused)).toMatchObject({ status: 503, code: "token_check_unavailable" });
    await post({ claim: secret, hash: "x" });
    await post(body);
    await post({ claim: secret, hash: await hashToken(generateToken(id)) });
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      for (const word of [secret, secret.slice(14), token, token.slice(13)]) expect(line).not.toContain(word);
    }
  });
});
