import type { Provider } from "./providers.ts";

/** What the page of a claim link sends to the gateway: hash only, never the token. */
export interface ClaimRequest {
  /** The link's secret. */
  claim: string;
  /** SHA-256 of the token that the page made, hex. */
  hash: string;
}

/** What the gateway answers when it has taken the hash: all that the page needs to show how the token is used. */
export interface ClaimTaken {
  /** Token id. */
  token: string;
  providers: Provider[];
  /** A model of each provider that the token may use, for the examples. */
  models: Partial<Record<Provider, string>>;
  /** RFC 3339; null: never. */
  expiresAt: string | null;
}

/** Where the gateway serves the page of claim links. */
export const CLAIM_PATH = "/-/claim";

/**
 * A claim link without its origin. The secret stands behind the #, so that no server is ever sent it as part of an address.
 *
 * @param secret of the link
 */
export const claimPath = (secret: string): string => `${CLAIM_PATH}#${secret}`;
