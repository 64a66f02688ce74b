import type Anthropic from "@anthropic-ai/sdk";
import { describe } from "vitest";
import { ANTHROPIC_0, ANTHROPIC_1 } from "./support/clients.ts";
import { collect, LARGE, MESSAGES } from "./support/inputs.ts";
import { test } from "./support/test.ts";
import { bothWays, type Case } from "./support/ways.ts";

const MODEL = "claude-haiku-4-5";
const ASKED = { model: MODEL, max_tokens: 100, messages: MESSAGES };
const TOOLS = [
  { name: "look_up", input_schema: { type: "object" as const, properties: { echo: { type: "string" } } } },
];

const CASES: Case<Anthropic>[] = [
  { name: "message", run: (anthropic) => anthropic.messages.create(ASKED) },
  {
    name: "message stream",
    run: async (anthropic) => collect(await anthropic.messages.create({ ...ASKED, stream: true })),
  },
  {
    name: "message with tools, stream helper",
    run: (anthropic) => anthropic.messages.stream({ ...ASKED, tools: TOOLS }).finalMessage(),
  },
  {
    name: "message with a body of 1 MiB",
    run: (anthropic) => anthropic.messages.create({ ...ASKED, messages: [{ role: "user", content: LARGE }] }),
  },
  {
    name: "beta message with a beta header",
    run: (anthropic) => anthropic.beta.messages.create({ ...ASKED, betas: ["context-1m-2025-08-07"] }),
  },
  { name: "count tokens", run: (anthropic) => anthropic.messages.countTokens({ model: MODEL, messages: MESSAGES }) },
  { name: "models list", run: async (anthropic) => (await anthropic.models.list({ limit: 1000 })).data },
  { name: "one model", run: (anthropic) => anthropic.models.retrieve(MODEL) },
  {
    name: "create a batch",
    run: (anthropic) => anthropic.messages.batches.create({ requests: [{ custom_id: "one", params: ASKED }] }),
  },
  ...[400, 403, 404, 429, 500, 529].map((status) => ({
    name: `the provider's ${status}`,
    run: (anthropic: Anthropic) => anthropic.messages.create({ ...ASKED, model: `fake-status-${status}` }),
  })),
  {
    name: "the provider's error in a stream",
    run: async (anthropic) =>
      collect(await anthropic.messages.create({ ...ASKED, model: "fake-error-midstream", stream: true })),
  },
  {
    name: "an answer that the provider compresses",
    run: (anthropic) => anthropic.messages.create({ ...ASKED, model: "fake-gzip" }),
  },
];

for (const kind of [ANTHROPIC_1, ANTHROPIC_0]) {
  describe(`${kind.name} through the gateway`, () => {
    for (const one of CASES) {
      test(one.name, async ({ harness, token, expect }) => {
        await bothWays({ harness, token, expect }, kind, one);
      });
    }
  });
}
