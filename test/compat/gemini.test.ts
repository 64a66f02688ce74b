import type { GoogleGenAI } from "@google/genai";
import type OpenAI from "openai";
import { describe } from "vitest";
import { GEMINI_OPENAI, GENAI_1, GENAI_3 } from "./support/clients.ts";
import { collect, LARGE, MESSAGES, TOOLS } from "./support/inputs.ts";
import { test } from "./support/test.ts";
import { bothWays, type Case } from "./support/ways.ts";

const model = "gemini-3.8-flash";
const contents = "hello gate, grüße 🐈";

const CASES: Case<GoogleGenAI>[] = [
  { name: "content", run: ({ models }) => models.generateContent({ model, contents }) },
  {
    name: "content stream",
    run: async ({ models }) => collect(await models.generateContentStream({ model, contents })),
  },
  {
    name: "content with tools",
    run: ({ models }) =>
      models.generateContent({ model, contents, config: { tools: [{ functionDeclarations: [{ name: "look_up" }] }] } }),
  },
  { name: "content with a body of 1 MiB", run: ({ models }) => models.generateContent({ model, contents: LARGE }) },
  { name: "count tokens", run: ({ models }) => models.countTokens({ model, contents }) },
  {
    name: "embeddings",
    run: ({ models }) => models.embedContent({ model: "gemini-embedding-001", contents: ["a", "b"] }),
  },
  { name: "models list", run: async ({ models }) => collect(await models.list({ config: { pageSize: 10 } })) },
  { name: "one model", run: ({ models }) => models.get({ model }) },
  ...[400, 403, 404, 429, 500, 503].map((status) => ({
    name: `the provider's ${status}`,
    run: ({ models }: GoogleGenAI) => models.generateContent({ model: `fake-status-${status}`, contents }),
  })),
  {
    name: "the provider's error in a stream",
    run: async ({ models }) => collect(await models.generateContentStream({ model: "fake-error-midstream", contents })),
  },
];

for (const kind of [GENAI_3, GENAI_1]) {
  describe(`${kind.name} through the gateway`, () => {
    for (const one of CASES) {
      test(one.name, async ({ harness, token, expect }) => {
        await bothWays({ harness, token, expect }, kind, one);
      });
    }
  });
}

const COMPATIBLE_CASES: Case<OpenAI>[] = [
  { name: "chat", run: (openai) => openai.chat.completions.create({ model, messages: MESSAGES, tools: TOOLS }) },
  {
    name: "chat stream",
    run: async (openai) => collect(await openai.chat.completions.create({ model, messages: MESSAGES, stream: true })),
  },
  { name: "embeddings", run: (openai) => openai.embeddings.create({ model: "gemini-embedding-001", input: "one" }) },
  { name: "models list", run: async (openai) => (await openai.models.list()).data },
  ...[400, 429, 500].map((status) => ({
    name: `the provider's ${status}`,
    run: (openai: OpenAI) => openai.chat.completions.create({ model: `fake-status-${status}`, messages: MESSAGES }),
  })),
];

describe(`${GEMINI_OPENAI.name} through the gateway`, () => {
  for (const one of COMPATIBLE_CASES) {
    test(one.name, async ({ harness, token, expect }) => {
      await bothWays({ harness, token, expect }, GEMINI_OPENAI, one);
    });
  }
});
