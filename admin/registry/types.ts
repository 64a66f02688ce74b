import type { Policy } from "../../shared/policy.ts";
import type { Provider } from "../../shared/providers.ts";
import type { PolicyName } from "../../shared/record.ts";
import type { TokenUse } from "../../shared/usage.ts";
import type { BudgetNow } from "./budgets.ts";
import type { NamedPolicy } from "./policy-book.ts";

/** Where a token's record is published: the gateway's guard (by RPC) and KV. */
export type PublishTarget = "gateway" | "kv";

/** How a token stands, in the owner's words. A disabled token that has also expired counts as disabled. */
export type TokenStatus = "active" | "disabled" | "expired" | "deleted";

/** Who acts: written into the audit log with each action. */
export interface Actor {
  /** `jti` of the session; null before sign-in and for what the registry does by itself. */
  session: string | null;
  /** The client's address as Cloudflare saw it; `unknown` where it said nothing. */
  address: string;
  /** At most 200 characters of the client's `user-agent`. */
  userAgent: string;
  /** Two letters of the country that Cloudflare takes the address to be in (`T1`: Tor); null or absent: not known. */
  country?: string | null;
}

/** A token's newest claim link, as the owner may see it. Times are ms since 1970. */
export interface ClaimView {
  /** `open`: whoever has it gets the token. */
  state: "open" | "used" | "expired" | "withdrawn";
  /** When it expires, or did: with its token at the latest. */
  expiresAt: number;
  /** The receipt: when it was used; null: it wasn't. */
  usedAt: number | null;
  /** From where, ISO 3166-1 alpha-2; null: it wasn't used, or that isn't known. */
  country: string | null;
}

/** What a claim link should be. Checked by `claimInput` in `admin/api/claim-schemas.ts`. */
export interface ClaimInput {
  /** An hour to 30 days. */
  expiresInSeconds: number;
  /** How long the secrets that open the token when the link is used go on, in seconds; left out: they end then. */
  graceSeconds?: number | undefined;
}

/** A token as the owner may see it: no secret and no hash. Times are ms since 1970. */
export interface TokenView extends Policy {
  id: string;
  label: string;
  note: string | null;
  providers: Provider[];
  status: TokenStatus;
  createdAt: number;
  updatedAt: number;
  expiresAt: number | null;
  version: number;
  /** The secrets that still open it, newest first. */
  secrets: { typed: boolean; endsAt: number | null }[];
  /** Where the newest record isn't confirmed yet; the registry goes on trying by itself. */
  pending: PublishTarget[];
  /** The named policy that it follows; null: its rules are its own. */
  policy: PolicyName | null;
  /** When its holder last changed it (claimed, rotated, revoked), ms since 1970; null: never. */
  holderActedAt: number | null;
  /** The newest link by which it is handed over; null: there was none. */
  claim: ClaimView | null;
}

/** Why the registry didn't do what the owner asked; `message` is for the owner. */
export interface Refusal {
  /**
   * missing: no such token, session or policy. unknown: the input names something that isn't there. taken: must be unique.
   * deleted: nothing more can be done to it. full: a bound. follows: its policy says that. used: others need it. closed: its
   * claim link is used, or wouldn't work. changed: what the owner was shown isn't so any more.
   */
  kind: "missing" | "unknown" | "taken" | "deleted" | "full" | "follows" | "used" | "closed" | "changed";
  /** The input field to mend; null where it isn't about one. */
  field: string | null;
  message: string;
}

/** The result of an action: a refusal is a value, because an exception loses its type on its way through RPC. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; refusal: Refusal };

/** What a token may be used for, as the owner said it. An input names one of the two, or `policy: null` with rules. */
export interface PolicyChoice {
  /** Id of the named policy to follow; null: none, the rules are its own. */
  policy?: string | null | undefined;
  /** Fields of a policy of its own. In a new token the others are as in `OPEN_POLICY`. */
  rules?: Partial<Policy> | undefined;
}

/** What a new token should be. Checked by `tokenInput` in `admin/api/schemas.ts`. */
export interface TokenInput extends PolicyChoice {
  label: string;
  note: string | null;
  providers: Provider[];
  /** ms since 1970; null: never. */
  expiresAt: number | null;
  /** Typed by the owner; null: let Doppelgate make one. */
  secret: string | null;
  /** Make a claim link instead of a secret; null, or left out: make a secret. */
  claim?: ClaimInput | null;
}

