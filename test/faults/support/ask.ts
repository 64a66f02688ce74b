import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import type { ExpectStatic } from "vitest";
import type { Provider } from "../../../shared/providers.ts";
import { type Told, UNKNOWN } from "../rows.ts";
import type { World } from "./world.ts";

/** What a holder saw of one answer. */
export interface Seen {
  status: number;
  /** `x-doppelgate-error`; null: the provider's answer. */
  code: string | null;
  /** Of the error; null: it was none. */
  message: string | null;
  retryAfter: string | null;
  /** The whole body. */
  text: string;
  /** How long it took, in ms. */
  ms: number;
}

function messageIn(text: string): string | null {
  try {
    const { error } = JSON.parse(text) as { error?: { message?: string } };
    return error?.message ?? null;
  } catch {
    return null;
  }
}

/** Asks for a chat. The model's name says how the fake provider answers. */
export async function chat(
  { gatewayUrl }: Pick<World, "gatewayUrl">,
  secret: string,
  model = "gpt-4.1-mini",
  more: { stream?: boolean; max_tokens?: number; signal?: AbortSignal } = {},
): Promise<Seen> {
  const { signal, ...fields } = more;
  const begun = performance.now();
  const answer = await fetch(`${gatewayUrl}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${secret}` },
    body: JSON.stringify({ model, max_tokens: 50, messages: [{ role: "user", content: "hello" }], ...fields }),
    ...(signal !== undefined && { signal }),
  });
  const text = await answer.text();
  return {
    status: answer.status,
    code: answer.headers.get("x-doppelgate-error"),
    message: answer.ok ? null : messageIn(text),
    retryAfter: answer.headers.get("retry-after"),
    text,
    ms: performance.now() - begun,
  };
}

/** Expects that a holder was told something: status, code and message. */
export function expectTold(expect: ExpectStatic, seen: Pick<Seen, "status" | "code" | "message">, told: Told): void {
  const { status, code, message } = seen;
  expect({ status, code, message }).toEqual(told);
}

/** The promise on revocation, in ms, and what a busy machine takes more. */
const ENDED_MS = 1_000 + 500;

/** Expects that a token is refused as one that was ended, as soon as is promised. */
export async function expectEnded(expect: ExpectStatic, world: World, secret: string): Promise<void> {
  await expect.poll(async () => (await chat(world, secret)).status, { timeout: ENDED_MS, interval: 50 }).toBe(401);
  expectTold(expect, await chat(world, secret), UNKNOWN);
}

/** What an SDK made of a request. */
export interface SdkSeen {
  provider: Provider;
  /** Name of the error's class; `nothing`: it was answered. */
  threw: string;
  /** HTTP status; null: the SDK knows of none. */
  status: number | null;
  message: string;
  /** The text that came before it threw, or all of it. */
  text: string;
}

type Run = (url: string, key: string, model: string, onText: (text: string) => void) => Promise<void>;

/** How people ask, with the SDKs' own code and none of their retries: a message, as a stream. */
const STREAMS: Record<Provider, Run> = {
  openai: async (baseUrl, apiKey, model, onText) => {
    const openai = new OpenAI({ baseURL: `${baseUrl}/v1`, apiKey, maxRetries: 0 });
    const messages = [{ role: "user", content: "hello" } as const];
    const stream = await openai.chat.completions.create({ model, messages, max_tokens: 50, stream: true });
    for await (const chunk of stream) onText(chunk.choices[0]?.delta.content ?? "");
  },
  anthropic: async (baseURL, apiKey, model, onText) => {
    const anthropic = new Anthropic({ baseURL, apiKey, maxRetries: 0 });
    const messages = [{ role: "user", content: "hello" } as const];
    const stream = await anthropic.messages.create({ model, messages, max_tokens: 50, stream: true });
    for await (const event of stream) {
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") onText(event.delta.text);
    }
  },
  gemini: async (baseUrl, apiKey, model, onText) => {
    const genai = new GoogleGenAI({ apiKey, httpOptions: { baseUrl } });
    const config = { maxOutputTokens: 50 };
    const stream = await genai.models.generateContentStream({ model, contents: "hello", config });
    for await (const chunk of stream) onText(chunk.text ?? "");
  },
};

/** Asks with a provider's SDK for a stream, and tells what its user sees. */
export async function bySdk(
  { gatewayUrl }: Pick<World, "gatewayUrl">,
  provider: Provider,
  secret: string,
  model: string,
): Promise<SdkSeen> {
  let text = "";
  try {
    await STREAMS[provider](gatewayUrl, secret, model, (piece) => (text += piece));
    return { provider, threw: "nothing", status: 200, message: "", text };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const status: unknown = Reflect.get(error, "status");
    const threw = error.constructor.name;
    return { provider, threw, status: typeof status === "number" ? status : null, message: error.message, text };
  }
}
