import type { ClaimTaken } from "../../shared/claim.ts";
import { modelsToShow } from "../../shared/example-models.ts";
import { hashToken } from "../../shared/hash.ts";
import { claimedId } from "../../shared/token.ts";
import { guardName } from "../guard/guard.ts";
import { log } from "../log.ts";
import type { ClaimAct, ClaimAnswer } from "../permits.ts";
import { builtInPrices } from "../pricing/built-in.ts";
import { Refused } from "../refusals.ts";
import { json, objectIn, unreadable } from "./api.ts";
import script from "./built/claim.txt";
import { claimPage } from "./claim-page.ts";
import { asset, page } from "./sending.ts";
import { refuseOtherSites, type Visit } from "./visit.ts";

/** One script, which asks this gateway alone, and makes no markup of any text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const HASH = /^[0-9a-f]{64}$/;
/** ISO 3166-1; Cloudflare's own `XX` (unknown) and `T1` (Tor) are no countries. */
const COUNTRY = /^(?!XX)[A-Z]{2}$/;

function countryOf({ cf }: Request): string | null {
  const country = cf?.country;
  return typeof country === "string" && COUNTRY.test(country) ? country : null;
}

/**
 * Reads the body; without I/O, so that guesses cost nothing.
 *
 * @returns the token id that the link names, its secret, and the new token's hash
 * @throws Refused `unreadable_request`, `unknown_claim`
 */
async function askedIn(request: Request): Promise<{ id: string; claim: string; hash: string }> {
  const { claim, hash }: { claim?: unknown; hash?: unknown } = await objectIn(request);
  if (typeof hash !== "string" || !HASH.test(hash)) {
    throw unreadable('"hash" must be the SHA-256 of the new token: 64 hexadecimal digits in lower case.');
  }
  const id = typeof claim === "string" ? claimedId(claim) : null;
  if (typeof claim !== "string" || id === null) throw new Refused({ code: "unknown_claim" });
  return { id, claim, hash };
}

/** Browsers too old to name the site whose page asks still name its origin. */
function refuseOtherOrigins({ headers, url }: Request): void {
  const origin = headers.get("origin");
  if (origin !== null && origin !== new URL(url).origin) throw new Refused({ code: "cross_site" });
}

/** Without a deadline: what the guard takes must not get lost because it took long. */
async function ask(id: string, act: ClaimAct, { bindings }: Visit): Promise<ClaimAnswer> {
  const guard = bindings.guards.getByName(guardName(id));
  return guard.claim(act).then(
    // A copy: an RPC result that is kept would keep the guard's call open.
    (answer) => structuredClone(answer),
    (error: unknown) => {
      log("warn", "guard_failed", { reason: String(error) });
      throw new Refused({ code: "token_check_unavailable" });
    },
  );
}

/** `GET /-/claim`: the same page for every link, since the part behind the # is never sent. Looking at it uses nothing up. */
export const showClaim = async (): Promise<Response> => page(claimPage(), 200, POLICY);

/** `GET /-/claim.js`. */
export const showClaimScript = async (): Promise<Response> => asset(script, "text/javascript");

/** `POST /-/claim`: takes the hash of a token that was made with a claim link, once. The token itself is never sent. */
export async function takeClaim(visit: Visit): Promise<Response> {
  refuseOtherSites(visit.request);
  refuseOtherOrigins(visit.request);
  const { id, claim, hash } = await askedIn(visit.request);
  const answer = await ask(id, { claimHash: await hashToken(claim), hash, country: countryOf(visit.request) }, visit);
  if (!answer.ok) throw new Refused(answer.refusal);
  const { providers, models, expiresAt } = answer.record;
  const taken: ClaimTaken = {
    token: id,
    providers,
    models: modelsToShow(providers, models, models === null ? null : builtInPrices(visit.now)),
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  };
  return json(taken);
}
