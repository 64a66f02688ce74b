import type { LimitStanding } from "../../shared/usage.ts";
import type { Asked, Lease, Leased, LeaseReturn, LeaseWish } from "../permits.ts";
import { microsOf, nanosOf, wholeTokens } from "../usage/money.ts";

/** So many requests within a second make a token hot: then a lease saves more than it costs. */
const HOT_REQUESTS = 3;
const SECOND = 1_000;
/** Shorter than this says too little of how much comes, in ms. */
const SHORTEST_LOOK = 100;
/** More than what came, so that a lease isn't used up before the next one is here. */
const HEADROOM = 1.5;
const MOST_REQUESTS = 1_000;

/** A lease that an isolate holds, and what is left of it. */
interface Held {
  readonly lease: Lease;
  /** ms since 1970. */
  readonly askedAt: number;
  /** When nothing may be granted from it any more, ms since 1970. */
  until: number;
  requests: number;
  tokens: number;
  nanos: number;
  /** What was granted from it and isn't told to be over, by permit. */
  readonly running: Map<string, Asked & Pick<Leased, "afterMs">>;
}

/** What came since the last wish. */
interface Demand {
  /** ms since 1970. */
  since: number;
  requests: number;
  tokens: number;
  nanos: number;
  newest: Asked;
  version: number;
}

const less = <T extends { left: number }>(rate: T, amount: number): T => ({
  ...rate,
  left: Math.max(0, rate.left - amount),
});

/** How the limits stand beyond what was granted from a lease. */
function standingBeyond({ lease, ...left }: Held): LimitStanding {
  const { requestsPerMinute, tokensPerMinute, concurrency, budgets } = lease.standing;
  const took = {
    requests: lease.requests - left.requests,
    tokens: lease.tokens - left.tokens,
    nanos: lease.nanos - left.nanos,
  };
  return {
    requestsPerMinute: requestsPerMinute && less(requestsPerMinute, took.requests),
    tokensPerMinute: tokensPerMinute && less(tokensPerMinute, took.tokens),
    concurrency,
    budgets: budgets.map((budget) => {
      const amount = budget.unit === "usd" ? microsOf(took.nanos) : took.tokens;
      return { ...less(budget, amount), reserved: budget.reserved + amount };
    }),
  };
}

/**
 * The leases that an isolate holds of one token. Plain data, since it is of many requests. Times are ms since 1970 by this
 * isolate's clock alone.
 */
export class Leasehold {
  /** Oldest first: what ends first is used first. */
  #held: Held[] = [];
  #demand: Demand | null = null;

  /** Whether there is anything to give back. */
  get isHolding(): boolean {
    return this.#held.length > 0;
  }

  /** Notes that a request needs a permit, wherever that comes from. */
  note(asked: Asked, version: number, now: number): void {
    const { estimate } = asked;
    const isNew = this.#demand === null || now - this.#demand.since >= SECOND;
    const before = isNew || this.#demand === null ? { since: now, requests: 0, tokens: 0, nanos: 0 } : this.#demand;
    this.#demand = {
      since: before.since,
      requests: before.requests + 1,
      tokens: before.tokens + wholeTokens(estimate.tokens),
      nanos: before.nanos + nanosOf(estimate.micros),
      newest: asked,
      version,
    };
  }

  /**
   * Grants a permit, where a lease has room for it.
   *
   * @param version of the record that the request was authorized by
   */
  grant(
    permit: string,
    asked: Asked,
    version: number,
    now: number,
  ): { standing: LimitStanding; leased: Leased } | null {
    const tokens = wholeTokens(asked.estimate.tokens);
    const nanos = nanosOf(asked.estimate.micros);
    const held = this.#held.find(
      (one) =>
        one.lease.version === version &&
        now < one.until &&
        one.requests >= 1 &&
        one.tokens >= tokens &&
        one.nanos >= nanos,
    );
    if (held === undefined) return null;
    held.requests -= 1;
    held.tokens -= tokens;
    held.nanos -= nanos;
    const afterMs = now - held.askedAt;
    held.running.set(permit, { ...asked, afterMs });
    const leased = { lease: held.lease.lease, estimate: asked.estimate, afterMs };
    return { standing: standingBeyond(held), leased };
  }

  /** Notes that the guard knows a permit's end. */
  ended(permit: string, { lease }: Leased): void {
    this.#held.find((one) => one.lease.lease === lease)?.running.delete(permit);
  }

  /**
   * What to wish for, where the token is hot and what is held will be used up or over soon.
   *
   * @param lease name of the lease that is wished for
   */
  wish(lease: string, now: number): LeaseWish | null {
    const demand = this.#demand;
    if (demand === null || demand.requests < HOT_REQUESTS || now - demand.since > 2 * SECOND) return null;
    const newest = this.#held.at(-1);
    const isEnough =
      newest !== undefined &&
      newest.lease.version === demand.version &&
      now < newest.until - newest.lease.forMs / 2 &&
      newest.requests > newest.lease.requests / 2;
    if (isEnough) return null;
    this.#demand = null;
    const { requests, tokens, nanos, newest: asked, version, since } = demand;
    const times = (HEADROOM * SECOND) / Math.max(SHORTEST_LOOK, now - since);
    const wanted = Math.min(MOST_REQUESTS, Math.ceil(requests * times));
    const share = wanted / requests;
    const micros = asked.estimate.micros === null && nanos === 0 ? null : microsOf(Math.ceil(nanos * share));
    const estimate = { tokens: Math.ceil(tokens * share), micros };
    return { lease, version, requests: wanted, asked: { ...asked, estimate } };
  }

  /**
   * Takes a lease, and gives up the ones before it.
   *
   * @param askedAt when it was asked for
   */
  hold(lease: Lease, askedAt: number): void {
    this.retire(askedAt);
    const { requests, tokens, nanos, forMs } = lease;
    this.#held.push({ lease, askedAt, until: askedAt + forMs, requests, tokens, nanos, running: new Map() });
  }

  /** Gives up all that is held: nothing is granted from it any more. */
  retire(now: number): void {
    for (const one of this.#held) one.until = Math.min(one.until, now);
  }

  /** The leases that are over, to be given back; they are forgotten here. */
  returns(now: number): LeaseReturn[] {
    const over = this.#held.filter(({ until }) => until <= now);
    this.#held = this.#held.filter(({ until }) => until > now);
    return over.map(({ lease, running }) => ({
      lease: lease.lease,
      running: [...running].map(([permit, asked]) => ({ permit, ...asked })),
    }));
  }
}
