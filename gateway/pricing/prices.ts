import { checkPrices, type ModelPrice, PRICES_KEY } from "../../shared/prices.ts";
import type { Provider } from "../../shared/providers.ts";
import type { Usage } from "../../shared/usage.ts";
import { withDeadline } from "../../shared/deadline.ts";
import type { Later } from "../admission.ts";
import type { Bindings } from "../bindings.ts";
import type { Call } from "../call.ts";
import { log } from "../log.ts";
import type { Estimate } from "../permits.ts";
import { costOf } from "./cost.ts";
import { estimateOf } from "./estimate.ts";
import { findRates } from "./rates.ts";
import { factor } from "./tiers.ts";

/** What models cost: the built-in prices, and over them the owner's. It never changes: a request keeps the one it began with. */
export interface Prices {
  /** Whether the owner's are among them: they were read, or there are none. */
  ownersKnown: boolean;
  /**
   * The worst that a call may use and cost.
   *
   * @param now ms since 1970
   * @returns `unpriced` names what has no known price (`micros` is null then), in words for the holder; null: all has one
   */
  estimate(call: Call, provider: Provider, now: number): Estimate & { unpriced: string | null };
  /**
   * What a call has cost.
   *
   * @param model that the request named, where the answer named none
   * @param now ms since 1970
   * @returns USD micro-dollars, rounded up to a thousandth; null: unpriced
   */
  cost(usage: Usage, provider: Provider, model: string | null, now: number): number | null;
}

/** How old the owner's prices may get, in ms. */
const FRESH_MS = 60_000;
/** How soon KV is asked again where it failed from the beginning, in ms. */
const RETRY_MS = 5_000;
/** How long KV may take, in ms. */
const DEADLINE_MS = 3_000;
/** No call takes longer, in ms: a price that changes meanwhile is reckoned with. */
const LONGEST_CALL_MS = 24 * 60 * 60 * 1000;

/**
 * Puts prices together.
 *
 * @param owners the owner's, which come before the built-in ones, in this order
 * @param ownersKnown false: they couldn't be read
 */
export const makePrices = (owners: readonly ModelPrice[], ownersKnown = true): Prices => ({
  ownersKnown,
  estimate(call, provider, now) {
    const times = [now, now + LONGEST_CALL_MS];
    const found = times.map((at) => findRates(owners, provider, null, call.model, at));
    return estimateOf(call, provider, found);
  },
  cost({ counts, model: served, tier }, provider, asked, now) {
    const found = findRates(owners, provider, served, asked, now);
    return found === null ? null : costOf(counts, found.rates, provider, factor(provider, served ?? asked, tier));
  },
});

interface Known {
  prices: Prices;
  /** Whether KV was ever asked for the owner's, and answered or failed. */
  complete: boolean;
  /** When KV was last asked, ms since 1970. */
  askedAt: number;
}

const nothingKnown = (): Known => ({ prices: makePrices([], false), complete: false, askedAt: -Infinity });
let known = nothingKnown();

/** Forgets the owner's prices; for tests, whose storage is emptied under the isolate's feet. */
export function forgetPrices(): void {
  known = nothingKnown();
}

async function read(bindings: Bindings): Promise<Prices> {
  const value: unknown = await withDeadline(bindings.tokens.get(PRICES_KEY, "json"), DEADLINE_MS, "KV");
  if (value === null) return makePrices([]);
  const found = checkPrices(value);
  if (found === null) throw new Error(`The value of ${PRICES_KEY} can't be read.`);
  return makePrices(found.prices);
}

async function renew(bindings: Bindings): Promise<void> {
  try {
    known = { ...known, prices: await read(bindings), complete: true };
  } catch (error) {
    // The last ones go on, or the built-in ones where there were none.
    const soon = known.prices.ownersKnown ? 0 : FRESH_MS - RETRY_MS;
    known = { ...known, complete: true, askedAt: known.askedAt - soon };
    log("error", "owner_prices_unread", { reason: String(error) });
  }
}

/**
 * The prices as they are known now. The owner's are read from KV once a minute and isolate, behind the request; only the
 * first request of an isolate that is judged by money waits for them.
 *
 * @param byMoney whether the request is judged by what it costs: a budget in dollars is among its limits
 * @param now ms since 1970
 * @param later takes the reading that goes on behind the request
 */
export async function pricesOf(bindings: Bindings, byMoney: boolean, now: number, later: Later): Promise<Prices> {
  const age = now - known.askedAt;
  const isOld = age < 0 || age >= FRESH_MS;
  if (isOld) known = { ...known, askedAt: now };
  // Not the reading of another request: that one's promise can't be awaited here.
  if (byMoney && !known.complete) await renew(bindings);
  else if (isOld) later(renew(bindings));
  return known.prices;
}
