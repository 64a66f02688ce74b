import type { Route } from "../../../gateway/providers.ts";
import { type ClientCase, type Feature, program } from "../support/cases.ts";

/** One provider of a framework. */
interface Way {
  name: string;
  packages: ClientCase["packages"];
  route: Route;
  features: readonly Feature[];
}

const AI_SDK: readonly Way[] = [
  {
    name: "openai",
    packages: ["ai", "@ai-sdk/openai"],
    route: "openai",
    features: ["plain", "stream", "tools", "embeddings"],
  },
  {
    name: "openai-chat",
    packages: ["ai", "@ai-sdk/openai"],
    route: "openai",
    features: ["plain", "stream", "tools"],
  },
  {
    name: "anthropic",
    packages: ["ai", "@ai-sdk/anthropic"],
    route: "anthropic",
    features: ["plain", "stream", "tools"],
  },
  {
    name: "google",
    packages: ["ai", "@ai-sdk/google"],
    route: "gemini",
    features: ["plain", "stream", "tools", "embeddings"],
  },
];

const LANGCHAIN: readonly Way[] = [
  {
    name: "openai",
    packages: ["@langchain/openai"],
    route: "openai",
    features: ["plain", "stream", "tools", "embeddings"],
  },
  {
    name: "anthropic",
    packages: ["@langchain/anthropic"],
    route: "anthropic",
    features: ["plain", "stream", "tools"],
  },
  {
    name: "google",
    packages: ["@langchain/google-genai"],
    route: "gemini",
    features: ["plain", "stream", "tools", "embeddings"],
  },
];

function cases(client: string, file: string, ways: readonly Way[]): ClientCase[] {
  return ways.map((way) => ({
    client,
    packages: way.packages,
    mode: way.name,
    route: way.route,
    dials: [],
    steps: program(file, way.features, ({ gatewayUrl, token }) => ({
      GATEWAY: gatewayUrl,
      TOKEN: token,
      PROVIDER: way.name,
    })),
  }));
}

const AGENTS: ClientCase = {
  client: "OpenAI Agents SDK",
  packages: ["@openai/agents"],
  mode: "OPENAI_BASE_URL, tracing off",
  route: "openai",
  dials: [],
  errorName: "AuthenticationError",
  steps: program("openai-agents.mjs", ["plain", "stream", "tools"], ({ gatewayUrl, token }) => ({
    OPENAI_BASE_URL: `${gatewayUrl}/v1`,
    OPENAI_API_KEY: token,
    OPENAI_AGENTS_DISABLE_TRACING: "1",
  })),
};

/** Frameworks from npm, each with the providers it is used with. */
export const FRAMEWORKS: readonly ClientCase[] = [
  ...cases("AI SDK", "ai-sdk.mjs", AI_SDK),
  ...cases("LangChain", "langchain.mjs", LANGCHAIN),
  AGENTS,
];
