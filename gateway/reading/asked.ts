import type { BodyKind } from "../endpoints.ts";
import type { Fields } from "./fields.ts";

/** What a body asks for beside its content. */
export interface AskedFor {
  model: string | null;
  stream: boolean;
  asksForUsage: boolean;
  outputBound: number | null;
  hostedTools: string[];
  /** As `Call.tier`; undefined: the request leaves it to the provider's settings. */
  tier: string | null | undefined;
}

const amount = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.ceil(value) : null;
const fieldsOf = (value: unknown): Fields =>
  // The cast: an object that isn't null has fields by name.
  typeof value === "object" && value !== null ? (value as Fields) : {};
const either = (fields: Fields, ...names: string[]): unknown =>
  names.map((name) => fields[name]).find((value) => value !== undefined);

/** The larger one: which of two bounds a provider goes by is its own affair. */
const largest = (...values: unknown[]): number | null => {
  const known = values.map(amount).filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
};

/** Answers to one question, all of them billed. */
const times = (bound: number | null, count: unknown): number | null =>
  bound === null ? null : bound * Math.max(1, amount(count) ?? 1);

const geminiBound = (body: Fields): number | null => {
  const config = fieldsOf(either(body, "generationConfig", "generation_config"));
  const bound = largest(config["maxOutputTokens"], config["max_output_tokens"]);
  return times(bound, largest(config["candidateCount"], config["candidate_count"]));
};

/** What a legacy completion has where it names none (platform.openai.com/docs/api-reference/completions). */
const COMPLETION_TOKENS = 16;
const NO_OUTPUT = (): number => 0;
const UNBOUND = (): null => null;

/** The most output tokens that a body allows; null: it sets no bound. */
const BOUNDS: Record<BodyKind, (body: Fields) => number | null> = {
  chat: (body) => times(largest(body["max_completion_tokens"], body["max_tokens"]), body["n"]),
  completions: (body) => {
    const bound = largest(body["max_tokens"], body["max_tokens_to_sample"]) ?? COMPLETION_TOKENS;
    const prompts = Array.isArray(body["prompt"]) && typeof body["prompt"][0] !== "number" ? body["prompt"].length : 1;
    return bound * Math.max(1, amount(body["n"]) ?? 1, amount(body["best_of"]) ?? 1) * Math.max(1, prompts);
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

/** The price class that a body asks for. A kind that isn't named: as OpenAI's. */
const TIERS: Partial<Record<BodyKind, (body: Fields) => string | null>> = {
  // Where it says nothing of the place, the workspace's setting counts.
  messages: ({ speed, inference_geo: place }) =>
    `${typeof speed === "string" ? speed : ""} ${typeof place === "string" ? place : "us"}`,
  generate: (body) => String(either(body, "serviceTier", "service_tier") ?? "") || null,
  interactions: (body) => String(either(body, "serviceTier", "service_tier") ?? "") || null,
};

/** Kinds of tools that the holder's own program runs. Everything else is run, and may be billed, by the provider. */
const OWN_TOOLS = /^(?:function|custom|namespace|tool_search|computer.*|bash_.*|text_editor_.*|memory_.*|apply_patch|local_shell|mcp)$/;
const GEMINI_OWN: ReadonlySet<string> = new Set(["functionDeclarations", "function_declarations"]);

function toolsOf(body: Fields): string[] {
  const names: string[] = [];
  for (const one of Array.isArray(body["tools"]) ? body["tools"] : []) {
    const tool = fieldsOf(one);
    const { type } = tool;
    if (typeof type === "string") {
      if (!OWN_TOOLS.test(type)) names.push(type);
    } else if (tool["input_schema"] === undefined) {
      // Google's tools have no type: each is a field of its own.
      names.push(...Object.keys(tool).filter((name) => !GEMINI_OWN.has(name)));
    }
  }
  // A search of a chat's is an option of its own.
  if (body["web_search_options"] !== undefined && body["web_search_options"] !== null) names.push("web_search");
  return [...new Set(names)];
}

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
    stream: stream === true || stream === "true",
    asksForUsage: fieldsOf(body["stream_options"])["include_usage"] === true,
    outputBound: BOUNDS[kind](body),
    hostedTools: toolsOf(body),
    tier: (TIERS[kind] ?? openAiTier)(body),
  };
}
