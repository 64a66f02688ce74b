import type { Provider } from "../shared/providers.ts";
import type { TokenRecord } from "../shared/record.ts";
import type { LimitStanding, RequestEntry } from "../shared/usage.ts";
import type { ClaimRefusal } from "./claim-words.ts";
import type { Route } from "./providers.ts";
import type { Refusal } from "./refusals.ts";

/** The worst that a call may use, known before it is made. */
export interface Estimate {
  /** Input and output together, an upper bound. */
  tokens: number;
  /** USD micro-dollars, an upper bound; null: what it costs isn't known. */
  micros: number | null;
}

/** What a guard is asked before a request of a token with limits goes upstream. */
export interface Ask {
  /** A UUID, made by the caller: asking twice with the same one grants once. */
  permit: string;
  /** Version of the record that the request was authorized by. */
  version: number;
  /** That record itself, where the guard has answered that it knows only an older one; else null. */
  record: TokenRecord | null;
  /** ms since 1970. */
  at: number;
  provider: Provider;
  route: Route;
  /** Name of the endpoint; null: one that the table doesn't know. */
  endpoint: string | null;
  model: string | null;
  estimate: Estimate;
  /** What this isolate has to tell of earlier requests; it counts first. */
  settlements: readonly Settlement[];
  /** Leases that it gives back, before the guard judges. Left out by a gateway of before leases, while a deployment spreads. */
  returned?: readonly LeaseReturn[];
}

/** What an ask says of its request, which its entry says as well. */
export type Asked = Pick<Ask, "at" | "provider" | "route" | "endpoint" | "model" | "estimate">;

/** A guard's answer. */
export type Answer =
  /** It may go; what is left beyond it is for the response's headers. `leased`: this isolate granted it, from a lease. */
  | { answer: "granted"; standing: LimitStanding; leased?: Leased }
  /** It may not; of the kinds `rate_limited`, `concurrency_limited`, `budget_used_up`. */
  | { answer: "refused"; refusal: LimitRefusal; standing: LimitStanding }
  /** The record has changed since: authorize again with this one, then ask again. Nothing was granted. */
  | { answer: "newer"; record: TokenRecord }
  /** The guard was told of an older record only, or of none: ask again with the record. Nothing was granted. */
  | { answer: "older" };

/** Wishes for a lease: what an isolate's requests will probably need in the next moment. */
export interface LeaseWish {
  /** Of the lease, chosen by who asks: one whose answer was lost can be given back. A UUID. */
  lease: string;
  /** Version of the record that the isolate goes by. */
  version: number;
  requests: number;
  /** Of all of them together; of the newest one otherwise. */
  asked: Asked;
}

/**
 * A share of what a token has left. Out of it an isolate grants permits without asking, for a moment; the guard holds all
 * of it until it is given back, so whatever is granted meanwhile, no limit is overstepped.
 */
export interface Lease {
  lease: string;
  version: number;
  requests: number;
  tokens: number;
  /** Whole nano-dollars. */
  nanos: number;
  /** How long it may be granted from, in ms after it was asked for. */
  forMs: number;
  /** How the limits stand beyond the lease, as if nothing of it were held. */
  standing: LimitStanding;
}

/** A lease that is given back, with what was granted from it and isn't over yet: that stays held. */
export interface LeaseReturn {
  lease: string;
  running: readonly (Asked & Pick<Leased, "afterMs"> & { permit: string })[];
}

/** The lease that a permit was granted from. */
export interface Leased {
  lease: string;
  /** What the permit took of it. */
  estimate: Estimate;
  /** When it was granted, in ms after the lease was asked for: a span and not a time, since two machines' clocks needn't agree. */
  afterMs: number;
}

/** A refusal that a guard gives. */
export type LimitRefusal = Extract<Refusal, { code: "rate_limited" | "concurrency_limited" | "budget_used_up" }>;

/** What a guard is told when a request is over: exactly once for each permit, however often it arrives. */
export interface Settlement {
  /**
   * Of the request, its counts and its money among it; `id` is the permit, or `partId` where more follows. The parts of a
   * permit come in their order, and before its end.
   */
  entry: RequestEntry;
  /**
   * Whether the guard granted it, or nobody asked (a token without limits, a refusal). One that was granted counts while
   * its reservation is there and never again. One that wasn't counts once by its id, and ends a reservation of that id.
   */
  granted: boolean;
  /**
   * Names something that is billed once however often it is read (`batch:…`, `response:…`); null: this very request. A
   * name that the guard has counted before counts as nothing.
   */
  once: string | null;
  /** Whether more of the same permit follows: a turn of a socket. Its reservation is then renewed. */
  more: boolean;
  /** Where the permit was granted from a lease; left out: by the guard itself. */
  leased?: Leased;
}

/**
 * Names a part of a permit.
 *
 * @param place of the part among the permit's, from 1
 */
export const partId = (permit: string, place: number): string => `${permit}.${place}`;

/** The permit that an entry is of, and the place of the part; 0: it is the whole, or its end. */
export function partOfId(id: string): { permit: string; place: number } {
  const [permit = "", place = ""] = id.split(".");
  return { permit, place: /^[1-9]\d{0,8}$/.test(place) ? Number(place) : 0 };
}

/** What a holder wants done to their own token. */
export type HolderAct = {
  /** SHA-256 of the secret that was shown, hex: it must open the token now. */
  shown: string;
} & (
  | {
      action: "rotate";
      /** SHA-256 of the new secret, hex. */
      hash: string;
      /** How long the shown secret goes on working, in seconds; 0: it ends now. Others end now. */
      graceSeconds: number;
    }
  | { action: "revoke" }
);

/** What became of it; of the kinds `unknown_token`, `expired_token`, `holder_may_not`. */
export type HolderAnswer =
  | { ok: true; record: TokenRecord }
  | { ok: false; refusal: Extract<Refusal, { code: "unknown_token" | "expired_token" | "holder_may_not" }> };

/** The use of a token's claim link. */
export interface ClaimAct {
  /** SHA-256 of the link's secret, hex. */
  claimHash: string;
  /** SHA-256 of the new token secret, hex. The secret itself never leaves the browser that made it. */
  hash: string;
  /** ISO 3166-1 alpha-2, upper case; null where it isn't known. */
  country: string | null;
}

/** What became of it; `isNew` is false where the same was asked before. */
export type ClaimAnswer = { ok: true; record: TokenRecord; isNew: boolean } | { ok: false; refusal: ClaimRefusal };

/** That the owner wants all that is open to end; the token itself lives on. */
export type EndedByOwner = Extract<Refusal, { code: "ended_by_owner" }>;

/**
 * What a guard sends down the line to a watcher, beside records: the permit's time is over (a socket's next turn has no
 * budget), or the owner has ended what is open.
 */
export interface LineRefusal {
  refusal: LimitRefusal | EndedByOwner;
}
