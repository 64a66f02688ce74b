import type { Provider } from "../shared/providers.ts";
import type { Target } from "./target.ts";

/** Base URLs that name the provider, for requests that nothing else tells apart (Anthropic's OpenAI dialect). */
const PREFIXES: Record<string, Provider> = { openai: "openai", anthropic: "anthropic", gemini: "gemini" };
const PREFIX = /^\/(openai|anthropic|gemini)(?=\/|$)/;

/** First segments of OpenAI's and Anthropic's paths behind `/v1`. */
const RESOURCES = [
  "audio",
  "batches",
  "chat/completions",
  "completions",
  "conversations",
  "decisions",
  "embeddings",
  "files",
  "fine_tuning",
  "images",
  "live/sessions",
  "messages",
  "models",
  "moderations",
  "realtime",
  "responses",
  "uploads",
  "vector_stores",
  "videos",
].join("|");

/**
 * Paths that real clients make of a base URL which suits another client, and what was meant. One base URL can't suit all: OpenAI's
 * clients append `/chat/completions` to it, Anthropic's append `/v1/messages`, the AI SDK appends `/messages`. The first match
 * counts.
 */
const ALIASES: readonly (readonly [pattern: RegExp, meant: string])[] = [
  // @google/genai, every version: dials `//ws/…`.
  [/^\/{2,}(?=ws\/google\.ai\.)/, "/"],
  // Anthropic's SDK and Claude Code with a base that ends in /v1; @google/genai with the same base.
  [/^\/v1(?=\/v1(?:beta|alpha)?(?:\/|$))/, ""],
  // @google/genai with a base that ends in a version (googleapis/js-genai#1206).
  [/^\/v1(?:beta|alpha)?(?=\/upload\/v1(?:beta|alpha)?\/)/, ""],
  // @ai-sdk/google with a base that has no version.
  [/^(?=\/models\/[^/]+:\w)/, "/v1beta"],
  // AI SDK, opencode and OpenAI's clients with a base that has no /v1.
  [new RegExp(`^(?=/(?:${RESOURCES})(?:/|$))`), "/v1"],
];

/** A request's target as it was meant. */
export interface Meant {
  /** Named by a prefix, which is no longer in the path; null where none was. */
  provider: Provider | null;
  target: Target;
}

/**
 * Reads prefixes and aliases out of a target. A path that is none of them stays byte for byte.
 *
 * @param target as the client sent it
 */
export function meant({ path, query }: Target): Meant {
  const prefix = PREFIX.exec(path)?.[1];
  const rest = prefix === undefined ? path : path.slice(prefix.length + 1) || "/";
  const alias = ALIASES.find(([pattern]) => pattern.test(rest));
  return {
    provider: prefix === undefined ? null : (PREFIXES[prefix] ?? null),
    target: { path: alias === undefined ? rest : rest.replace(alias[0], alias[1]), query },
  };
}
