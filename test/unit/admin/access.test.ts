import { reset } from "cloudflare:test";
import { base64url, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { ACCESS_VARS, AUDIENCE, FakeAccess, TEAM } from "../support/access.ts";
import { PASSWORD, type ProblemBody, registry, sendWith } from "../support/admin.ts";
import { Browser, seen } from "./console/browser.ts";

let access: FakeAccess;

beforeEach(async () => {
  access = await FakeAccess.start();
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await reset();
});

const MINUTE = 60_000;
const asked = (assertion: string) => ({ "cf-access-jwt-assertion": assertion });
const api = <T = ProblemBody>(method: string, path: string, headers: Record<string, string>, body?: unknown) =>
  sendWith<T>(ACCESS_VARS, method, path, { headers, body });

/** A browser behind Access; a null assertion: it isn't. */
function browserWith(assertion: string | null): Browser {
  const browser = new Browser();
  browser.bindings = ACCESS_VARS;
  if (assertion !== null) browser.headers = asked(assertion);
  return browser;
}

const sessions = () => registry().listSessions(Infinity);
const unsigned = (header: object, payload: object): string =>
  [header, payload].map((part) => base64url.encode(JSON.stringify(part))).join(".") + ".";

describe("behind Cloudflare Access", () => {
  it("a valid assertion opens a session of its subject, once, and there is no password page", async ({ expect }) => {
    const browser = browserWith(await access.assertion());
    const first = await browser.get("/tokens");
    expect([first.status, first.headers.getSetCookie().length]).toEqual([200, 1]);
    const second = await browser.get("/sessions");
    expect(second.headers.getSetCookie()).toEqual([]);
    expect(seen(second)).toContain("owner@example.com");
    expect(seen(second)).toContain("Cloudflare Access");
    expect(await sessions()).toMatchObject([
      {
        openedBy: "access",
        identity: { subject: "user:7335d417-61da-459d-899c-0a01c76a2f94", name: "owner@example.com" },
      },
    ]);
    const { entries } = await registry().readAudit({ tokenId: null, before: null, limit: 5 });
    expect(entries[0]).toMatchObject({
      action: "session.open",
      changes: {
        by: { before: null, after: "Cloudflare Access" },
        identity: { before: null, after: "owner@example.com" },
      },
    });
    expect([(await browser.get("/sign-in")).status, access.fetched]).toEqual([303, 1]);
  });

  it("the cookie of Access counts where its header is missing", async ({ expect }) => {
    const browser = browserWith(null);
    browser.cookies.set("CF_Authorization", await access.assertion());
    expect((await browser.get("/tokens")).status).toBe(200);
  });

  it("the password alone opens nothing, on no page and at no address of the API", async ({ expect }) => {
    const browser = browserWith(null);
    for (const answer of [
      await browser.get("/"),
      await browser.get("/sign-in"),
      await browser.post("/sign-in", { password: PASSWORD }),
    ]) {
      expect([answer.status, seen(answer).includes("Cloudflare Access is expected here")]).toEqual([403, true]);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    for (const [method, path, body] of [
      ["POST", "/api/session", { password: PASSWORD }],
      ["GET", "/api/tokens", undefined],
      ["GET", "/api/openapi.json", undefined],
    ] as const) {
      const { status, body: problem } = await api(method, path, {}, body);
      expect([status, problem.type]).toEqual([403, "urn:doppelgate:problem:access-expected"]);
    }
    expect(await sessions()).toEqual([]);
  });

  it("a session of before, or of another person, opens nothing", async ({ expect }) => {
    const old = await Browser.signedIn();
    old.bindings = ACCESS_VARS;
    expect((await old.get("/tokens")).status).toBe(403);
    const mine = browserWith(await access.assertion());
    await mine.get("/tokens");
    const stranger = browserWith(await access.assertion({ sub: "somebody-else", email: "other@example.com" }));
    for (const [name, value] of mine.cookies) stranger.cookies.set(name, value);
    await stranger.get("/tokens");
    // It got one of its own, and the one that it brought went on being mine.
    expect((await sessions()).map(({ identity }) => identity?.name ?? "nobody").toSorted()).toEqual([
      "nobody",
      "other@example.com",
      "owner@example.com",
    ]);
  });

  it("a session that Access opened counts no more once Access is gone", async ({ expect }) => {
    const browser = browserWith(await access.assertion());
    await browser.get("/tokens");
    browser.bindings = null;
    const answer = await browser.get("/tokens");
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/sign-in?done=session-over&next=%2Ftokens"]);
  });

  it("another site's page can't change anything, though Access's cookie comes along", async ({ expect }) => {
    const browser = browserWith(await access.assertion());
    const foreign = await browser.post("/sessions/end-all", {}, { "sec-fetch-site": "cross-site" });
    expect([foreign.status, await sessions()]).toEqual([403, []]);
  });

  it("signing out says that Access goes on, and how to leave it", async ({ expect }) => {
    const browser = browserWith(await access.assertion());
    await browser.get("/tokens");
    const answer = await browser.submit("/sign-out");
    expect(seen(answer)).toContain("Cloudflare Access still knows you as owner@example.com");
    expect(answer.text).toContain('href="/cdn-cgi/access/logout"');
    expect(await sessions()).toEqual([]);
    expect((await browser.post("/sign-in", { password: PASSWORD })).headers.get("location")).toBe("/sign-in");
    expect(await sessions()).toEqual([]);
  });
});

describe("a program behind Cloudflare Access", () => {
  it("signs in with the password through a service token, and goes on as a bearer through it", async ({ expect }) => {
    const service = asked(await access.service());
    const wrong = await api("POST", "/api/session", service, { password: "not-the-password" });
    expect([wrong.status, wrong.body.title]).toEqual([401, "The password is wrong"]);
    const { status, body } = await api<{ token: string }>("POST", "/api/session", service, { password: PASSWORD });
    expect(status).toBe(201);
    const bearer = { authorization: `Bearer ${body.token}` };
    expect((await api("GET", "/api/tokens", { ...service, ...bearer })).status).toBe(200);
    // The bearer leaked: without the service token that it was given to, it opens nothing.
    expect((await api("GET", "/api/tokens", bearer)).status).toBe(403);
    const other = asked(await access.service("another.access"));
    expect((await api("GET", "/api/tokens", { ...other, ...bearer })).status).toBe(401);
    expect(await sessions()).toMatchObject([
      { openedBy: "password", identity: { subject: "service:program.access", name: "program.access" } },
    ]);
  });

  it("is the owner at no page: there it would need no password", async ({ expect }) => {
    const browser = browserWith(await access.service());
    for (const answer of [await browser.get("/tokens"), await browser.post("/sessions/end-all")]) {
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
      expect(seen(answer)).toContain("A service token doesn't open the console");
    }
    expect(await sessions()).toEqual([]);
  });

  it("proves nothing anew by its service token", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const first = asked(await access.service());
    const { body } = await api<{ token: string }>("POST", "/api/session", first, { password: PASSWORD });
    vi.setSystemTime(Date.now() + 20 * MINUTE);
    const headers = { ...asked(await access.service()), authorization: `Bearer ${body.token}` };
    const stale = await api("DELETE", "/api/tokens/x", headers);
    expect([stale.status, stale.body.type]).toEqual([403, "urn:doppelgate:problem:fresh-sign-in-required"]);
    expect((await api("POST", "/api/session/confirm", headers, { password: PASSWORD })).status).toBe(200);
    expect((await api("DELETE", "/api/tokens/x", headers)).status).toBe(404);
  });

  it("that only scrapes metrics needs its own secret alone", async ({ expect }) => {
    const bindings = { ...ACCESS_VARS, METRICS_TOKEN: "unit-test-metrics-token" };
    const scrape = (token: string) =>
      sendWith(bindings, "GET", "/api/metrics", { headers: { authorization: `Bearer ${token}` } });
    expect((await scrape("unit-test-metrics-token")).status).toBe(200);
    expect((await scrape("another-metrics-token")).status).toBe(403);
  });
});

describe("an assertion", () => {
  const claims = () => {
    const now = Math.floor(Date.now() / 1000);
    return { aud: [AUDIENCE], iss: TEAM, iat: now, exp: now + 600, sub: "someone", email: "owner@example.com" };
  };

  for (const [name, change] of [
    ["of another application", { aud: ["f".repeat(64)] }],
    ["of the team itself", { aud: [TEAM] }],
    ["of another team", { iss: "https://evil.cloudflareaccess.com" }],
    ["without an issuer", { iss: undefined }],
    ["without an audience", { aud: undefined }],
    ["that has ended", { exp: Math.floor(Date.now() / 1000) - 60 }],
    ["without an end", { exp: undefined }],
    ["without a beginning", { iat: undefined }],
    ["that doesn't count yet", { nbf: Math.floor(Date.now() / 1000) + 3600 }],
    ["of nobody", { sub: "", email: undefined }],
    ["of nobody, whatever the email", { sub: undefined }],
  ] satisfies [string, Record<string, unknown>][]) {
    it(`${name} is refused`, async ({ expect }) => {
      const { status, body } = await api("GET", "/api/tokens", asked(await access.assertion(change)));
      expect([status, body.type]).toEqual([403, "urn:doppelgate:problem:access-expected"]);
    });
  }

  it("as an ordinary one of these tests is taken", async ({ expect }) => {
    const { status } = await api("GET", "/api/tokens", asked(await access.assertion(claims())));
    expect(status).toBe(401);
  });

  it("that nobody signed, or that is signed with the public key as an HMAC's secret, is refused", async ({
    expect,
  }) => {
    const kid = "first";
    const secret = new TextEncoder().encode(JSON.stringify(access.publicKey));
    const confused = await new SignJWT(claims()).setProtectedHeader({ alg: "HS256", kid }).sign(secret);
    const bare = base64url.decode(access.publicKey.n ?? "");
    const modulus = await new SignJWT(claims()).setProtectedHeader({ alg: "HS256", kid }).sign(bare);
    const forged = [
      unsigned({ alg: "none", kid }, claims()),
      unsigned({ alg: "RS256", kid }, claims()),
      confused,
      modulus,
      "junk",
      "a.b.c",
    ];
    for (const assertion of forged) {
      expect((await api("GET", "/api/tokens", asked(assertion))).status).toBe(403);
    }
  });

  it("signed by another key, or by another algorithm, is refused", async ({ expect }) => {
    for (const alg of ["RS256", "RS512", "PS256", "ES256"]) {
      const { privateKey } = await generateKeyPair(alg);
      const assertion = await new SignJWT(claims()).setProtectedHeader({ alg, kid: "first" }).sign(privateKey);
      expect((await api("GET", "/api/tokens", asked(assertion))).status).toBe(403);
    }
  });

  it("signed by a key that came with a rotation has the keys fetched anew, but not for every junk", async ({
    expect,
  }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const browser = browserWith(await access.assertion());
    await browser.get("/tokens");
    vi.setSystemTime(Date.now() + MINUTE);
    await access.rotate("second");
    browser.headers = asked(await access.assertion());
    expect([(await browser.get("/tokens")).status, access.fetched]).toEqual([200, 2]);
    const { privateKey } = await generateKeyPair("RS256");
    for (let index = 0; index < 20; index++) {
      const header = { alg: "RS256", kid: `junk-${index}` };
      const junk = await new SignJWT(claims()).setProtectedHeader(header).sign(privateKey);
      expect((await api("GET", "/api/tokens", asked(junk))).status).toBe(403);
    }
    expect(access.fetched).toBe(2);
    // The old key has left with the next rotation.
    const old = await access.assertion();
    await access.rotate("third");
    await access.rotate("fourth");
    vi.setSystemTime(Date.now() + 11 * MINUTE);
    expect((await api("GET", "/api/tokens", asked(old))).status).toBe(403);
  });

  it("can't be told where the team's keys can't be had: shut, and not the owner's fault", async ({ expect }) => {
    const assertion = asked(await access.assertion());
    for (const failure of [
      () => new Response("no", { status: 500 }),
      () => new Response("<html>", { status: 200 }),
      () => Promise.reject(new Error("no network")),
    ]) {
      access.failure = failure;
      const { status, body, headers } = await api("GET", "/api/tokens", assertion);
      expect([status, body.type]).toEqual([503, "urn:doppelgate:problem:access-unreachable"]);
      expect(headers.get("retry-after")).toBe("5");
    }
    access.failure = null;
    expect((await browserWith(assertion["cf-access-jwt-assertion"]).get("/tokens")).status).toBe(200);
  });
});

describe("a fresh proof behind Cloudflare Access", () => {
  it("is a new assertion, or the password", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const browser = browserWith(await access.assertion({ exp: Math.floor(Date.now() / 1000) + 36_000 }));
    await browser.get("/tokens");
    vi.setSystemTime(Date.now() + 20 * MINUTE);
    const asksFor = await browser.get("/confirm?next=%2Fsettings%2Fsign-in");
    expect(seen(asksFor)).toContain("sign out of Cloudflare Access");
    browser.headers = asked(await access.assertion({ exp: Math.floor(Date.now() / 1000) + 36_000 }));
    expect((await browser.get("/confirm?next=%2Fsettings%2Fsign-in")).headers.get("location")).toBe(
      "/settings/sign-in",
    );
    vi.setSystemTime(Date.now() + 20 * MINUTE);
    const answer = await browser.post("/confirm", { "confirm-password": PASSWORD, next: "/tokens/new" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/tokens/new"]);
  });

  it("isn't one that was made before, whenever the session was opened", async ({ expect }) => {
    const hourAgo = Math.floor(Date.now() / 1000) - 3600;
    const browser = browserWith(await access.assertion({ iat: hourAgo, nbf: hourAgo }));
    await browser.get("/tokens");
    expect((await browser.get("/confirm?next=%2F")).status).toBe(200);
  });
});
