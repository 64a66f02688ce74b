import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { Bindings } from "../../../../gateway/bindings.ts";
import { forgetAll } from "../../../../gateway/lookup.ts";
import { forgetFacts } from "../../../../gateway/reserved/told.ts";
import { generateToken, newTokenId } from "../../../../shared/token.ts";
import { ask, makeToken, publish, type TestToken } from "../../support/gateway.ts";
import { bindingsWith, toldGuard, type ToldGuard, visit } from "../../support/holders.ts";

let token: TestToken;
let guard: ToldGuard;
let bindings: Bindings;

beforeEach(async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  token = await makeToken();
  await publish(token);
  guard = toldGuard(token.record);
  bindings = bindingsWith(guard);
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetFacts();
  await reset();
});

const asBearer = (secret: string) => ({ headers: { authorization: `Bearer ${secret}` } });

describe("/-/me refuses", () => {
  const unknown = "This token is not valid here. Check that it was copied whole, or ask its owner for a new one.";

  for (const [name, change, status, code, message] of [
    ["a disabled token", { state: "disabled" }, 401, "unknown_token", unknown],
    ["a deleted token", { state: "deleted" }, 401, "unknown_token", unknown],
    [
      "an expired token",
      { expiresAt: Date.UTC(2026, 0, 1) },
      401,
      "expired_token",
      "This token expired on Thu, 01 Jan 2026 00:00:00 GMT. Ask its owner to extend it.",
    ],
  ] as const) {
    it(`${name}, in every provider's shape at once`, async ({ expect }) => {
      await publish({ ...token, record: { ...token.record, ...change } });
      const response = await visit(bindings, "/-/me", asBearer(token.secret));
      expect(response.status).toBe(status);
      expect(response.headers.get("x-doppelgate-error")).toBe(code);
      expect(await response.json()).toEqual({
        type: "error",
        error: {
          type: "authentication_error",
          message,
          param: null,
          code: "invalid_api_key",
          status: "UNAUTHENTICATED",
        },
        request_id: expect.stringMatching(/^req_dg_/),
      });
    });
  }

  it("an unknown token; one that can't be a token costs no look-up", async ({ expect }) => {
    expect((await visit(bindings, "/-/me", asBearer(generateToken(newTokenId())))).status).toBe(401);
    expect(guard.asked).toEqual(["recall"]);
    const broken = `${token.secret.slice(0, -1)}${token.secret.endsWith("0") ? "1" : "0"}`;
    const response = await visit(bindings, "/-/me", asBearer(broken));
    expect([response.status, response.headers.get("x-doppelgate-error")]).toEqual([401, "unknown_token"]);
    expect(guard.asked).toEqual(["recall"]);
  });

  for (const [name, change, code, message] of [
    [
      "network",
      { networks: ["203.0.113.0/24"] } as Partial<TestToken["record"]>,
      "network_not_allowed",
      "This token does not work from the address 198.51.100.1. Ask its owner.",
    ],
    [
      "country",
      { countries: ["DE"] } as Partial<TestToken["record"]>,
      "country_not_allowed",
      "This token does not work from this country (unknown). Ask its owner.",
    ],
  ] as const) {
    it(`a token from another ${name}, whatever is wanted: it may be a thief's`, async ({ expect }) => {
      await publish({ ...token, record: { ...token.record, ...change, holderMay: ["rotate", "revoke"] } });
      const headers = { authorization: `Bearer ${token.secret}`, "cf-connecting-ip": "198.51.100.1" };
      for (const [path, method] of [
        ["/-/me", "GET"],
        ["/-/me/rotate", "POST"],
        ["/-/me/revoke", "POST"],
      ] as const) {
        const response = await visit(bindings, path, { method, headers });
        expect([response.status, response.headers.get("x-doppelgate-error")]).toEqual([403, code]);
        expect(await response.json()).toMatchObject({ error: { message } });
      }
      expect(guard.asked).toEqual(["recall"]);
    });
  }

  it("no token outside its hours: its holder may look when it works again", async ({ expect }) => {
    const activeHours = { timeZone: "UTC", windows: [] };
    await publish({ ...token, record: { ...token.record, activeHours } });
    const response = await visit(bindings, "/-/me", asBearer(token.secret));
    expect(await response.json()).toMatchObject({ activeHours });
  });

  it("no token, and two of them", async ({ expect }) => {
    const none = await visit(bindings, "/-/me");
    expect([none.status, none.headers.get("x-doppelgate-error")]).toEqual([401, "missing_token"]);
    const other = await makeToken();
    await publish(other);
    const headers = { authorization: `Bearer ${token.secret}`, "x-api-key": other.secret };
    const both = await visit(bindings, "/-/me", { headers });
    expect([both.status, both.headers.get("x-doppelgate-error")]).toEqual([400, "ambiguous_token"]);
  });

  it("other methods", async ({ expect }) => {
    for (const method of ["POST", "HEAD", "DELETE"]) {
      const response = await visit(bindings, "/-/me", { method, ...asBearer(token.secret) });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "GET"]);
    }
  });

  it("while the guard can't be asked, with a 503", async ({ expect }) => {
    guard.fails = true;
    const response = await visit(bindings, "/-/me", asBearer(token.secret));
    expect([response.status, response.headers.get("x-doppelgate-error")]).toEqual([503, "token_check_unavailable"]);
  });

  it("pages of other sites nothing: they may ask with the token in a header", async ({ expect }) => {
    const preflight = await ask("/-/me", {
      method: "OPTIONS",
      headers: {
        origin: "https://page.example",
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
      },
    });
    expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization");
    const answer = await ask("/-/me", { headers: { origin: "https://page.example" } });
    expect(answer.headers.get("access-control-allow-origin")).toBe("*");
  });
});
