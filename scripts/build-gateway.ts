// Builds what the gateway has in it beside its code. Run by wrangler's `[build]` before it bundles the gateway, and called by
// whatever else bundles it, so that a fresh clone has them too.
import { buildClaim } from "./build-claim.ts";
import { buildPrices } from "./build-prices.ts";

/** Builds the price data and the script of the page of claim links. */
export async function buildGateway(): Promise<void> {
  buildPrices();
  await buildClaim();
}

if (import.meta.main) await buildGateway();
