// Builds the prices that the gateway has in it. Run by scripts/build-gateway.ts.
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import { createRequire } from "node:module";
import { join } from "node:path";
import { findProvider, type MatchLogic, type ModelInfo, TieredPrices } from "@pydantic/genai-prices";
import type { BuiltPrices, BuiltRates, BuiltRow } from "../gateway/pricing/data.ts";
import { readLines, writeLines } from "../gateway/pricing/lines.ts";
import type { Provider } from "../shared/providers.ts";
import { writeChanged } from "./write-changed.ts";

const PACKAGE = "@pydantic/genai-prices";
const BUILT = join(import.meta.dirname, "../gateway/pricing/built");

/** When each version's data was published: the npm registry's date. The package itself doesn't say. */
const DATES: Record<string, string> = { "0.1.8": "2026-09-23" };

/** The package's names of our providers. */
const NAMES: Record<Provider, string> = { openai: "openai", anthropic: "anthropic", gemini: "google" };

/** What the package prices, and what it is called here; null: nothing here counts it. */
const RATES: Record<string, keyof BuiltRates | null> = {
  input_mtok: "input",
  cache_read_mtok: "cacheRead",
  cache_write_mtok: "cacheWrite",
  cache_write_1h_mtok: "cacheWriteLong",
  input_audio_mtok: "inputAudio",
  cache_audio_read_mtok: "cacheReadAudio",
  input_image_mtok: "inputImage",
  cache_image_read_mtok: "cacheReadImage",
  output_mtok: "output",
  output_audio_mtok: "outputAudio",
  output_image_mtok: "outputImage",
  web_searches_kcount: "thousandSearches",
  requests_kcount: "thousandRequests",
  // The same price twice: for all audio, and for what goes in.
  audio_hours: null,
  input_audio_hours: "audioHour",
  // File searches: no answer tells how many there were.
  storage_searches_kcount: null,
  // Told apart from images by no answer; see `withoutVideo`.
  input_video_mtok: null,
  output_video_mtok: null,
};

/**
 * An empty price may mean "free" or "nobody knows". Free are OpenAI's moderations (its guide on moderation) and Gemma on
 * the Gemini API (ai.google.dev/gemini-api/docs/pricing: there is no paid tier).
 */
const FREE = /^(?:moderation|gemma-3|gemma-3n|gemma-4-[\w-]+-it)$/;

const fail = (model: string, what: string): never => {
  throw new Error(`${PACKAGE} prices ${model} in a way that scripts/build-prices.ts doesn't know: ${what}`);
};

// A rule is a word with its kind in front; all of an array have to match.
function ruleOf(model: string, logic: MatchLogic): string | string[] {
  if ("equals" in logic) return `=${logic.equals}`;
  if ("starts_with" in logic) return `^${logic.starts_with}`;
  if ("contains" in logic) return `*${logic.contains}`;
  if ("ends_with" in logic) return `$${logic.ends_with}`;
  if ("regex" in logic) return `/${logic.regex}`;
  if (!("and" in logic)) return fail(model, JSON.stringify(logic));
  return logic.and.map((part) => {
    const rule = ruleOf(model, part);
    return typeof rule === "string" ? rule : fail(model, JSON.stringify(logic));
  });
}

function rulesOf({ id, match }: ModelInfo): BuiltRow["match"] {
  const rules = ("or" in match ? match.or : [match]).map((logic) => ruleOf(id, logic));
  // A fine-tuned model costs more than its base: an entry of a base model must not price it.
  return id.startsWith("ft:") ? rules : rules.filter((rule) => !String(rule).slice(1).startsWith("ft:"));
}

type Prices = Exclude<ModelInfo["prices"], unknown[]>;

