import { matchesGlob } from "./globs.ts";
import type { ModelRules } from "./policy.ts";
import type { PriceList } from "./prices.ts";
import type { Provider } from "./providers.ts";

/** Models to show in examples where the token doesn't say which ones it is for. */
export const EXAMPLE_MODELS: Readonly<Record<Provider, string>> = {
  openai: "gpt-5.4-mini",
  anthropic: "claude-haiku-4-5",
  gemini: "gemini-3.8-flash",
};

const isName = (glob: string): boolean => !/[*?]/.test(glob);

function modelFor(provider: Provider, globs: readonly string[] | undefined, known: readonly string[]): string {
  const example = EXAMPLE_MODELS[provider];
  if (globs === undefined || globs.some((glob) => matchesGlob(glob, example))) return example;
  const allowed = known.find((name) => globs.some((glob) => matchesGlob(glob, name)));
  return globs.find(isName) ?? allowed ?? example;
}

/**
 * A model of each provider that a token may use, to show and to test it with.
 *
 * @param rules the token's
 * @param prices the built-in ones, which name the models there are; null where they aren't known
 */
export function modelsToShow(
  providers: readonly Provider[],
  rules: ModelRules | null,
  prices: PriceList | null,
): Partial<Record<Provider, string>> {
  // Those that write something, the cheapest first: a test should cost as little as it can.
  const writing = (prices?.prices ?? [])
    .filter(({ model, usdPerMillion }) => isName(model) && usdPerMillion.output > 0)
    .toSorted((a, b) => a.usdPerMillion.output - b.usdPerMillion.output);
  const known = (provider: Provider): string[] =>
    writing.filter((price) => price.provider === provider).map(({ model }) => model);
  return Object.fromEntries(
    providers.map((provider) => [provider, modelFor(provider, rules?.[provider], known(provider))]),
  );
}
