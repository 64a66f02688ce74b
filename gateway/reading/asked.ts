import type { BodyKind } from "../endpoints.ts";
import { fieldsOf, type Fields } from "./fields.ts";

/** What a body asks for beside its content. */
export interface AskedFor {
  model: string | null;
  moreModels: string[];
  stream: boolean;
  asksForUsage: boolean;
  outputBound: number | null;
  answers: number;
  hostedTools: string[];
  /** As `Call.tier`; undefined: the request leaves it to the provider's settings. */
  tier: string | null | undefined;
}

/** A provider that reads "5" as 5 must not find a bound that wasn't seen here. */
function amount(value: unknown): number | null {
  const number = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) && number >= 0 ? Math.ceil(number) : null;
}
/** The larger one: which of two bounds a provider goes by is its own affair. */
const largest = (...values: unknown[]): number | null => {
  const known = values.map(amount).filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
};

/** Google's settings, in both spellings: whichever of two counts there, none is missed here. */
const configsOf = (body: Fields): Fields[] => [fieldsOf(body["generationConfig"]), fieldsOf(body["generation_config"])];

/** How many answers to one question are asked for, in every dialect's words. */
function answersOf(body: Fields): number {
  const own = configsOf(body).flatMap((config) => [config["candidateCount"], config["candidate_count"]]);
  const counts = [body["n"], body["best_of"], ...own];
  return Math.max(1, ...counts.map((count) => amount(count) ?? 1));
}

/** A bound on each of several answers. */
const times = (bound: number | null, answers: number): number | null => (bound === null ? null : bound * answers);

const geminiBound = (body: Fields): number | null => {
  const bounds = configsOf(body).flatMap((config) => [config["maxOutputTokens"], config["max_output_tokens"]]);
  return times(largest(...bounds), answersOf(body));
};

/** What a legacy completion has where it names none (platform.openai.com/docs/api-reference/completions). */
const COMPLETION_TOKENS = 16;
const NO_OUTPUT = (): number => 0;
const UNBOUND = (): null => null;

/** The most output tokens that a body allows; null: it sets no bound. */
const BOUNDS: Record<BodyKind, (body: Fields) => number | null> = {
  chat: (body) => times(largest(body["max_completion_tokens"], body["max_tokens"]), answersOf(body)),
  completions: (body) => {
    const bound = largest(body["max_tokens"], body["max_tokens_to_sample"]) ?? COMPLETION_TOKENS;
    const prompts = Array.isArray(body["prompt"]) && typeof body["prompt"][0] !== "number" ? body["prompt"].length : 1;
    return bound * answersOf(body) * Math.max(1, prompts);
  },
  responses: (body) => amount(body["max_output_tokens"]),
  // Thinking is within it (platform.claude.com/docs, Extended thinking).
  messages: (body) => amount(body["max_tokens"]),
  generate: geminiBound,
  interactions: geminiBound,
  embeddings: NO_OUTPUT,
  embed: NO_OUTPUT,
  images: UNBOUND,
  "image-form": UNBOUND,
  "audio-form": UNBOUND,
  speech: UNBOUND,
  predict: UNBOUND,
  none: UNBOUND,
};

/** OpenAI's: without a word of the request's, the project's own setting counts, which may be the dearest. */
const openAiTier = ({ service_tier: tier }: Fields): string | undefined =>
  typeof tier === "string" && tier !== "auto" ? tier : undefined;

/** Google's. In both spellings at once, which one counts there isn't known here. */
const geminiTier = ({ serviceTier, service_tier: snakeTier }: Fields): string | null | undefined => {
  if (serviceTier !== undefined && snakeTier !== undefined) return undefined;
  const tier = serviceTier ?? snakeTier;
  return typeof tier === "string" ? tier : null;
};

/** The price class that a body asks for. A kind that isn't named: as OpenAI's. */
const TIERS: Partial<Record<BodyKind, (body: Fields) => string | null | undefined>> = {
  // Where it says nothing of the place, the workspace's setting counts.
  messages: ({ speed, inference_geo: place }) =>
    `${typeof speed === "string" ? speed : ""} ${typeof place === "string" ? place : "us"}`,
  generate: geminiTier,
  interactions: geminiTier,
};

/**
 * Kinds of tools that the holder's own program runs. Everything else is run by the provider: billed apart, or, as with `mcp`,
 * by turns of the model of which nobody knows how many there will be.
 */
const OWN_TOOLS =
  /^(?:function|custom|namespace|computer.*|browser_.*|bash_.*|text_editor_.*|memory_.*|apply_patch|local_shell)$/;
const GEMINI_OWN: ReadonlySet<string> = new Set([
  "functionDeclarations",
  "function_declarations",
  "computerUse",
  "computer_use",
]);

const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);
const isThere = (value: unknown): boolean => value !== undefined && value !== null;

function toolsOf(body: Fields): string[] {
  const names: string[] = [];
  for (const tool of listOf(body["tools"])) {
    const { type } = tool;
    if (typeof type === "string") {
      if (!OWN_TOOLS.test(type)) names.push(type);
    } else if (tool["input_schema"] === undefined) {
      // Google's tools have no type: each is a field of its own.
      names.push(...Object.keys(tool).filter((name) => !GEMINI_OWN.has(name)));
    }
  }
  // A search of a chat's is an option of its own.
  if (isThere(body["web_search_options"])) names.push("web_search");
  if (listOf(body["mcp_servers"]).length > 0) names.push("mcp");
  // Anthropic's: after a refusal other models are asked the same, and each of them is billed.
  if (isThere(body["fallbacks"])) names.push("fallbacks");
  return [...new Set(names)];
}

/** Tools that ask a model of their own, also where a request doesn't name it. */
const ASKING_TOOLS: ReadonlySet<string> = new Set(["image_generation"]);

/** Models that a body names beside its own: of tools, of drawings, and of those that are asked where the first one declines. */
function moreModelsOf(body: Fields): string[] {
  const { fallbacks } = body;
  const tools = listOf(body["tools"]);
  const named = [body, ...tools].map(({ svg }) => fieldsOf(svg)["model"]);
  const own = tools.map(({ model, type }) => model ?? (ASKING_TOOLS.has(String(type)) ? type : undefined));
  // "default": the provider chooses. A rule that allows everything allows that too.
  const next = typeof fallbacks === "string" ? [fallbacks] : listOf(fallbacks).map(({ model }) => model);
  return [...named, ...own, ...next].filter(isThere).map(String);
}

/** A provider that takes 1 or "true" for true must not stream what was taken for an answer in one piece here. */
const isOn = (value: unknown): boolean => isThere(value) && ![false, 0, "", "false"].some((off) => off === value);

/**
 * Reads off a body what is asked for.
 *
 * @param kind of the body
 * @param body parsed, an object
 */
export function askedFor(kind: BodyKind, body: Fields): AskedFor {
  const { model, stream } = body;
  return {
    model: typeof model === "string" ? model : null,
    moreModels: moreModelsOf(body),
    stream: isOn(stream),
    asksForUsage: fieldsOf(body["stream_options"])["include_usage"] === true,
    outputBound: BOUNDS[kind](body),
    answers: answersOf(body),
    hostedTools: toolsOf(body),
    tier: (TIERS[kind] ?? openAiTier)(body),
  };
}
