import type { Context } from "hono";
import type { AdminApp } from "../context.ts";

/**
 * The gateway's address as a holder needs it. The admin can't ask for it: a Worker doesn't know its own hostnames.
 *
 * @param set the owner's var `GATEWAY_URL`; null where there is none
 * @param admin the address of the request
 * @returns null where it can't be told
 */
export function gatewayAddress(set: string | null, admin: URL): string | null {
  if (set !== null) return set;
  // The names of wrangler.*.toml on the address that Cloudflare gives by itself.
  const workersDev = /^doppelgate-admin\.([a-z0-9-]+\.workers\.dev)$/.exec(admin.hostname);
  if (workersDev?.[1] !== undefined) return `https://doppelgate-gateway.${workersDev[1]}`;
  // The ports of `npm start`.
  return admin.host === "localhost:8788" || admin.host === "127.0.0.1:8788" ? "http://localhost:8787" : null;
}

/** The gateway's address as the admin that was asked knows it; see `gatewayAddress`. */
export const gatewayFor = (c: Context<AdminApp>): string | null =>
  gatewayAddress(c.var.bindings.gatewayUrl, new URL(c.req.url));
