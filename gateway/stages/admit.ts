import { hasMoneyBudget, isLimited } from "../../shared/policy.ts";
import type { Provider } from "../../shared/providers.ts";
import type { TokenRecord } from "../../shared/record.ts";
import type { LimitStanding } from "../../shared/usage.ts";
import type { Later } from "../admission.ts";
import { askGuard, type Question } from "../asking.ts";
import type { Bindings } from "../bindings.ts";
import type { Call } from "../call.ts";
import type { Estimate, Leased, Settlement } from "../permits.ts";
import type { Prices } from "../pricing/prices.ts";
import { PROVIDER_ROWS, ROUTE_ROWS, type Route } from "../providers.ts";
import { Refused } from "../refusals.ts";
import { tellGuard } from "../telling.ts";
import type { Authorized } from "./authorize.ts";

/** What lets one request go upstream. `settle` closes it, exactly once. */
export interface Permit {
  /** A UUID. */
  id: string;
  tokenId: string;
  route: Route;
  /** ms since 1970. */
  openedAt: number;
  /** When the provider's answer began, ms since 1970; null until it does. */
  answeredAt: number | null;
  /** Of the provider: all that `forward` may use. */
  origin: string;
  /** The provider key that is used; settled by `forward`, which may have to take another one. */
  key: string;
  /** All of the provider's keys, none of which may reach the holder. */
  keys: readonly string[];
  /** Whether no key but `key` will do: an upload goes on where it was begun. */
  keyIsFixed: boolean;
  call: Call;
  prices: Prices;
  /** What its guard holds for it until it is settled; null: it granted nothing, and holds nothing. */
  reserved: Estimate | null;
  /** The lease that it was granted from; null: its guard was asked, or nobody. */
  leased: Leased | null;
  /** How the token's limits stand beyond this request; null where it has none. */
  standing: LimitStanding | null;
  /** Hands a settlement on to the guard, behind the request. */
  tell(settlement: Settlement): void;
}

/** What admission needs beside the token. */
export interface Desk {
  bindings: Bindings;
  later: Later;
  /** ms since 1970. */
  now: number;
}

/**
 * Grants an authorized request its permit: of its guard, where the token has limits; else at once.
 *
 * @returns the permit; or the token's newer record, by which it has to be authorized again
 * @throws Refused `provider_not_configured`, `unpriced`, `rate_limited`, `concurrency_limited`, `budget_used_up`,
 *   `token_check_unavailable` where the guard of a token with limits can't be asked, or its prices couldn't be read
 */
export async function admit(
  { record, route }: Authorized,
  call: Call,
  prices: Prices,
  { bindings, later, now }: Desk,
): Promise<Permit | { newer: TokenRecord }> {
  const { provider } = ROUTE_ROWS[route];
  const { keys, origin, problem } = bindings.providers[provider];
  const [key] = keys;
  if (key === undefined) {
    const secret = PROVIDER_ROWS[provider].keySecret;
    throw new Refused({ code: "provider_not_configured", provider, secret, problem: problem ?? "" }, record.id);
  }
  const permit: Permit = {
    id: crypto.randomUUID(),
    tokenId: record.id,
    route,
    openedAt: now,
    answeredAt: null,
    origin,
    key,
    keys,
    keyIsFixed: false,
    call,
    prices,
    reserved: null,
    leased: null,
    standing: null,
    tell: (settlement) => tellGuard(bindings, record.id, settlement, later),
  };
  if (!isLimited(record)) return permit;
  const estimate = estimateOf(call, provider, record, prices, now);
  const answer = await askGuard(bindings, record, askOf(permit, record, estimate), later);
  if (answer.answer === "newer") return { newer: answer.record };
  if (answer.answer === "refused") throw new Refused(answer.refusal, record.id, answer.standing);
  return { ...permit, reserved: estimate, leased: answer.leased ?? null, standing: answer.standing };
}

/** What a call reserves. Without a known price it can't be held to a budget in dollars, so it needs the owner's leave. */
function estimateOf(call: Call, provider: Provider, record: TokenRecord, prices: Prices, now: number): Estimate {
  const { tokens, micros, unpriced } = prices.estimate(call, provider, now);
  if (unpriced !== null && hasMoneyBudget(record) && !record.allowUnpriced) {
    // The owner may have set a price that couldn't be read: then it is no final word.
    if (!prices.ownersKnown) throw new Refused({ code: "token_check_unavailable" });
    throw new Refused({ code: "unpriced", what: unpriced }, record.id);
  }
  return { tokens, micros };
}

const askOf = ({ id, openedAt, route, call }: Permit, record: TokenRecord, estimate: Estimate): Question => ({
  permit: id,
  version: record.version,
  record: null,
  at: openedAt,
  provider: ROUTE_ROWS[route].provider,
  route,
  endpoint: call.endpoint?.name ?? null,
  model: call.model,
  estimate,
});
