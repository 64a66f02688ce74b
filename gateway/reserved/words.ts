import { type ActiveHours, DAY_WORDS, type EndpointClass } from "../../shared/policy.ts";
import type { HolderFacts } from "./facts.ts";

// How the holders' page says things.

/** What a token opens. */
export const ENDPOINT_WORDS: Record<EndpointClass, string> = {
  inference: "Asking models",
  all: "Everything that the provider has",
};

/** A time, RFC 3339, as people read it. */
export const timeWords = (time: string): string => new Date(time).toUTCString();

/** When a token works. */
export function hoursWords(hours: ActiveHours | null): string {
  if (hours === null) return "Always";
  const windows = hours.windows.map(
    ({ days, from, to }) => `${days.map((day) => DAY_WORDS[day]).join(", ")} ${from}–${to}`,
  );
  return `${windows.join("; ")} (${hours.timeZone})`;
}

/** From where a token works. */
export function placeWords({ boundToNetworks, boundToCountries }: HolderFacts): string {
  const bounds = [boundToNetworks ? "some networks" : [], boundToCountries ? "some countries" : []].flat();
  return bounds.length === 0 ? "Everywhere" : `From ${bounds.join(" and ")} only`;
}

/** An amount of a budget: dollars with as many digits as it takes to see something of small ones. */
export function amountWords(unit: "usd" | "tokens", value: number): string {
  if (unit === "usd") return `$${value.toFixed(value !== 0 && value < 0.01 ? 6 : 2)}`;
  return Math.floor(value).toLocaleString("en-US");
}
