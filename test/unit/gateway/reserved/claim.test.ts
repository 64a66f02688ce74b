import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../../gateway/lookup.ts";
import { hashToken } from "../../../../shared/hash.ts";
import { generateClaim, generateToken, newTokenId } from "../../../../shared/token.ts";
import { OWN, outcome, post, prepare } from "../../support/claims.ts";
import { ask, askAs, control, fakeUpstream, gatewayEnv, issue } from "../../support/gateway.ts";

beforeEach(() => {
  vi.spyOn(console, "info").mockReturnValue();
});
afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

describe("the page of claim links", () => {
  it("is safe by its headers, and the same whoever looks: nothing is used up by looking", async ({ expect }) => {
    const { secret, record } = await prepare();
    const response = await ask("/-/claim");
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    const page = await response.text();
    expect(page).toContain('<script src="/-/claim.js" defer></script>');
    expect(page).toMatch(/<noscript\s*><section class="problem">\s*<p>\s*This page needs JavaScript/);
    expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<form/);
    expect((await ask("/-/claim", { method: "HEAD" })).status).toBe(200);
    expect((await ask(`/-/claim?${secret}`)).status).toBe(200);
    expect((await gatewayEnv.GUARD.getByName(record.id).recall()).record).toEqual(record);
  });

  it("has one script, which makes no markup and is small", async ({ expect }) => {
    const response = await ask("/-/claim.js");
    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    const script = await response.text();
    expect(script).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|localStorage|sessionStorage/,
    );
    const packed = new Response(new Blob([script]).stream().pipeThrough(new CompressionStream("gzip")));
    expect((await packed.arrayBuffer()).byteLength).toBeLessThan(4_096);
  });
});

describe("POST /-/claim", () => {
  it("takes the hash; the token works at once and goes on, with nothing in KV and no admin", async ({ expect }) => {
    const { id, secret } = await prepare({ providers: ["openai"], models: { openai: ["gpt-9-x*", "gpt-9-mini"] } });
    const { sent } = fakeUpstream();
    const token = generateToken(id);
    const response = await post({ claim: secret, hash: await hashToken(token) }, OWN, { country: "DE" });
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.json()).toEqual({
      token: id,
      providers: ["openai"],
      models: { openai: "gpt-9-mini" },
      expiresAt: null,
    });
    const call = { method: "POST", body: '{"model":"gpt-9-mini","messages":[]}' };
    expect((await askAs(token, "/v1/chat/completions", call)).status).toBe(200);
    forgetAll();
    expect((await askAs(token, "/v1/chat/completions", call)).status).toBe(200);
    expect(sent).toHaveLength(2);
    expect((await gatewayEnv.TOKENS.list()).keys).toEqual([]);
    expect((await gatewayEnv.GUARD.getByName(id).recall()).record?.claim?.used).toMatchObject({ country: "DE" });
  });

  it("takes over from the secret that worked before", async ({ expect }) => {
    const old = await issue();
    const secret = generateClaim(old.record.id);
    const claim = { hash: await hashToken(secret), madeAt: 0, expiresAt: Date.now() + 60_000, graceSeconds: 0 };
    await control.apply({ ...old.record, version: 2, claim: { ...claim, withdrawnAt: null, used: null } });
    fakeUpstream();
    const token = generateToken(old.record.id);
    expect((await post({ claim: secret, hash: await hashToken(token) })).status).toBe(200);
    // What KV still says of the old one doesn't count.
    expect((await askAs(old.secret, "/v1/models")).status).toBe(401);
    expect((await askAs(token, "/v1/models")).status).toBe(200);
  });

  it("answers the same again where the answer got lost, and no other hash", async ({ expect }) => {
    const { id, secret } = await prepare();
    const [hash, other] = [await hashToken(generateToken(id)), await hashToken(generateToken(id))];
    const first = await (await post({ claim: secret, hash })).json();
    expect(await (await post({ claim: secret, hash })).json()).toEqual(first);
    const refused = await outcome(await post({ claim: secret, hash: other }));
    expect(refused).toMatchObject({ status: 410, code: "claim_used" });
    expect(refused.message).toMatch(
      /^This link was used on .* GMT, and works once\. If that was not you, tell whoever/,
    );
  });

  it("lets one of many racers through", async ({ expect }) => {
    const { id, secret } = await prepare();
    const tokens = Array.from({ length: 20 }, () => generateToken(id));
    const statuses = await Promise.all(
      tokens.map(async (token) => (await post({ claim: secret, hash: await hashToken(token) })).status),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 410)).toHaveLength(19);
    fakeUpstream();
    const works = await Promise.all(tokens.map(async (token) => (await askAs(token, "/v1/models")).status));
    expect(works).toEqual(statuses.map((status) => (status === 200 ? 200 : 401)));
  });

  for (const [country, kept] of [
    ["DE", "DE"],
    ["XX", null],
    ["T1", null],
    [undefined, null],
  ] as const) {
    it(`keeps ${kept ?? "no country"} of ${country ?? "none"}`, async ({ expect }) => {
      const { id, secret } = await prepare();
      await post({ claim: secret, hash: await hashToken(generateToken(id)) }, OWN, country && { country });
      const { record } = await gatewayEnv.GUARD.getByName(id).recall();
      expect(record?.claim?.used).toMatchObject({ country: kept, at: expect.any(Number) });
    });
  }

  for (const [name, chosen] of [
    ["a secret that can be guessed", async () => "password-password"],
    ["another token's secret", async () => generateToken(newTokenId())],
  ] as const) {
    it(`opens nothing for ${name}, though its hash was taken`, async ({ expect }) => {
      const { id, secret } = await prepare();
      const token = await chosen();
      const hash = await hashToken(token);
      expect((await post({ claim: secret, hash })).status).toBe(200);
      // As when the registry has published it.
      const { record } = await gatewayEnv.GUARD.getByName(id).recall();
      await gatewayEnv.TOKENS.put(hash, JSON.stringify(record));
      fakeUpstream();
      expect((await askAs(token, "/v1/models")).status).toBe(401);
    });
  }

  it("doesn't let the link's secret be used as a token", async ({ expect }) => {
    const { secret } = await prepare();
    const { sent } = fakeUpstream();
    expect((await askAs(secret, "/v1/models")).status).toBe(401);
    expect(sent).toEqual([]);
  });
});
