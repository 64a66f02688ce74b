import { base64url, SignJWT } from "jose";
import { describe, it } from "vitest";
import { signingKey } from "../../../../admin/auth/secret.ts";
import { SESSION_SECONDS, signSession, verifySession } from "../../../../admin/auth/session.ts";

const NOW = Date.UTC(2026, 10, 22, 12);
const SECONDS = NOW / 1000;
const SECRET = "a secret of the owner";

/** A JWT that is right but for what `change` does to it. */
async function forged(
  change: (jwt: SignJWT) => SignJWT,
  header: { alg: string; typ?: string },
  key: CryptoKey | Uint8Array,
) {
  const right = new SignJWT()
    .setProtectedHeader({ typ: "JWT", ...header })
    .setIssuer("doppelgate")
    .setAudience("doppelgate-admin")
    .setIssuedAt(SECONDS)
    .setExpirationTime(SECONDS + 60)
    .setJti("session-1");
  return change(right).sign(key);
}

const unsigned = (header: object, payload: object): string =>
  [header, payload].map((part) => base64url.encode(JSON.stringify(part))).join(".") + ".";

describe("a session's JWT", () => {
  it("carries the session's id and lasts twelve hours", async ({ expect }) => {
    const key = await signingKey(SECRET);
    const { token, expiresAt } = await signSession(key, "session-1", NOW);
    expect(expiresAt).toBe(NOW + 12 * 60 * 60 * 1000);
    expect(await verifySession(key, token, NOW)).toBe("session-1");
    expect(await verifySession(key, token, expiresAt - 1000)).toBe("session-1");
    expect(await verifySession(key, token, expiresAt)).toBeNull();
  });

  it("is right as `forged` makes it when nothing is changed", async ({ expect }) => {
    const key = await signingKey(SECRET);
    expect(await verifySession(key, await forged((jwt) => jwt, { alg: "HS256" }, key), NOW)).toBe("session-1");
  });

  it("opens nothing under another secret", async ({ expect }) => {
    const { token } = await signSession(await signingKey(SECRET), "session-1", NOW);
    expect(await verifySession(await signingKey(`${SECRET}!`), token, NOW)).toBeNull();
  });

  it("is refused unsigned, as `alg: none`", async ({ expect }) => {
    const claims = { iss: "doppelgate", aud: "doppelgate-admin", iat: SECONDS, exp: SECONDS + 60, jti: "session-1" };
    const key = await signingKey(SECRET);
    for (const alg of ["none", "None", "NONE"]) {
      expect(await verifySession(key, unsigned({ alg, typ: "JWT" }, claims), NOW)).toBeNull();
    }
    expect(await verifySession(key, unsigned({ alg: "HS256", typ: "JWT" }, claims), NOW)).toBeNull();
  });

  it("is refused with another algorithm, whatever the key", async ({ expect }) => {
    const raw = crypto.getRandomValues(new Uint8Array(64));
    const hs512 = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-512" }, false, [
      "sign",
      "verify",
    ]);
    expect(await verifySession(hs512, await forged((jwt) => jwt, { alg: "HS512" }, hs512), NOW)).toBeNull();
  });

  it("is refused when the secret itself signed it, not the key made of it", async ({ expect }) => {
    const token = await forged((jwt) => jwt, { alg: "HS256" }, new TextEncoder().encode(SECRET.padEnd(32)));
    expect(await verifySession(await signingKey(SECRET), token, NOW)).toBeNull();
  });

  for (const [name, change] of [
    ["another issuer", (jwt) => jwt.setIssuer("somebody")],
    ["another audience", (jwt) => jwt.setAudience("doppelgate-gateway")],
    ["an end that has come", (jwt) => jwt.setExpirationTime(SECONDS)],
    ["a beginning before the longest session", (jwt) => jwt.setIssuedAt(SECONDS - SESSION_SECONDS - 1)],
    ["a beginning in the future", (jwt) => jwt.setIssuedAt(SECONDS + 3600).setExpirationTime(SECONDS + 7200)],
    ["a time before which it doesn't count", (jwt) => jwt.setNotBefore(SECONDS + 10)],
  ] satisfies [string, (jwt: SignJWT) => SignJWT][]) {
    it(`is refused with ${name}`, async ({ expect }) => {
      const key = await signingKey(SECRET);
      expect(await verifySession(key, await forged(change, { alg: "HS256" }, key), NOW)).toBeNull();
    });
  }

  for (const claim of ["iss", "aud", "iat", "exp", "jti"]) {
    it(`is refused without ${claim}`, async ({ expect }) => {
      const claims = { iss: "doppelgate", aud: "doppelgate-admin", iat: SECONDS, exp: SECONDS + 60, jti: "session-1" };
      const left = Object.fromEntries(Object.entries(claims).filter(([name]) => name !== claim));
      const key = await signingKey(SECRET);
      const token = await new SignJWT(left).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(key);
      expect(await verifySession(key, token, NOW)).toBeNull();
    });
  }

  it("is refused with one character changed, and as junk", async ({ expect }) => {
    const key = await signingKey(SECRET);
    const { token } = await signSession(key, "session-1", NOW);
    const [head = "", claims = "", signature = ""] = token.split(".");
    const other = `${claims.slice(0, -2)}${claims.at(-2) === "A" ? "B" : "A"}${claims.at(-1)}`;
    for (const junk of [`${head}.${other}.${signature}`, `${head}.${claims}.`, "", "a.b.c", "x".repeat(5000)]) {
      expect(await verifySession(key, junk, NOW)).toBeNull();
    }
  });
});
