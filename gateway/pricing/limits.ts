import { matchesGlob } from "../../shared/globs.ts";
import type { Provider } from "../../shared/providers.ts";
import { plainName } from "./names.ts";
import type { Found } from "./rates.ts";

/** The most that a model can take in and put out, in tokens. */
interface Limit {
  glob: string;
  context: number | null;
  output: number;
}

/**
 * By family, the first that matches counts; rounded up. From the providers' pages of their models:
 * developers.openai.com/api/docs/models, platform.claude.com/docs/en/about-claude/models/overview,
 * ai.google.dev/gemini-api/docs/models. `context` stands where the price data has none, or one that is too small.
 */
const LIMITS: Record<Provider, readonly Limit[]> = {
  openai: [
    { glob: "gpt-5*-pro*", context: null, output: 272_000 },
    { glob: "gpt-5*", context: null, output: 128_000 },
    { glob: "gpt-6*", context: null, output: 128_000 },
    { glob: "gpt-4.1*", context: null, output: 32_768 },
    { glob: "gpt-4o*", context: null, output: 16_384 },
    { glob: "gpt-4.5*", context: 128_000, output: 16_384 },
    { glob: "chatgpt-4o*", context: null, output: 16_384 },
    { glob: "gpt-audio*", context: null, output: 16_384 },
    { glob: "gpt-realtime*", context: 128_000, output: 32_000 },
    { glob: "o1*", context: null, output: 100_000 },
    { glob: "o3*", context: null, output: 100_000 },
    { glob: "o4*", context: null, output: 100_000 },
  ],
  anthropic: [
    { glob: "claude-3-7*", context: null, output: 128_000 },
    { glob: "claude-3-5*", context: null, output: 8_192 },
    { glob: "claude-3*", context: null, output: 4_096 },
    { glob: "claude-haiku-4*", context: null, output: 64_000 },
    { glob: "claude*", context: null, output: 128_000 },
  ],
  gemini: [
    { glob: "gemini-1.5*", context: 2_097_152, output: 8_192 },
    { glob: "gemini-*1.5*", context: 2_097_152, output: 8_192 },
    { glob: "gemini-2.0*", context: 1_048_576, output: 65_536 },
    { glob: "gemini*", context: 1_048_576, output: 65_536 },
  ],
};

/** The most that any model of the three is known to put out (gpt-5-pro) and to take in (Gemini 1.5 Pro), in tokens. */
const UNKNOWN = { output: 272_000, context: 2_097_152 };

/**
 * The most tokens that one image can be.
 *
 * - OpenAI: gpt-4o-mini counts 2,833 + 5,667 for each of at most 8 tiles (guide on images and vision); the others at most
 *   10,000 patches, by a factor of at most 2.46.
 * - Anthropic: 4,784 at the highest resolution (guide on vision); older models 1,600.
 * - Gemini: 2,240 at the highest resolution of Gemini 3 (guide on media resolution). Older models scale an image down to
 *   3,072 × 3,072 and cut it into tiles of at least 256 × 256, each of 258 tokens (guide on image understanding).
 */
const IMAGE_TOKENS: Record<Provider, readonly (readonly [glob: string, tokens: number])[]> = {
  openai: [
    ["gpt-4o-mini*", 48_169],
    ["*", 24_600],
  ],
  anthropic: [["*", 4_784]],
  gemini: [
    ["gemini-3*", 2_240],
    ["*", 37_152],
  ],
};

/**
 * Tokens that a provider puts before a prompt by itself, at most. Anthropic bills a system prompt of up to 804 tokens
 * for tools, and up to 735 for each of its own (computer, bash, text editor) that stand in a request as a few bytes (guide
 * on tool use); the others add a few to each message, fewer than its JSON has bytes.
 */
const PREAMBLE: Record<Provider, number> = { openai: 1_000, anthropic: 4_000, gemini: 1_000 };

const limitOf = (provider: Provider, name: string): Limit | undefined =>
  LIMITS[provider].find(({ glob }) => matchesGlob(glob, name));

/** The most that a model can do, as far as the tables here know, in tokens. */
export interface Bounds {
  /** Output of one answer. */
  output: number;
  context: number;
  image: number;
  preamble: number;
}

/**
 * Looks up the most that a model can do.
 *
 * @param model null: none was named
 * @param known what the owner and the price data say; null: nothing. The owner's word wins over all others
 */
export function boundsOf(
  provider: Provider,
  model: string | null,
  known: Pick<Found, "maxOutputTokens" | "contextTokens" | "dataContext"> | null,
): Bounds {
  const name = plainName(model ?? "");
  const limit = limitOf(provider, name);
  const contexts = [known?.dataContext ?? 0, limit?.context ?? 0].filter((tokens) => tokens > 0);
  const image = IMAGE_TOKENS[provider].find(([glob]) => matchesGlob(glob, name));
  return {
    output: known?.maxOutputTokens ?? limit?.output ?? UNKNOWN.output,
    context: known?.contextTokens ?? (contexts.length === 0 ? UNKNOWN.context : Math.max(...contexts)),
    image: image?.[1] ?? 0,
    preamble: PREAMBLE[provider],
  };
}
