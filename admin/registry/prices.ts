import { checkPrices, type ModelPrice, PRICES_KEY } from "../../shared/prices.ts";
import { addAudit } from "./audit.ts";
import type { AuditChanges } from "./reports.ts";
import { putSettings, readSettings, settingPending } from "./settings.ts";
import type { Actor, Outcome, Refusal } from "./types.ts";

/** How many prices an owner may have: all of them go through one request of the API, and are looked through for each call. */
export const MAX_PRICES = 250;

/** The owner's prices. */
export interface PricesView {
  /** The first one that matches counts. */
  prices: ModelPrice[];
  /** Whether KV, and so the gateway, doesn't have the newest ones yet; the registry goes on trying by itself. */
  pending: boolean;
}

/** Names one of the owner's prices: there is one of each provider and model. */
export type PriceName = Pick<ModelPrice, "provider" | "model">;

/** What to change. */
export type PriceChange =
  /** All of them, in this order. */
  | { do: "replaceAll"; prices: ModelPrice[] }
  /** One more, at the end; or in the place of another one. */
  | { do: "put"; price: ModelPrice; inPlaceOf: PriceName | null }
  | { do: "remove"; price: PriceName }
  /** To the place before the one before it. */
  | { do: "moveUp"; price: PriceName };

const refuse = (kind: Refusal["kind"], field: Refusal["field"], message: string): { ok: false; refusal: Refusal } => ({
  ok: false,
  refusal: { kind, field, message },
});
const MISSING = refuse("missing", null, "There is no such price of yours any more.");
const TAKEN = refuse("taken", "model", "You have a price for this model already. Change that one.");
const FULL = refuse("full", null, `You have ${MAX_PRICES} prices already. One with a glob can stand for many models.`);

const isSame = (one: PriceName, other: PriceName): boolean =>
  one.provider === other.provider && one.model.toLowerCase() === other.model.toLowerCase();

const pricesOf = (sql: SqlStorage): ModelPrice[] => checkPrices(readSettings(sql, PRICES_KEY))?.prices ?? [];

/** Reads the owner's prices. */
export const viewPrices = (sql: SqlStorage): PricesView => ({
  prices: pricesOf(sql),
  pending: settingPending(sql, PRICES_KEY),
});

function put(prices: ModelPrice[], price: ModelPrice, inPlaceOf: PriceName | null): Outcome<ModelPrice[]> {
  const place = inPlaceOf === null ? prices.length : prices.findIndex((one) => isSame(one, inPlaceOf));
  if (place < 0) return MISSING;
  if (place >= MAX_PRICES) return FULL;
  if (prices.some((one, index) => index !== place && isSame(one, price))) return TAKEN;
  return { ok: true, value: prices.toSpliced(place, 1, price) };
}

function changed(prices: ModelPrice[], change: PriceChange): Outcome<ModelPrice[]> {
  if (change.do === "replaceAll") return { ok: true, value: change.prices };
  if (change.do === "put") return put(prices, change.price, change.inPlaceOf);
  const place = prices.findIndex((one) => isSame(one, change.price));
  const found = prices[place];
  if (found === undefined) return MISSING;
  const others = prices.toSpliced(place, 1);
  return { ok: true, value: change.do === "remove" ? others : others.toSpliced(Math.max(0, place - 1), 0, found) };
}

/** A price in words, for the audit log. */
function inWords({ usdPerMillion, ...others }: ModelPrice): string {
  const { usdPerRequest, usdPerAudioMinute, maxOutputTokens, contextTokens } = others;
  const all = { ...usdPerMillion, usdPerRequest, usdPerAudioMinute, maxOutputTokens, contextTokens };
  return Object.entries(all)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}

const wordsOf = (prices: readonly ModelPrice[]): Map<string, string> =>
  new Map(prices.map((price) => [`${price.provider} ${price.model}`, inWords(price)]));

function changesBetween(before: readonly ModelPrice[], after: readonly ModelPrice[]): AuditChanges {
  const [was, is] = [wordsOf(before), wordsOf(after)];
  const changes: AuditChanges = {};
  for (const name of new Set([...was.keys(), ...is.keys()])) {
    const one = { before: was.get(name) ?? null, after: is.get(name) ?? null };
    if (one.before !== one.after) changes[name] = one;
  }
  const [old, kept] = [[...was.keys()].filter((name) => is.has(name)), [...is.keys()].filter((name) => was.has(name))];
  if (JSON.stringify(old) !== JSON.stringify(kept)) changes["order"] = { before: old, after: kept };
  return changes;
}

/**
 * Changes the owner's prices, with their audit line and their way to KV; run it in a transaction. What changes nothing
 * makes no audit line.
 *
 * @param now ms since 1970
 */
export function changePrices(sql: SqlStorage, change: PriceChange, actor: Actor, now: number): Outcome<null> {
  const before = pricesOf(sql);
  const outcome = changed(before, change);
  if (!outcome.ok) return outcome;
  const changes = changesBetween(before, outcome.value);
  if (Object.keys(changes).length > 0) {
    putSettings(sql, PRICES_KEY, { schema: 1, prices: outcome.value }, now);
    addAudit(sql, actor, "prices.update", null, changes, now);
  }
  return { ok: true, value: null };
}
