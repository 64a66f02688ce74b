import { jwtVerify, SignJWT } from "jose";

const ISSUER = "doppelgate";
const AUDIENCE = "doppelgate-admin";

/** How long a session lasts, in seconds: 12 hours. */
export const SESSION_SECONDS = 12 * 60 * 60;

/**
 * Signs a session.
 *
 * @param jti the session's id
 * @param now ms since 1970
 * @returns the JWT, and when it expires in ms since 1970
 */
export async function signSession(
  key: CryptoKey,
  jti: string,
  now: number,
): Promise<{ token: string; expiresAt: number }> {
  const issuedAt = Math.floor(now / 1000);
  const expiresAt = issuedAt + SESSION_SECONDS;
  const token = await new SignJWT()
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setIssuedAt(issuedAt)
    .setExpirationTime(expiresAt)
    .setJti(jti)
    .sign(key);
  return { token, expiresAt: expiresAt * 1000 };
}

/**
 * Checks a JWT's signature, times, issuer and audience. Whether the session was ended, the registry knows.
 *
 * @param now ms since 1970
 * @returns the session's id, or null where anything about it is off
 */
export async function verifySession(key: CryptoKey, token: string, now: number): Promise<string | null> {
  try {
    const { payload } = await jwtVerify(token, key, {
      // Stops `alg: none`, and a token signed by another algorithm with a key of ours.
      algorithms: ["HS256"],
      typ: "JWT",
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ["exp", "iat", "jti"],
      // Stops a token whose `exp` was set to live longer than a session may.
      maxTokenAge: SESSION_SECONDS,
      currentDate: new Date(now),
    });
    return typeof payload.jti === "string" ? payload.jti : null;
  } catch {
    return null;
  }
}