/** What to change; an absent field stays as it is. */
export interface TokenPatch extends PolicyChoice {
  label?: string | undefined;
  note?: string | null | undefined;
  providers?: Provider[] | undefined;
  /** ms since 1970; null: never. */
  expiresAt?: number | null | undefined;
  state?: "active" | "disabled" | undefined;
}

/** How to rotate. */
export interface Rotation {
  /** Typed by the owner; null: let Doppelgate make one. */
  secret: string | null;
  /** How long the old secrets go on working, in seconds; 0: they end now. */
  graceSeconds: number;
}

/** A token together with its new secret, or with that of its new claim link (`dgc_`), which is shown this once. */
export interface IssuedToken {
  secret: string;
  token: TokenView;
}

/** How the list of tokens can be filtered: how a token stands, or what the owner should look at. */
export type ListStatus =
  | TokenStatus
  /** Active, and ends within 7 days. */
  | "expiring"
  /** Never used. */
  | "unused"
  /** Of a budget 80 % or more are used. */
  | "nearly"
  /** The newest change isn't confirmed everywhere yet. */
  | "unpublished"
  /** Its holder changed it. */
  | "holder";

/**
 * What the list of tokens can be sorted by. `status`: active ones, then expired, disabled and deleted ones; alike ones by their
 * end, the last to come first. `share`: how much of the fullest budget is used.
 */
export type ListSort = "created" | "label" | "status" | "expires" | "used" | "share";

/** A span of time, in ms since 1970; null: open on that side. */
export interface TimeSpan {
  from: number | null;
  /** The first moment that isn't in it any more. */
  to: number | null;
}

/** A place in the list: what the row there is sorted by. */
export interface TokenCursor {
  key: string | number;
  id: string;
  /** Whether the page ends there and not begins. */
  back: boolean;
}

/** Which tokens match. */
export interface TokenMatch {
  /** Part of the label, the note or the id, in any case; empty: all. */
  query: string;
  /** null: all but the deleted ones. */
  status: ListStatus | null;
  provider: Provider | null;
  /** Id of the named policy that they follow; empty: none; null: any or none. */
  policy: string | null;
  /** When they were created; left out: whenever. */
  created?: TimeSpan | undefined;
  /** When they expire, or did; left out: whenever, or never. */
  expires?: TimeSpan | undefined;
}

/** Which tokens to list. */
export interface TokenFilter extends TokenMatch {
  sort: ListSort;
  descending: boolean;
  cursor: TokenCursor | null;
  /** 1–200. */
  limit: number;
}

/** A token in the list. */
export interface ListedToken extends TokenView {
  /** What the gateway told of its use; null: nothing yet, so it may have been used or not. */
  use: TokenUse | null;
  /** How its budgets stand, the fullest first. */
  budgets: BudgetNow[];
}

/** How much is known of the tokens' use. */
export interface UsesKnown {
  /** When all of it was last known, ms since 1970; null: never. */
  asOf: number | null;
  /** Whether the gateway answered when it was last asked. */
  reachable: boolean;
}

/** A page of tokens. */
export interface TokenPage {
  tokens: ListedToken[];
  /** How many match in all; where it isn't exact, there may be more. */
  total: number;
  totalIsExact: boolean;
  previous: TokenCursor | null;
  next: TokenCursor | null;
  /** How much is known of their use. */
  uses: UsesKnown;
}

/** What a new policy should be. Checked by `policyInput` in `admin/api/policy-schemas.ts`. */
export interface PolicyInput {
  name: string;
  rules: Policy;
}

/** What to change in a policy; an absent field stays as it is. */
export interface PolicyPatch {
  name?: string | undefined;
  rules?: Partial<Policy> | undefined;
}

/** A named policy as the owner sees it. */
export interface PolicyView extends NamedPolicy {
  /** Whether new tokens follow it where nothing else is said. */
  isDefault: boolean;
  /** How many tokens follow it. */
  tokens: number;
  /** Of how many of them the newest record isn't confirmed yet; where it isn't exact, there may be more. */
  pending: number;
  pendingIsExact: boolean;
}

/** All named policies. */
export interface PoliciesView {
  /** By name. */
  policies: PolicyView[];
  /** Whether KV doesn't have the newest ones yet; the registry goes on trying by itself. */
  pending: boolean;
}
