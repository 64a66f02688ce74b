import type { Provider } from "../../shared/providers.ts";
import type { Finding } from "../overview/attention.ts";
import { MOST_COUNTED, type TokensFound } from "../registry/attention.ts";
import type { Sort } from "../api/list-schemas.ts";
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

/** Where the list has them, in an order that has the first ones first. */
const tokensBy = (status: ListStatus, sort: Sort): string => `/tokens?status=${status}&sort=${sort}`;

/** `12 tokens expire`, `1 token expires`. */
function tokensDo({ count }: TokensFound, one: string, many: string): string {
  const least = count >= MOST_COUNTED ? `${number(count)} or more tokens` : counted(count, "token");
  return `${least} ${count === 1 ? one : many}`;
}

function pendingWords({ tokens, settings, since }: Extract<Finding, { kind: "changes_pending" }>): FindingWords {
  const parts = [
    ...(tokens > 0 ? [`${number(tokens)} of tokens`] : []),
    ...(settings > 0 ? [`${number(settings)} of prices or policies`] : []),
  ];
  const count = tokens + settings;
  const text = `${counted(count, "change")} ${count === 1 ? "isn't" : "aren't"} published yet`;
  const more = `${listed(parts)}. Doppelgate goes on trying by itself.${since === null ? "" : " The oldest waits since"}`;
  return line("warn", text, tokens > 0 ? tokensBy("unpublished", "-created") : "/status", more, { at: since });
}

/** Puts a finding into words. */
export function findingWords(finding: Finding): FindingWords {
  switch (finding.kind) {
    case "gateway_unreachable":
      return line(
        "bad",
        "The gateway doesn't answer",
        "/status",
        "Changes wait until it does, and usage can't be shown.",
      );
    case "no_provider_key":
      return line("bad", "No provider key is set", "/keys", "Holders get a 503 for every request.");
    case "key_rejected": {
      const text = `${PROVIDER_NAMES[finding.provider]} rejects your ${finding.keys === 1 ? "key" : "keys"}`;
      return line("bad", text, "/keys", "Holders get a 503. It was last rejected on", { at: finding.at });
    }
    case "some_keys_rejected": {
      const text = `${PROVIDER_NAMES[finding.provider]} rejects ${finding.rejected} of your ${finding.keys} keys`;
      return line("warn", text, "/keys", "The others serve its tokens. It was last rejected on", { at: finding.at });
    }
    case "kv_unreachable":
      return line("bad", "KV doesn't answer", "/status", "Changes wait until it does.");
    case "providers_without_key": {
      const text = `There is no key for ${namesOf(finding.providers)}`;
      return line("warn", text, "/keys", "Some tokens are for nothing else, and their holders get a 503.");
    }
    case "changes_pending":
      return pendingWords(finding);
    case "budgets_used_up":
      return line("warn", tokensDo(finding, "has", "have") + " used up a budget", tokensBy("nearly", "-share"), "", {
        tokens: finding.first,
      });
    case "budgets_near":
      return line(
        "warn",
        tokensDo(finding, "has", "have") + " used 80 % of a budget or more",
        tokensBy("nearly", "-share"),
        "",
        {
          tokens: finding.first,
        },
      );
    case "tokens_expiring":
      return line(
        "warn",
        `${tokensDo(finding, "expires", "expire")} within 7 days`,
        tokensBy("expiring", "expires"),
        "",
        {
          tokens: finding.first,
        },
      );
    case "tokens_unused":
      return line(
        "idle",
        `${tokensDo(finding, "was", "were")} never used in 14 days or more`,
        tokensBy("unused", "created"),
        "",
        {
          tokens: finding.first,
        },
      );
    case "webhooks_failing": {
      const text = `${counted(finding.count, "webhook")} ${finding.count === 1 ? "takes" : "take"} no events`;
      return line("warn", text, "/webhooks", `${counted(finding.givenUp, "event")} never arrived.`);
    }
    case "rebuild_running": {
      const what =
        finding.target === "registry" ? "The registry is being rebuilt from KV" : "All is being published again";
      return line("idle", what, "/status", finding.problem ?? "It finishes by itself. It was begun on", {
        at: finding.problem === null ? finding.startedAt : null,
      });
    }
    case "prices_old":
      return line(
        "idle",
        `The built-in prices are ${finding.days} days old`,
        "/prices",
        `They are of ${finding.date}; a newer release of Doppelgate has newer ones.`,
      );
  }
}
