import type { Actor } from "../registry/types.ts";

/** The address of an actor of whom Cloudflare said nothing, as on a developer's machine. */
export const NO_ADDRESS = "unknown";

const MAX_ADDRESS = 64;
const MAX_USER_AGENT = 200;

const printable = (text: string, length: number): string =>
  text
    .replaceAll(/\p{Cc}/gu, " ")
    .trim()
    .slice(0, length);

/** The country of the address by Cloudflare's data (`cf.country`, also on the free plan); null: it says none. */
function countryOf({ cf }: Pick<Request, "cf">): string | null {
  const country = cf?.["country"];
  return typeof country === "string" && /^[A-Z][A-Z0-9]$/.test(country) && country !== "XX" ? country : null;
}

/**
 * Who a request is from, for the audit log and the throttle.
 *
 * @param session the `jti`; null before sign-in
 */
export function actorOf(request: Request, session: string | null): Actor {
  // Set by Cloudflare; what a client sends under this name never arrives.
  const address = printable(request.headers.get("cf-connecting-ip") ?? "", MAX_ADDRESS) || NO_ADDRESS;
  const userAgent = printable(request.headers.get("user-agent") ?? "", MAX_USER_AGENT);
  return { session, address, userAgent, country: countryOf(request) };
}
