import { reset, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { bindingsOf } from "../../../../gateway/bindings.ts";
import type { Guard } from "../../../../gateway/guard/guard.ts";
import { forgetAll } from "../../../../gateway/lookup.ts";
import { hashToken } from "../../../../shared/hash.ts";
import type { TokenClaim, TokenRecord } from "../../../../shared/record.ts";
import { generateClaim, generateToken, newTokenId } from "../../../../shared/token.ts";
import { ask, askAs, control, fakeUpstream, gatewayEnv, issue, makeToken } from "../../support/gateway.ts";
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

/** A prepared token that the guard knows, as the admin's RPC tells it, and the secret of its link. */
async function prepare(change: Partial<TokenRecord> = {}, claim: Partial<TokenClaim> = {}) {
  const id = newTokenId();
  const secret = generateClaim(id);
  const made = {
    madeAt: Date.now(),
    expiresAt: Date.now() + 3_600_000,
    graceSeconds: 0,
    withdrawnAt: null,
    used: null,
  };
  const full = { hash: await hashToken(secret), ...made, ...claim };
  const { record } = await makeToken({ id, secrets: [], claim: full, ...change });
  await control.apply(record);
  return { id, secret, record };
}

const OWN = { "sec-fetch-site": "same-origin", origin: "https://gateway.example", "content-type": "application/json" };
const post = (body: unknown, headers: Record<string, string> = OWN, cf?: { country: string }): Promise<Response> =>
  ask("/-/claim", {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers,
    ...(cf && { cf }),
  });
const outcome = async (response: Response) => ({
  status: response.status,
  code: response.headers.get("x-doppelgate-error"),
  message: ((await response.json()) as { error: { message: string } }).error.message,
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
