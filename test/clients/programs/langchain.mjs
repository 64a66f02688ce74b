// LangChain with one of its three providers, made as in README.md.
import { ChatAnthropic } from "@langchain/anthropic";
import { HumanMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatGoogleGenerativeAI, GoogleGenerativeAIEmbeddings } from "@langchain/google-genai";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";
import { report, TOOL } from "./report.mjs";

const { BASE_URL: base, TOKEN: token } = process.env;
const common = { maxRetries: 0, apiKey: token };
const configuration = { baseURL: base };
const PROVIDERS = {
  openai: {
    chat: () => new ChatOpenAI({ ...common, model: "gpt-5.5", configuration }),
    embeddings: () => new OpenAIEmbeddings({ ...common, model: "text-embedding-3-small", configuration }),
  },
  anthropic: {
    chat: () => new ChatAnthropic({ ...common, model: "claude-haiku-4-5", anthropicApiUrl: base }),
  },
  google: {
    chat: () => new ChatGoogleGenerativeAI({ ...common, model: "gemini-3.8-flash", baseUrl: base }),
    embeddings: () => new GoogleGenerativeAIEmbeddings({ ...common, model: "gemini-embedding-001", baseUrl: base }),
  },
};
const provider = PROVIDERS[process.env.PROVIDER];
const read = tool(async () => TOOL.text, {
  name: TOOL.name,
  description: TOOL.description,
  schema: z.object({ echo: z.string() }),
});

await report({
  plain: async () => (await provider.chat().invoke("hello gate")).text,
  stream: async () => {
    let text = "";
    for await (const chunk of await provider.chat().stream("hello gate")) text += chunk.text;
    return text;
  },
  tools: async () => {
    const chat = provider.chat().bindTools([read]);
    const asked = new HumanMessage("hello gate");
    const called = await chat.invoke([asked]);
    const [call] = called.tool_calls;
    const result = new ToolMessage({ content: await read.invoke(call.args), tool_call_id: call.id, name: call.name });
    return (await chat.invoke([asked, called, result])).text;
  },
  embeddings: async () => (await provider.embeddings().embedQuery("gate")).length,
});
