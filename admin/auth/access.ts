import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "jose";
import type { AccessIdentity } from "../registry/reports.ts";
import type { AccessSettings } from "./access-settings.ts";

// What Cloudflare Access puts on the requests that it lets through: a JWT in a header, and the same in a cookie.
// https://developers.cloudflare.com/cloudflare-one/access-controls/applications/http-apps/authorization-cookie/validating-json/
const HEADER = "cf-access-jwt-assertion";
const COOKIE = "CF_Authorization";
const KEYS_PATH = "/cdn-cgi/access/certs";
/** How far Access's clock and ours may differ, in seconds. */
const CLOCK_TOLERANCE = 10;
const MAX_NAME = 200;

/** Who a request is from by Access's word. */
export interface Asserted extends AccessIdentity {
  /** Whether it is a person, and no program with a service token. */
  isPerson: boolean;
  /** When Access made the assertion, ms since 1970. */
  issuedAt: number;
}

/** What a request shows of Access. */
export type Assertion =
  | { kind: "valid"; identity: Asserted }
  /** Missing, expired, of another team or application, or not Access's at all. */
  | { kind: "invalid" }
  /** The team's keys can't be had, so nobody can tell. */
  | { kind: "unknown" };

// In an isolate, by the team's origin: the keys are fetched once in ten minutes, and at most twice a minute for a key
// that isn't known yet, as after a rotation.
const keySets = new Map<string, JWTVerifyGetKey>();

function keysOf(teamDomain: string): JWTVerifyGetKey {
  const known = keySets.get(teamDomain);
  if (known !== undefined) return known;
  const made = createRemoteJWKSet(new URL(KEYS_PATH, teamDomain));
  keySets.set(teamDomain, made);
  return made;
}

/** Forgets the keys that were fetched, for tests. */
export const forgetAccessKeys = (): void => keySets.clear();

const textOf = (value: unknown): string =>
  typeof value === "string" ? value.replaceAll(/\p{Cc}/gu, " ").slice(0, MAX_NAME) : "";

/** People have a `sub` and an email, service tokens an empty `sub` and a `common_name`. */
function identityOf({ sub, email, common_name: service, iat = 0 }: JWTPayload): Asserted | null {
  const [person, name, program] = [textOf(sub), textOf(email), textOf(service)];
  const issuedAt = iat * 1000;
  if (person !== "") return { subject: `user:${person}`, name: name || person, isPerson: true, issuedAt };
  return program === "" ? null : { subject: `service:${program}`, name: program, isPerson: false, issuedAt };
}

const isUnreachable = (error: unknown): boolean =>
  // jose throws errors of its own for whatever is wrong with a token; a failed fetch is none, or this one.
  !(error instanceof errors.JOSEError) || error.code === "ERR_JWKS_TIMEOUT" || error.code === "ERR_JOSE_GENERIC";

/**
 * Finds out whether Cloudflare Access let a request through.
 *
 * @param now ms since 1970
 */
export async function readAssertion(c: Context, settings: AccessSettings, now: number): Promise<Assertion> {
  const token = c.req.header(HEADER) ?? getCookie(c, COOKIE);
  if (token === undefined) return { kind: "invalid" };
  try {
    const { payload } = await jwtVerify(token, keysOf(settings.teamDomain), {
      // Stops `alg: none`, and an HMAC made with the public key as its secret.
      algorithms: ["RS256"],
      issuer: settings.teamDomain,
      // Stops an assertion that the same team's Access made for another application.
      audience: settings.audience,
      requiredClaims: ["exp", "iat"],
      clockTolerance: CLOCK_TOLERANCE,
      currentDate: new Date(now),
    });
    const identity = identityOf(payload);
    return identity === null ? { kind: "invalid" } : { kind: "valid", identity };
  } catch (error) {
    return { kind: isUnreachable(error) ? "unknown" : "invalid" };
  }
}
