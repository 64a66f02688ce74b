import type { Provider } from "../../shared/providers.ts";
import { NO_ADDRESS } from "../auth/actor.ts";

/** How long a trial may take, in ms: a small answer is there within seconds. */
const DEADLINE_MS = 25_000;
/** How much of an answer is read, in bytes. */
const MOST_BYTES = 256 * 1024;
/** How much of the model's or the gateway's words is told, in characters. */
const MOST_WORDS = 500;
const QUESTION = "Say hello in one short sentence.";
/** Room for a thinking model's thoughts before the few words. It is what a budget must have left. */
const MOST_TOKENS = 200;

/** What to try. */
export interface TrialInput {
  secret: string;
  provider: Provider;
  model: string;
}

/** What came back. */
export interface Trial {
  provider: Provider;
  model: string;
  /** HTTP status; null: the gateway didn't answer. */
  status: number | null;
  /** Until the whole answer was there, ms. */
  ms: number;
  /** What the model said; null where it said nothing. */
  text: string | null;
  /** Null: it went well. */
  error: { by: "gateway" | "provider"; code: string | null; message: string } | null;
}

interface Dialect {
  path: (model: string) => string;
  headers: (secret: string) => Record<string, string>;
  body: (model: string) => unknown;
  /** The words in an answer. */
  words: (answer: unknown) => unknown;
}

/** Walks into parsed JSON of which nothing is known. */
const at = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (found, key) => (typeof found === "object" && found !== null ? Reflect.get(found, key) : undefined),
    value,
  );

const messages = [{ role: "user", content: QUESTION }];

const DIALECTS: Record<Provider, Dialect> = {
  openai: {
    path: () => "/openai/v1/chat/completions",
    headers: (secret) => ({ authorization: `Bearer ${secret}` }),
    body: (model) => ({ model, messages, max_completion_tokens: MOST_TOKENS }),
    words: (answer) => at(answer, "choices", 0, "message", "content"),
  },
  anthropic: {
    path: () => "/anthropic/v1/messages",
    headers: (secret) => ({ "x-api-key": secret, "anthropic-version": "2023-06-01" }),
    body: (model) => ({ model, messages, max_tokens: MOST_TOKENS }),
    words: (answer) => at(answer, "content", 0, "text"),
  },
  gemini: {
    path: (model) => `/gemini/v1beta/models/${encodeURIComponent(model)}:generateContent`,
    headers: (secret) => ({ "x-goog-api-key": secret }),
    body: () => ({
      contents: [{ role: "user", parts: [{ text: QUESTION }] }],
      generationConfig: { maxOutputTokens: MOST_TOKENS },
    }),
    words: (answer) => at(answer, "candidates", 0, "content", "parts", 0, "text"),
  },
};

const isText = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";
const short = (text: string): string => text.trim().slice(0, MOST_WORDS);

async function readAnswer(response: Response): Promise<unknown> {
  const { body } = response;
  if (body === null) return null;
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > MOST_BYTES) return null;
  }
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function errorOf(response: Response, answer: unknown): Trial["error"] {
  if (response.ok) return null;
  const code = response.headers.get("x-doppelgate-error");
  // Gemini wraps its error in a list where it streams.
  const message = [at(answer, "error", "message"), at(answer, 0, "error", "message")].find(isText);
  return {
    by: code === null ? "provider" : "gateway",
    code,
    message: short(message ?? `It answered with status ${response.status} and without a word.`),
  };
}

/**
 * Sends one small question through the gateway with a token, as its holder would. It costs what the holder would pay, and
 * counts against the token's limits.
 *
 * @param door the gateway's front door
 * @param origin the gateway's address as holders see it; null where it isn't known
 * @param address where the owner asks from, as Cloudflare saw it: the token's networks are judged by it
 * @returns never a secret, and never an exception: what went wrong is told
 */
export async function tryToken(
  door: (request: Request) => Promise<Response>,
  origin: string | null,
  { secret, provider, model }: TrialInput,
  address: string,
): Promise<Trial> {
  const { path, headers, body, words } = DIALECTS[provider];
  const begin = Date.now();
  const told = { provider, model };
  try {
    const request = new Request(`${origin ?? "https://gateway.invalid"}${path(model)}`, {
      method: "POST",
      headers: {
        ...headers(secret),
        "content-type": "application/json",
        ...(address !== NO_ADDRESS && { "cf-connecting-ip": address }),
      },
      body: JSON.stringify(body(model)),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    const response = await door(request);
    const answer = await readAnswer(response);
    const text = words(answer);
    const error = errorOf(response, answer);
    return { ...told, status: response.status, ms: Date.now() - begin, text: isText(text) ? short(text) : null, error };
  } catch {
    const message = "The gateway didn't answer. Is the Worker doppelgate-gateway deployed, and switched on?";
    return { ...told, status: null, ms: Date.now() - begin, text: null, error: { by: "gateway", code: null, message } };
  }
}
