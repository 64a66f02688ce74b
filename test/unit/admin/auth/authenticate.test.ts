import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { PASSWORD, send, sendWith, signIn } from "../../support/admin.ts";

afterEach(() => reset());

const withCookie = (jwt: string, more: Record<string, string> = {}) => ({
  cookie: `__Host-doppelgate=${jwt}`,
  ...more,
});
const bearer = (jwt: string) => ({ authorization: `Bearer ${jwt}` });

describe("a request's session", () => {
  it("counts as a bearer, with any origin", async ({ expect }) => {
    const jwt = await signIn();
    const headers = { ...bearer(jwt), origin: "https://evil.test", "sec-fetch-site": "cross-site" };
    const body = { label: "bearer", providers: ["openai"] };
    expect((await send("POST", "/api/tokens", { body, headers })).status).toBe(201);
  });

  it("counts as a cookie for reading", async ({ expect }) => {
    const jwt = await signIn();
    expect((await send("GET", "/api/tokens", { headers: withCookie(jwt) })).status).toBe(200);
  });

  for (const [headers, status] of [
    [{ "sec-fetch-site": "same-origin" }, 201],
    [{ "sec-fetch-site": "none" }, 201],
    [{ origin: "https://admin.test" }, 201],
    [{}, 403],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ origin: "https://evil.test" }, 403],
    [{ origin: "null" }, 403],
    [{ origin: "http://admin.test" }, 403],
  ] satisfies [Record<string, string>, number][]) {
    it(`as a cookie changes things only from the own page: ${JSON.stringify(headers)} → ${status}`, async ({
      expect,
    }) => {
      const jwt = await signIn();
      const body = { label: "cookie", providers: ["openai"] };
      const answer = await send("POST", "/api/tokens", { body, headers: withCookie(jwt, headers) });
      expect(answer.status).toBe(status);
      if (status === 403) {
        expect(answer.body.detail).toBe(
          "A browser may do this only from the admin's own pages. A program sends its token as Authorization: Bearer.",
        );
        expect((await send("GET", "/api/tokens", { headers: bearer(jwt) })).body).toMatchObject({
          tokens: [],
          total: 0,
        });
      }
    });
  }

  it("as a cookie without the prefix opens nothing on a deployed admin", async ({ expect }) => {
    const cookie = `doppelgate-local=${await signIn()}`;
    for (const origin of ["https://admin.test", "http://admin.test", "https://localhost"]) {
      expect((await send("GET", "/api/tokens", { headers: { cookie }, origin })).status).toBe(401);
    }
  });

  it("as a broken bearer isn't saved by a good cookie", async ({ expect }) => {
    const jwt = await signIn();
    const headers = { ...withCookie(jwt), authorization: "Bearer junk" };
    expect((await send("GET", "/api/tokens", { headers })).status).toBe(401);
  });

  it("is needed for everything but sign-in and openapi.json", async ({ expect }) => {
    for (const [method, path] of [
      ["DELETE", "/api/session"],
      ["GET", "/api/sessions"],
      ["DELETE", "/api/sessions"],
      ["DELETE", "/api/sessions/x"],
      ["GET", "/api/tokens"],
      ["POST", "/api/tokens"],
      ["GET", "/api/tokens/x"],
      ["PATCH", "/api/tokens/x"],
      ["DELETE", "/api/tokens/x"],
      ["POST", "/api/tokens/x/rotate"],
      ["GET", "/api/audit"],
      ["GET", "/api/status"],
      ["POST", "/api/rebuild"],
      ["GET", "/api/anything"],
      ["GET", "/api"],
    ] as const) {
      const { status, body, headers } = await send(method, path);
      expect([method, path, status, body.title]).toEqual([method, path, 401, "You aren't signed in"]);
      expect(headers.get("www-authenticate")).toBe('Bearer realm="doppelgate-admin"');
    }
    expect((await send("GET", "/api/openapi.json")).status).toBe(200);
  });

  it("ends when ADMIN_SECRET changes", async ({ expect }) => {
    const jwt = await signIn();
    const changed = { ADMIN_SECRET: "another secret of the owner" };
    expect((await sendWith({ ADMIN_SECRET: PASSWORD }, "GET", "/api/tokens", { headers: bearer(jwt) })).status).toBe(
      200,
    );
    expect((await sendWith(changed, "GET", "/api/tokens", { headers: bearer(jwt) })).status).toBe(401);
  });
});
