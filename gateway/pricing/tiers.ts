import { matchesGlob } from "../../shared/globs.ts";
import type { Provider } from "../../shared/providers.ts";
import { plainName } from "./names.ts";

/**
 * What price classes do to all prices of a call. Per provider and class, globs of models with their factor in thousandths;
 * the first that matches counts. A factor that no page of the provider tells for a model is the highest that one tells.
 *
 * - OpenAI: batch and flex are half (developers.openai.com/api/docs/pricing); priority by openai.com/api-priority-processing.
 * - Anthropic: batch is half, inference in the US alone 1.1 (platform.claude.com/docs/en/about-claude/pricing); fast mode
 *   is 6 for Opus 4.6 and 4.7, 2 for Opus 5 (…/build-with-claude/fast-mode). Its priority class is capacity that was
 *   bought beforehand, at the same prices.
 * - Gemini: batch and flex are half, priority 1.75 to 2 (ai.google.dev/gemini-api/docs/optimization).
 */
const FACTORS: Record<Provider, Record<string, readonly (readonly [glob: string, thousandths: number])[]>> = {
  openai: {
    batch: [["*", 500]],
    flex: [["*", 500]],
    priority: [
      ["gpt-5-mini*", 1800],
      ["gpt-5.4*", 2000],
      ["gpt-5.2*", 2000],
      ["gpt-5.1*", 2000],
      ["gpt-5", 2000],
      ["gpt-5-2025*", 2000],
      ["gpt-5-codex*", 2000],
      ["gpt-4.1", 1750],
      ["gpt-4.1-2025*", 1750],
      ["*", 2500],
    ],
  },
  anthropic: {
    batch: [["*", 500]],
    fast: [
      ["claude-opus-5", 2000],
      ["claude-opus-5-2026*", 2000],
      ["*", 6000],
    ],
    us: [["*", 1100]],
  },
  gemini: {
    batch: [["*", 500]],
    flex: [["*", 500]],
    priority: [["*", 2000]],
  },
};

/** Anthropic's fast mode is of these models (code.claude.com/docs/en/fast-mode); Haiku and Sonnet have none. */
const NEVER: Partial<Record<Provider, Record<string, readonly string[]>>> = {
  anthropic: { fast: ["claude-haiku*", "claude-sonnet*", "claude-3*"] },
};

const factorOf = (provider: Provider, name: string, word: string): number =>
  FACTORS[provider][word]?.find(([glob]) => matchesGlob(glob, name))?.[1] ?? 1000;

/**
 * The factor of a call's price class, in thousandths. A class that isn't known costs the standard price: providers tell of
 * their dearer ones under the names above.
 *
 * @param model null: none was named
 * @param tier `Usage.tier`. Several words (`batch us`) count together; null: standard
 */
export function factor(provider: Provider, model: string | null, tier: string | null): number {
  const name = plainName(model ?? "");
  const words = new Set((tier ?? "").toLowerCase().split(/[^a-z]+/));
  return [...words].reduce((product, word) => Math.ceil((product * factorOf(provider, name, word)) / 1000), 1000);
}

/** The factor of the dearest price class that a call may have, in thousandths: where nobody looked which one it asks for. */
export function dearestFactor(provider: Provider, model: string | null): number {
  const name = plainName(model ?? "");
  const isNever = (word: string): boolean => NEVER[provider]?.[word]?.some((glob) => matchesGlob(glob, name)) ?? false;
  return Object.keys(FACTORS[provider]).reduce((product, word) => {
    const thousandths = isNever(word) ? 1000 : Math.max(1000, factorOf(provider, name, word));
    return Math.ceil((product * thousandths) / 1000);
  }, 1000);
}
