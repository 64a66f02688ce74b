import type { Provider } from "../../shared/providers.ts";
import type { Finding, FindingKind } from "../overview/attention.ts";
import { MOST_COUNTED, type TokensFound } from "../registry/attention.ts";
import type { Sort } from "../api/list-schemas.ts";
import type { RebuildTarget } from "../registry/reports.ts";
import type { ListStatus } from "../registry/types.ts";
import { counted, number } from "./amounts.ts";
import { PROVIDER_NAMES } from "./words.ts";

// How the overview says what needs the owner's attention.

/** One line: what is the matter, where it is mended, and what else is known. */
export interface FindingWords {
  /** bad: holders are refused. warn: they will be, or something waits for the owner. idle: it can wait. */
  level: "bad" | "warn" | "idle";
  text: string;
  href: string;
  more: string;
  /** ms since 1970, to stand behind `more`; null: none. */
  at: number | null;
  /** Tokens to name behind it. */
  tokens: TokensFound["first"];
}

/** Words of a list: `a, b and c`. */
function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? "";
  return names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`;
}

const namesOf = (providers: readonly Provider[]): string => listed(providers.map((one) => PROVIDER_NAMES[one]));

const line = (
  level: FindingWords["level"],
  text: string,
  href: string,
  more = "",
  { at = null, tokens = [] }: { at?: number | null; tokens?: TokensFound["first"] } = {},
): FindingWords => ({ level, text, href, more, at, tokens });

const ofTokens = (level: FindingWords["level"], text: string, href: string, { first }: TokensFound): FindingWords =>
  line(level, text, href, "", { tokens: first });

/** Where the list has them, in an order that has the first ones first. */
const tokensBy = (status: ListStatus, sort: Sort): string => `/tokens?status=${status}&sort=${sort}`;

/** A number of tokens as it was counted: up to a bound. */
const tokenNumber = (count: number): string => (count >= MOST_COUNTED ? `${number(count)} or more` : number(count));

/** `12 tokens expire`, `1 token expires`. */
const tokensDo = ({ count }: TokensFound, one: string, many: string): string =>
  `${tokenNumber(count)} ${count === 1 ? `token ${one}` : `tokens ${many}`}`;

type Of<K extends FindingKind> = Finding & { kind: K };

function pendingWords({ tokens, settings, since }: Of<"changes_pending">): FindingWords {
  const parts = [
    ...(tokens > 0 ? [`${tokenNumber(tokens)} of tokens`] : []),
    ...(settings > 0 ? [`${number(settings)} of prices or policies`] : []),
  ];
  const count = tokens + settings;
  const least = tokens >= MOST_COUNTED ? `${number(count)} or more changes` : counted(count, "change");
  const text = `${least} ${count === 1 ? "isn't" : "aren't"} published yet`;
  const more = `${listed(parts)}. Doppelgate goes on trying by itself.${since === null ? "" : " The oldest waits since"}`;
  return line("warn", text, tokens > 0 ? tokensBy("unpublished", "-created") : "/status", more, { at: since });
}

const rejects = ({ provider }: { provider: Provider }, what: string): string =>
  `${PROVIDER_NAMES[provider]} rejects ${what}`;
const yourKeys = (keys: number): string => `your ${keys === 1 ? "key" : "keys"}`;

const REBUILDS: Record<RebuildTarget, string> = {
  registry: "The registry is being rebuilt from KV",
  published: "All is being published again",
};

const WORDS: { [K in FindingKind]: (finding: Of<K>) => FindingWords } = {
  gateway_unreachable: () =>
    line("bad", "The gateway doesn't answer", "/status", "Changes wait until it does, and usage can't be shown."),
  no_provider_key: () => line("bad", "No provider key is set", "/keys", "Holders get a 503 for every request."),
  key_rejected: (found) =>
    line("bad", rejects(found, yourKeys(found.keys)), "/keys", "Holders get a 503. It was last rejected on", found),
  some_keys_rejected: (found) =>
    line(
      "warn",
      rejects(found, `${found.rejected} of your ${found.keys} keys`),
      "/keys",
      "The others serve its tokens. It was last rejected on",
      found,
    ),
  keys_throttled: ({ provider, keys, until }) =>
    line(
      "warn",
      `${PROVIDER_NAMES[provider]} throttles ${yourKeys(keys)}`,
      "/keys",
      "Holders are asked to wait. The first is free again on",
      { at: until },
    ),
  kv_unreachable: () => line("bad", "KV doesn't answer", "/status", "Changes wait until it does."),
  providers_without_key: ({ providers }) =>
    line(
      "warn",
      `There is no key for ${namesOf(providers)}`,
      "/keys",
      "Some tokens are for nothing else, and their holders get a 503.",
    ),
  changes_pending: pendingWords,
  budgets_used_up: (found) =>
    ofTokens("warn", `${tokensDo(found, "has", "have")} used up a budget`, tokensBy("nearly", "-share"), found),
  budgets_near: (found) =>
    ofTokens(
      "warn",
      `${tokensDo(found, "has", "have")} used 80 % of a budget or more`,
      tokensBy("nearly", "-share"),
      found,
    ),
  tokens_expiring: (found) =>
    ofTokens("warn", `${tokensDo(found, "expires", "expire")} within 7 days`, tokensBy("expiring", "expires"), found),
  tokens_unused: (found) =>
    ofTokens(
      "idle",
      `${tokensDo(found, "was", "were")} never used in 14 days or more`,
      tokensBy("unused", "created"),
      found,
    ),
  webhooks_failing: ({ count, givenUp }) =>
    line(
      "warn",
      `${counted(count, "webhook")} ${count === 1 ? "takes" : "take"} no events`,
      "/webhooks",
      givenUp === 0 ? "" : `${counted(givenUp, "event")} never arrived.`,
    ),
  rebuild_running: ({ target, startedAt, problem }) =>
    problem === null
      ? line("idle", REBUILDS[target], "/status", "It finishes by itself. It was begun on", { at: startedAt })
      : line("idle", REBUILDS[target], "/status", problem),
  prices_old: ({ days, date }) =>
    line(
      "idle",
      `The built-in prices are ${days} days old`,
      "/prices",
      `They are of ${date}; a newer release of Doppelgate has newer ones.`,
    ),
};

/** Puts a finding into words. */
export function findingWords(finding: Finding): FindingWords {
  // The cast: that a row takes findings of its own kind is lost where the kind isn't known.
  const words = WORDS[finding.kind] as (finding: Finding) => FindingWords;
  return words(finding);
}
