import type Anthropic from "@anthropic-ai/sdk";
import type { GoogleGenAI } from "@google/genai";
import type OpenAI from "openai";
import type { Provider } from "../../../shared/providers.ts";
import { ANTHROPIC_0, ANTHROPIC_1, GEMINI_OPENAI, GENAI_1, GENAI_3, OPENAI, type Way } from "./clients.ts";

/** What a stream is asked for. */
export interface Asked {
  model: string;
  prompt: string;
  signal: AbortSignal;
}

/** A client's streaming call, reduced to the pieces of text that it yields. */
export interface Streaming {
  name: string;
  provider: Provider;
  pieces(way: Way, asked: Asked): AsyncGenerator<string>;
}

async function* chat(openai: OpenAI, { model, prompt, signal }: Asked): AsyncGenerator<string> {
  const body = { model, messages: [{ role: "user" as const, content: prompt }], stream: true as const };
  for await (const chunk of await openai.chat.completions.create(body, { signal })) {
    const text = chunk.choices[0]?.delta.content;
    if (text !== undefined && text !== null && text !== "") yield text;
  }
}

async function* responses(openai: OpenAI, { model, prompt, signal }: Asked): AsyncGenerator<string> {
  for await (const event of await openai.responses.create({ model, input: prompt, stream: true }, { signal })) {
    if (event.type === "response.output_text.delta") yield event.delta;
  }
}

async function* messages(anthropic: Anthropic, { model, prompt, signal }: Asked): AsyncGenerator<string> {
  const body = {
    model,
    max_tokens: 1000,
    messages: [{ role: "user" as const, content: prompt }],
    stream: true as const,
  };
  for await (const event of await anthropic.messages.create(body, { signal })) {
    if (event.type === "content_block_delta" && event.delta.type === "text_delta") yield event.delta.text;
  }
}

async function* contents(genai: GoogleGenAI, { model, prompt, signal }: Asked): AsyncGenerator<string> {
  const asked = { model, contents: prompt, config: { abortSignal: signal } };
  for await (const chunk of await genai.models.generateContentStream(asked)) {
    if (chunk.text !== undefined) yield chunk.text;
  }
}

/** Every streaming call of the clients under test. */
export const STREAMINGS: readonly Streaming[] = [
  { name: "openai 7 chat", provider: "openai", pieces: (way, asked) => chat(OPENAI.make(way), asked) },
  { name: "openai 7 responses", provider: "openai", pieces: (way, asked) => responses(OPENAI.make(way), asked) },
  { name: GEMINI_OPENAI.name, provider: "gemini", pieces: (way, asked) => chat(GEMINI_OPENAI.make(way), asked) },
  { name: ANTHROPIC_1.name, provider: "anthropic", pieces: (way, asked) => messages(ANTHROPIC_1.make(way), asked) },
  { name: ANTHROPIC_0.name, provider: "anthropic", pieces: (way, asked) => messages(ANTHROPIC_0.make(way), asked) },
  { name: GENAI_3.name, provider: "gemini", pieces: (way, asked) => contents(GENAI_3.make(way), asked) },
  { name: GENAI_1.name, provider: "gemini", pieces: (way, asked) => contents(GENAI_1.make(way), asked) },
];
