import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import { PERIOD_WORDS } from "../../shared/policy.ts";
import { PROVIDER_ROWS } from "../providers.ts";
import type { HolderFacts } from "./facts.ts";
import { type Html, html } from "./html.ts";
import { amountWords, ENDPOINT_WORDS, hoursWords, placeWords, timeWords } from "./words.ts";

const nameOf = (provider: Provider): string => PROVIDER_ROWS[provider].name;

/** A table that can be scrolled where it is wider than its screen; the first cell of each row names it. */
function tableOf(label: string, heads: readonly string[], rows: readonly (readonly string[])[]): Html {
  return html`<div class="wide" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name = "", ...cells]) =>
            html`<tr>
              <th scope="row">${name}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

const fact = (name: string, value: string): Html =>
  html`<dt>${name}</dt>
    <dd>${value}</dd>`;

/** What a token may do. */
export function mayDo(facts: HolderFacts): Html {
  const providers = PROVIDERS.flatMap((provider) => {
    const one = facts.providers[provider];
    if (one === undefined) return [];
    const models = one.models === null ? "all models" : one.models.length === 0 ? "no model" : one.models.join(", ");
    return fact(nameOf(provider), one.configured ? models : "not set up on this gateway");
  });
  return html`<section>
    <h2>What it may do</h2>
    <dl>
      ${providers}${fact("Use", ENDPOINT_WORDS[facts.endpoints])}${fact("Hours", hoursWords(facts.activeHours))}
      ${fact("Places", placeWords(facts))}
      ${fact("Expires", facts.expiresAt === null ? "Never" : timeWords(facts.expiresAt))}
      ${facts.secretEndsAt === null ? null : fact("This secret", `was rotated; works until ${timeWords(facts.secretEndsAt)}`)}
    </dl>
  </section>`;
}

function limitRows({ limits }: HolderFacts): string[][] {
  const rates = [
    { name: "Requests a minute", rate: limits.requestsPerMinute },
    { name: "Tokens a minute", rate: limits.tokensPerMinute },
  ].flatMap(({ name, rate }) => (rate === null ? [] : { name, ...rate }));
  return [
    ...rates.map(({ name, limit, left, resetsAt }) => {
      const [whole, free] = [amountWords("tokens", limit), amountWords("tokens", Math.max(0, left))];
      return [name, free, whole, amountWords("tokens", limit - Math.max(0, left)), timeWords(resetsAt)];
    }),
    ...limits.budgets.map(({ unit, per, limit, used, reserved, left, resetsAt }) => [
      `${unit === "usd" ? "Dollars" : "Tokens"} ${PERIOD_WORDS[per]}`,
      amountWords(unit, left),
      amountWords(unit, limit),
      amountWords(unit, used + reserved),
      resetsAt === null ? "Never" : timeWords(resetsAt),
    ]),
  ];
}

/** How a token's limits stand. */
export function limitsOf(facts: HolderFacts): Html {
  const rows = limitRows(facts);
  const { concurrency } = facts.limits;
  return html`<section>
    <h2>Limits</h2>
    ${rows.length === 0 && concurrency === null ? html`<p>None.</p>` : null}
    ${rows.length === 0 ? null : tableOf("Limits", ["Limit", "Left", "Of", "Used", "Begins anew"], rows)}
    ${concurrency === null ? null : html`<p>Requests at the same time: ${concurrency.limit}; running now: ${concurrency.running}.</p>`}
  </section>`;
}

const usedCells = ({ requests, inputTokens, outputTokens, usd, unpriced }: HolderFacts["usage"]["total"]): string[] => [
  ...[requests, inputTokens, outputTokens].map((value) => amountWords("tokens", value)),
  amountWords("usd", usd) + (unpriced === 0 ? "" : " and unpriced"),
];

/** What a token used this month. */
export function usageOf({ usage }: HolderFacts): Html {
  const heads = ["Model", "Requests", "Input tokens", "Output tokens", "Cost"];
  const rows = usage.models.map((used) => [used.model === "" ? "(none named)" : used.model, ...usedCells(used)]);
  return html`<section>
    <h2>Used this month</h2>
    ${
      rows.length === 0
        ? html`<p>Nothing yet.</p>`
        : tableOf("Used this month", heads, [...rows, ["All", ...usedCells(usage.total)]])
    }
  </section>`;
}

/** The environment variables of each provider's SDK. */
const SETUP: Record<Provider, (origin: string) => string> = {
  openai: (origin) => `OPENAI_BASE_URL=${origin}/v1 OPENAI_API_KEY=your-token`,
  anthropic: (origin) => `ANTHROPIC_BASE_URL=${origin} ANTHROPIC_API_KEY=your-token`,
  gemini: (origin) => `GOOGLE_GEMINI_BASE_URL=${origin} GEMINI_API_KEY=your-token`,
};

/**
 * How to use a token.
 *
 * @param origin of the gateway, as its holder addresses it
 */
export function setupOf(facts: HolderFacts, origin: string): Html {
  const own = PROVIDERS.filter((provider) => facts.providers[provider]?.configured === true);
  const lines = own.map((provider) => html`<p>${nameOf(provider)}: <code>${SETUP[provider](origin)}</code></p>`);
  return html`<section>
    <h2>How to use it</h2>
    <p>Set the base URL and the API key; each SDK reads them from its environment.</p>
    ${lines}
  </section>`;
}
