import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { makeApp } from "../../../admin/app.ts";
import { isApiPath } from "../../../admin/api/errors.ts";
import { PASSWORD, registry, send, signIn } from "../support/admin.ts";

afterEach(() => reset());

// Every route that the admin has, read off the admin itself: one that is added later is looked at without anybody thinking of it.

interface Route {
  method: string;
  path: string;
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

const ROUTES: readonly Route[] = makeApp()
  .routes.filter(({ method }) => method !== "ALL")
  .map(({ method, path }) => ({ method, path: path.replaceAll(/:\w+(?:\{[^}]*\})?/g, "0123456789") }));
const UNSAFE = ROUTES.filter(({ method }) => !SAFE.has(method));
const PAGES_AND_READS = ROUTES.filter(({ method }) => method === "GET");

/** The way in, and what is the same for everybody. */
const OPEN = new Set([
  "GET /sign-in",
  "POST /sign-in",
  "POST /api/session",
  "POST /api/session/passkey",
  "GET /api/openapi.json",
]);
const isAsset = ({ path }: Route): boolean => path.startsWith("/assets/") || path === "/favicon.svg";
const isOpen = (route: Route): boolean => isAsset(route) || OPEN.has(`${route.method} ${route.path}`);

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_BODY = { "content-type": "application/json" };

/** The request of a route, as its own page or program would send it. */
function asking({ method, path }: Route, sent: Record<string, string>) {
  const headers = { ...(isApiPath(path) ? JSON_BODY : FORM), ...sent };
  if (SAFE.has(method)) return send(method, path, { headers });
  return send(method, path, { body: isApiPath(path) ? {} : "label=mallory", headers });
}

const FOREIGN: readonly (readonly [name: string, headers: Record<string, string>])[] = [
  ["of another site", { "sec-fetch-site": "cross-site" }],
  ["of a sibling's subdomain", { "sec-fetch-site": "same-site" }],
  ["of another origin, by an old browser", { origin: "https://evil.test" }],
  ["of no origin, as in a sandboxed frame", { origin: "null" }],
  ["of another port", { origin: "https://admin.test:8443" }],
  ["of the same host without TLS", { origin: "http://admin.test" }],
  ["that says nothing of itself", {}],
  [
    "of another site, with an origin that was made up",
    { "sec-fetch-site": "cross-site", origin: "https://admin.test" },
  ],
  [
    "of another site, by a method that a header names",
    { "sec-fetch-site": "cross-site", "x-http-method-override": "GET" },
  ],
];

describe("all routes", () => {
  it("are many", ({ expect }) => {
    expect(UNSAFE.length).toBeGreaterThan(60);
    expect(PAGES_AND_READS.length).toBeGreaterThan(50);
  });

  it("but the way in are shut to whoever isn't signed in", async ({ expect }) => {
    for (const route of ROUTES.filter((one) => !isOpen(one))) {
      const { status, headers, text } = await asking(route, { "sec-fetch-site": "same-origin" });
      const shut = isApiPath(route.path) ? [401, null] : [303, "/sign-in"];
      expect([route, status, headers.get("location")]).toEqual([route, ...shut]);
      if (isApiPath(route.path)) expect(text).toContain("urn:doppelgate:problem:signed-out");
    }
    expect((await registry().overview()).tokens).toMatchObject({ active: 0, disabled: 0, deleted: 0 });
  });

  it("are never stored by a cache, shown in a frame, or taken for another type", async ({ expect }) => {
    const cookie = `__Host-doppelgate=${await signIn()}`;
    for (const route of PAGES_AND_READS) {
      for (const sent of [{}, { cookie }]) {
        const { headers } = await send("GET", route.path, { headers: sent });
        const value = (name: string): string | null => headers.get(name);
        expect([route.path, value("x-frame-options")]).toEqual([route.path, "DENY"]);
        expect(value("content-security-policy")).toContain("frame-ancestors 'none'");
        expect(value("content-security-policy")).toContain("default-src 'none'");
        expect(value("x-content-type-options")).toBe("nosniff");
        expect(value("cross-origin-resource-policy")).toBe("same-origin");
        expect(value("access-control-allow-origin")).toBeNull();
        // The files of all pages are alike for everybody, and nobody's.
        if (!isAsset(route)) expect([route.path, value("cache-control")]).toEqual([route.path, "no-store"]);
        else expect([value("cache-control")?.startsWith("public"), value("set-cookie")]).toEqual([true, null]);
      }
    }
  });
});

describe("what changes something", () => {
  for (const [name, headers] of FOREIGN) {
    it(`isn't done for a page ${name}, at no route`, async ({ expect }) => {
      const cookie = `__Host-doppelgate=${await signIn()}`;
      const before = await registry().overview();
      for (const route of UNSAFE.filter((one) => !isOpen(one))) {
        const { status, text } = await asking(route, { ...headers, cookie });
        const words = isApiPath(route.path) ? "urn:doppelgate:problem:cross-site" : "This came from another site";
        expect([route, status, text.includes(words)]).toEqual([route, 403, true]);
      }
      expect(await registry().overview()).toEqual(before);
      expect((await send("GET", "/api/session", { headers: { cookie } })).status).toBe(200);
    });
  }

  it("is done for the own page, so the refusals above are about the page alone", async ({ expect }) => {
    const cookie = `__Host-doppelgate=${await signIn()}`;
    const headers = { ...JSON_BODY, cookie, "sec-fetch-site": "same-origin" };
    const made = await send("POST", "/api/tokens", { body: { label: "alice", providers: ["openai"] }, headers });
    expect(made.status).toBe(201);
  });
});

describe("a session", () => {
  const jtiOf = (jwt: string): string => String((JSON.parse(atob(jwt.split(".")[1] ?? "")) as { jti: unknown }).jti);

  it("is a new one at each sign-in: one that was slipped in before isn't raised to it", async ({ expect }) => {
    const planted = await signIn();
    await send("DELETE", "/api/session", { headers: { authorization: `Bearer ${planted}` } });
    const answer = await send<{ token: string }>("POST", "/api/session", {
      body: { password: PASSWORD },
      headers: { cookie: `__Host-doppelgate=${planted}`, "sec-fetch-site": "same-origin" },
    });
    expect(answer.status).toBe(201);
    expect(jtiOf(answer.body.token)).not.toBe(jtiOf(planted));
    expect((await send("GET", "/api/session", { headers: { cookie: `__Host-doppelgate=${planted}` } })).status).toBe(
      401,
    );
  });

  it("isn't opened by a cookie of another name, nor by one beside it that is wrong", async ({ expect }) => {
    const jwt = await signIn();
    for (const cookie of [`doppelgate-local=${jwt}`, `doppelgate=${jwt}`, `__Secure-doppelgate=${jwt}`]) {
      expect([cookie, (await send("GET", "/api/session", { headers: { cookie } })).status]).toEqual([cookie, 401]);
    }
    const both = `__Host-doppelgate=wrong; __Host-doppelgate=${jwt}`;
    expect((await send("GET", "/api/session", { headers: { cookie: both } })).status).toBe(401);
  });
});
