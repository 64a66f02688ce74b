import { claimInput, USUAL_LIFE } from "../api/claim-schemas.ts";
import type { ClaimInput } from "../registry/types.ts";
import { type Checked, checkFields, secondsFrom } from "./forms.ts";

// The forms of claim links.

/** How long a link lives, to choose from: seconds, and what the form calls them. */
export const LINK_LIVES: readonly (readonly [seconds: string, label: string])[] = [
  ["3600", "1 hour"],
  ["86400", "1 day"],
  ["604800", "7 days"],
  ["2592000", "30 days"],
];

/** The life that is chosen from the start. */
export const USUAL_LINK_LIFE = String(USUAL_LIFE);

/** The input of a claim link for a token that is there. */
export function claimFrom(form: URLSearchParams): Checked<ClaimInput> {
  const field = (name: string): number | string => secondsFrom(form.get(name) ?? "");
  return checkFields(claimInput, { expiresInSeconds: field("linkLife"), graceSeconds: field("graceSeconds") });
}
