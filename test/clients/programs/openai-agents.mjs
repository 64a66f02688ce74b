// @openai/agents by its variables alone: OPENAI_BASE_URL, OPENAI_API_KEY, OPENAI_AGENTS_DISABLE_TRACING.
import { Agent, getGlobalTraceProvider, run, tool } from "@openai/agents";
import { z } from "zod";
import { report, TOOL } from "./report.mjs";

const read = tool({
  name: TOOL.name,
  description: TOOL.description,
  parameters: z.object({ echo: z.string() }),
  execute: async () => TOOL.text,
});
const agent = new Agent({ name: "gate", model: "gpt-5.5" });

await report({
  plain: async () => (await run(agent, "hello gate")).finalOutput,
  stream: async () => {
    const result = await run(agent, "hello gate", { stream: true });
    let text = "";
    for await (const piece of result.toTextStream()) text += piece;
    return text;
  },
  tools: async () => (await run(agent.clone({ tools: [read] }), "hello gate")).finalOutput,
});
await getGlobalTraceProvider().forceFlush();
