import type { Provider } from "../../../shared/providers.ts";
import type { Way } from "./clients.ts";
import { ANTHROPIC_0, ANTHROPIC_1, GEMINI_OPENAI, GENAI_1, GENAI_3, OPENAI } from "./clients.ts";
import { MESSAGES } from "./inputs.ts";

/** A client's simplest call. */
export interface Call {
  name: string;
  provider: Provider;
  run(way: Way, maxRetries: number): Promise<unknown>;
  /** The classes that this SDK raises. */
  errors: Record<401 | 403 | 503, string>;
}

const OPENAI_ERRORS = { 401: "AuthenticationError", 403: "PermissionDeniedError", 503: "InternalServerError" };
const GENAI_ERRORS = { 401: "ApiError", 403: "ApiError", 503: "ApiError" };
const message = { model: "claude-haiku-4-5", max_tokens: 10, messages: MESSAGES };
const content = { model: "gemini-3.8-flash", contents: "hello" };

/** One call of every client under test. */
export const CALLS: readonly Call[] = [
  {
    name: OPENAI.name,
    provider: "openai",
    run: (way, retries) => OPENAI.make(way, retries).chat.completions.create({ model: "gpt-5.5", messages: MESSAGES }),
    errors: OPENAI_ERRORS,
  },
  {
    name: ANTHROPIC_1.name,
    provider: "anthropic",
    run: (way, retries) => ANTHROPIC_1.make(way, retries).messages.create(message),
    errors: { ...OPENAI_ERRORS, 503: "ServiceUnavailableError" },
  },
  {
    name: ANTHROPIC_0.name,
    provider: "anthropic",
    run: (way, retries) => ANTHROPIC_0.make(way, retries).messages.create(message),
    errors: OPENAI_ERRORS,
  },
  {
    name: GENAI_3.name,
    provider: "gemini",
    run: (way) => GENAI_3.make(way).models.generateContent(content),
    errors: GENAI_ERRORS,
  },
  {
    name: GENAI_1.name,
    provider: "gemini",
    run: (way) => GENAI_1.make(way).models.generateContent(content),
    errors: GENAI_ERRORS,
  },
  {
    name: GEMINI_OPENAI.name,
    provider: "gemini",
    run: (way, retries) =>
      GEMINI_OPENAI.make(way, retries).chat.completions.create({ model: "gemini-3.8-flash", messages: MESSAGES }),
    errors: OPENAI_ERRORS,
  },
];
