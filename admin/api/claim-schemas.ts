import { z } from "@hono/zod-openapi";
import { expecting, graceSeconds, input } from "./fields.ts";

// What the owner says of a claim link.

const HOUR = 60 * 60;
const DAY = 24 * HOUR;
/** How long a link lives where nothing is said of it, in seconds. */
export const USUAL_LIFE = 7 * DAY;
const LONGEST_LIFE = 30 * DAY;
const BOUNDS = `A claim link lives for an hour (${HOUR} seconds) at least, and for 30 days (${LONGEST_LIFE} seconds) at most.`;

const expiresInSeconds = z
  .int(expecting("a whole number of seconds"))
  .min(HOUR, BOUNDS)
  .max(LONGEST_LIFE, BOUNDS)
  .default(USUAL_LIFE)
  .openapi({ description: "How long the link works, in seconds; with its token it ends in any case." });

/** The claim link of a new token. */
export const newTokenClaim = input({ expiresInSeconds }).openapi("ClaimLinkInput");

/** Body of a claim link for a token that is there. Its output is the registry's `ClaimInput`. */
export const claimInput = input({ expiresInSeconds, graceSeconds }).openapi("ClaimInput");
