import type { PriceList } from "../../shared/prices.ts";
import type { Provider } from "../../shared/providers.ts";
import type { Usage } from "../../shared/usage.ts";
import type { Later } from "../admission.ts";
import type { Bindings } from "../bindings.ts";
import type { Call } from "../call.ts";
import type { Estimate } from "../permits.ts";

/** What models cost: the built-in prices, and over them the owner's. */
export interface Prices {
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

/**
 * The prices as they are known now. The owner's are read from KV, once a minute and isolate, and behind the request where
 * older ones are at hand.
 *
 * @param now ms since 1970
 * @param later takes the reading that goes on behind the request
 */
export async function pricesOf(_bindings: Bindings, _now: number, _later: Later): Promise<Prices> {
  return { estimate: () => ({ tokens: 0, micros: null, unpriced: null }), cost: () => null };
}

/** The prices that are built in. */
export function builtInPrices(): PriceList {
  return { date: "", source: "", prices: [] };
}
