import { PRICE_NAMES } from "../../shared/prices.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import type { BuiltPrices, BuiltRates, BuiltRow } from "./data.ts";

// The built-in data as text, a third of what it takes as JSON. First a line with the date and the source. Then a line for each
// model, with an empty line before each provider's: id, rules, context, and each version's rates, with tabs between them. `=`
// alone is the rule of the id itself; a rate that isn't told is empty; `@` is before the day from which a version counts.

/** What most models have comes first: what is empty at a line's end isn't written. */
const RATE_NAMES = [
  ...new Set<keyof BuiltRates>([
    "input",
    "output",
    ...PRICE_NAMES,
    "thousandSearches",
    "thousandRequests",
    "audioHour",
  ]),
];

const writtenRates = (rates: BuiltRates): string =>
  RATE_NAMES.map((name) => (rates[name] === undefined ? "" : JSON.stringify(rates[name])))
    .join(";")
    .replace(/;+$/, "");

function writtenRow({ id, match, context, versions }: BuiltRow): string {
  const rules = match.map((rule) => (typeof rule === "string" ? rule : rule.join("&")));
  const rates = versions.map(({ from, rates }) => writtenRates(rates) + (from === null ? "" : `@${from}`));
  return [id, rules.map((rule) => (rule === `=${id}` ? "=" : rule)).join(" "), context ?? "", ...rates].join("\t");
}

/** Writes the built-in data, for `readLines`. Only the build does. */
export function writeLines({ date, source, models }: BuiltPrices): string {
  return [`${date}\t${source}`, ...PROVIDERS.map((provider) => models[provider].map(writtenRow).join("\n"))].join(
    "\n\n",
  );
}

function readRates(text: string): BuiltRates {
  const rates = text.split(";").map((rate, index) => [RATE_NAMES[index], rate] as const);
  return Object.fromEntries(rates.filter(([, rate]) => rate !== "").map(([name, rate]) => [name, JSON.parse(rate)]));
}

function readRow(line: string): BuiltRow {
  const [id = "", rules = "", context, ...versions] = line.split("\t");
  return {
    id,
    match: rules.split(" ").map((rule) => (rule === "=" ? `=${id}` : rule.includes("&") ? rule.split("&") : rule)),
    context: Number(context) || null,
    versions: versions.map((version) => {
      const [rates = "", from = null] = version.split("@");
      let read: BuiltRates | null = null;
      // Read when it is first asked for: of all models, most isolates price few.
      return {
        from,
        get rates() {
          return (read ??= readRates(rates));
        },
      };
    }),
  };
}

/** Reads what `writeLines` wrote. */
export function readLines(text: string): BuiltPrices {
  const [head = "", ...lists] = text.split("\n\n");
  const [date = "", source = ""] = head.split("\t");
  const rows = PROVIDERS.map((provider, index) => [provider, lists[index]?.split("\n").map(readRow)] as const);
  // The cast: the build has read what it wrote, and compared.
  return { date, source, models: Object.fromEntries(rows) as Record<Provider, BuiltRow[]> };
}
