import { type ActiveHours, type Budget, type HourWindow, PERIOD_WORDS, type Policy } from "../../shared/policy.ts";
import type { Provider } from "../../shared/providers.ts";
import { counted, dollars, number } from "./amounts.ts";
import { countryName } from "./countries.ts";
import { PROVIDER_NAMES } from "./words.ts";

// The parts of what is said of a policy.

const MANY = 3;
const MICROS = 1_000_000;
const DAYS = {
  mon: "Mondays",
  tue: "Tuesdays",
  wed: "Wednesdays",
  thu: "Thursdays",
  fri: "Fridays",
  sat: "Saturdays",
  sun: "Sundays",
} as const;
const SPANS: Readonly<Record<string, string>> = {
  "mon tue wed thu fri sat sun": "every day",
  "mon tue wed thu fri": "on weekdays",
  "sat sun": "at weekends",
};
const DATE = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

/** A list in words: `a, b and c`. */
export const listed = (parts: readonly string[], last = "and"): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} ${last} ${parts.at(-1)}`;

const fewOf = (list: readonly string[], noun: string, last?: string): string =>
  list.length > MANY ? counted(list.length, noun) : listed(list, last);

/** A day, such as `1 March 2027 (UTC)`: in the viewer's zone it may be another. `at`: ms since 1970. */
export const dayWords = (at: number): string => `${DATE.format(at)} (UTC)`;

/** A time, such as `1 March 2027, 18:00 UTC`. `at`: ms since 1970. */
export const timeWords = (at: number): string => `${DATE.format(at)}, ${new Date(at).toISOString().slice(11, 16)} UTC`;

/** Which models: `every model of OpenAI and only o3 of Anthropic`. */
export function modelWords({ models }: Pick<Policy, "models">, providers: readonly Provider[]): string {
  const free = providers.filter((provider) => models?.[provider] === undefined);
  const bound = providers.flatMap((provider) => {
    const globs = models?.[provider];
    return globs === undefined ? [] : [`only ${fewOf(globs, "pattern")} of ${PROVIDER_NAMES[provider]}`];
  });
  const all = free.length === 0 ? [] : [`every model of ${listed(free.map((provider) => PROVIDER_NAMES[provider]))}`];
  const parts = [...all, ...bound];
  // What is listed in itself is kept apart by more than another "and".
  return parts.length > 1 ? `${parts.slice(0, -1).join(", ")}, and ${parts.at(-1)}` : parts.join("");
}

const daysOf = ({ days }: HourWindow): string => SPANS[days.join(" ")] ?? `on ${listed(days.map((day) => DAYS[day]))}`;
const clock = (time: string): string => (time === "24:00" ? "midnight" : time.replace(/^0/, ""));

function windowWords(window: HourWindow): string {
  const { from, to } = window;
  if (from === "00:00" && to === "24:00") return daysOf(window);
  const nextDay = to <= from ? " the next day" : "";
  return `${daysOf(window)} from ${clock(from)} to ${clock(to)}${nextDay}`;
}

const isAlways = ({ windows }: ActiveHours): boolean =>
  windows.some((window) => window.days.length === 7 && window.from === "00:00" && window.to === "24:00");

function zoneWords(timeZone: string): string {
  if (!timeZone.includes("/") || timeZone.startsWith("Etc/")) return timeZone;
  return `${(timeZone.split("/").at(-1) ?? timeZone).replaceAll("_", " ")} time`;
}

/** When: `on weekdays from 8:00 to 18:00 (Berlin time)`; null: always. */
export function hourWords({ activeHours }: Pick<Policy, "activeHours">): string | null {
  if (activeHours === null || isAlways(activeHours)) return null;
  const { windows, timeZone } = activeHours;
  const words = windows.length > MANY ? `in ${windows.length} windows of the week` : listed(windows.map(windowWords));
  return `${words} (${zoneWords(timeZone)})`;
}

const networkWords = (network: string): string => network.replace(network.includes(":") ? /\/128$/ : /\/32$/, "");

/** From where: `from 203.0.113.0/24 and only in Germany or France`; null: everywhere. */
export function placeWords({ networks, countries }: Pick<Policy, "networks" | "countries">): string | null {
  const from = networks === null ? null : `from ${fewOf(networks.map(networkWords), "network", "or")}`;
  if (countries === null) return from;
  const where = countries.length > MANY ? `${countries.length} countries` : listed(countries.map(countryName), "or");
  return from === null ? `only in ${where}` : `${from} and only in ${where}`;
}

/** A budget: `$5 a month`, `1,000,000 tokens in all`. */
export function budgetWords({ usd, tokens, per }: Budget): string {
  const amount = usd === undefined ? counted(tokens, "token") : dollars(usd * MICROS).replace(/\.00$/, "");
  return `${amount} ${PERIOD_WORDS[per]}`;
}

/** How fast: `60 requests a minute and 20 at once (others wait up to 10 seconds)`; null: as fast as they like. */
export function paceWords({ limits }: Pick<Policy, "limits">): string | null {
  if (limits === null) return null;
  const { requestsPerMinute, tokensPerMinute, concurrency, queueSeconds } = limits;
  const parts = [];
  if (requestsPerMinute !== null) parts.push(`${counted(requestsPerMinute, "request")} a minute`);
  if (tokensPerMinute !== null) parts.push(`${counted(tokensPerMinute, "token")} a minute`);
  if (concurrency !== null) {
    const wait = queueSeconds === 0 ? "" : ` (others wait up to ${counted(queueSeconds, "second")})`;
    parts.push(`${requestsPerMinute === null ? counted(concurrency, "request") : number(concurrency)} at once${wait}`);
  }
  return parts.length === 0 ? null : listed(parts);
}

const ACTS = { rotate: "give it a new secret", revoke: "end it" } as const;

/** What the holder may do to the token: `give it a new secret and end it`; null: nothing. */
export const holderWords = ({ holderMay }: Pick<Policy, "holderMay">): string | null =>
  holderMay.length === 0 ? null : listed(holderMay.map((action) => ACTS[action]));
