// The AI SDK with one of its three providers, made as in README.md.
import { createAnthropic } from "@ai-sdk/anthropic";
import { createGoogleGenerativeAI } from "@ai-sdk/google";
import { createOpenAI } from "@ai-sdk/openai";
import { embed, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { report, TOOL } from "./report.mjs";

const { BASE_URL: baseURL, TOKEN: apiKey } = process.env;
const openai = createOpenAI({ baseURL, apiKey });
const anthropic = createAnthropic({ baseURL, apiKey });
const google = createGoogleGenerativeAI({ baseURL, apiKey });
const PROVIDERS = {
  openai: { model: openai("gpt-5.5"), embedding: openai.embedding("text-embedding-3-small") },
  "openai-chat": { model: openai.chat("gpt-5.5") },
  anthropic: { model: anthropic("claude-haiku-4-5") },
  google: { model: google("gemini-3.8-flash"), embedding: google.embedding("gemini-embedding-001") },
};
const { model, embedding } = PROVIDERS[process.env.PROVIDER];
const prompt = "hello gate";
const read = tool({
  description: TOOL.description,
  inputSchema: z.object({ echo: z.string() }),
  execute: async () => TOOL.text,
});

await report({
  plain: async () => (await generateText({ model, prompt, maxRetries: 0 })).text,
  stream: async () => {
    let text = "";
    for await (const piece of streamText({ model, prompt }).textStream) text += piece;
    return text;
  },
  tools: async () => {
    const tools = { [TOOL.name]: read };
    return (await generateText({ model, prompt, tools, stopWhen: stepCountIs(2) })).text;
  },
  embeddings: async () => (await embed({ model: embedding, value: "gate" })).embedding.length,
});