function ratesOf(id: string, prices: Prices): BuiltRates {
  if (Object.keys(prices).length === 0) return FREE.test(id) ? { input: 0, output: 0 } : fail(id, "an empty price");
  const rates: BuiltRates = {};
  for (const [key, price] of Object.entries(prices)) {
    const name = RATES[key];
    if (name === undefined || price === undefined) return fail(id, key);
    if (name === null) continue;
    const tiered = price instanceof TieredPrices || typeof price === "object";
    rates[name] = tiered ? [price.base, ...price.tiers.map(({ start, price }) => [start, price] as const)] : price;
  }
  return withSpeech(id, withoutVideo(prices, rates));
}

/** No answer tells video from images: where they cost differently, what isn't text or audio has no known price. */
function withoutVideo(prices: Prices, rates: BuiltRates): BuiltRates {
  const { input_video_mtok: video, input_image_mtok: image } = prices;
  return video === undefined || video === image ? rates : { ...rates, inputImage: null };
}

/** Models that only speak have the price of audio as their only price of output. */
function withSpeech(id: string, rates: BuiltRates): BuiltRates {
  const { output, outputAudio } = rates;
  if (!id.endsWith("-tts") || outputAudio !== undefined || output === undefined) return rates;
  return { ...rates, outputAudio: output };
}

/**
 * What would be priced wrongly: videos; models for speech and for images whose entry has the price of text alone; Claude,
 * which is on Google's cloud but not in Gemini's API.
 */
function isLeftOut(provider: Provider, { id, prices }: ModelInfo): boolean {
  if (provider === "gemini" && id.startsWith("claude")) return true;
  const all = (Array.isArray(prices) ? prices.map((one) => one.prices) : [prices]).map((one) => Object.keys(one));
  const has = (key: string): boolean => all.every((keys) => keys.includes(key));
  if (all.some((keys) => keys.includes("output_video_mtok"))) return true;
  return (
    (id.includes("audio") && !has("output_audio_mtok")) || (/^gpt-5.*-image/.test(id) && !has("output_image_mtok"))
  );
}

function rowOf(model: ModelInfo): BuiltRow {
  const { id, context_window: context = null, prices } = model;
  const dated = Array.isArray(prices) ? prices : [{ prices }];
  const versions = dated.map(({ prices, constraint }) => {
    if (constraint !== undefined && constraint.type !== "start_date") return fail(id, JSON.stringify(constraint));
    return { from: constraint?.start_date ?? null, rates: ratesOf(id, prices) };
  });
  return { id, match: rulesOf(model), context, versions };
}

function rowsOf(provider: Provider): BuiltRow[] {
  const found = findProvider({ providerId: NAMES[provider] });
  if (found === undefined) throw new Error(`${PACKAGE} has no provider ${NAMES[provider]} any more.`);
  return found.models.filter((model) => !isLeftOut(provider, model)).map(rowOf);
}

function builtPrices(): BuiltPrices {
  const file = createRequire(import.meta.url).resolve(PACKAGE);
  const { version } = JSON.parse(readFileSync(join(file, "../../package.json"), "utf8")) as { version: string };
  const date = DATES[version];
  if (date === undefined) {
    throw new Error(
      `scripts/build-prices.ts doesn't know when ${PACKAGE} ${version} was published. Add it to DATES: npm view ${PACKAGE} time`,
    );
  }
  const models = { openai: rowsOf("openai"), anthropic: rowsOf("anthropic"), gemini: rowsOf("gemini") };
  return { date, source: `${PACKAGE} ${version}`, models };
}

/** Builds the price data into `gateway/pricing/built/`. */
export function buildPrices(): void {
  // It ends in `.txt` because wrangler, vitest and esbuild all import that as text, which costs nothing until it is parsed.
  const prices = builtPrices();
  const text = writeLines(prices);
  if (!isDeepStrictEqual(readLines(text), prices)) {
    throw new Error(
      `${PACKAGE} has something that gateway/pricing/lines.ts can't write: a tab, a space or another separator.`,
    );
  }
  writeChanged(join(BUILT, "prices.txt"), text);
}
