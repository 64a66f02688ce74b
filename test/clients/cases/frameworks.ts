import type { Route } from "../../../gateway/providers.ts";
import { type ClientCase, type Feature, program } from "../support/cases.ts";

/** One provider of a framework. */
interface Way {
  provider: string;
  /** What stands behind the gateway's address. */
  base: string;
  packages: ClientCase["packages"];
  route: Route;
  features: readonly Feature[];
}

const AI_SDK: readonly Way[] = [
  {
    provider: "openai",
    base: "/v1",
    packages: ["ai", "@ai-sdk/openai"],
    route: "openai",
    features: ["plain", "stream", "tools", "embeddings"],
  },
  {
    provider: "openai-chat",
    base: "/v1",
    packages: ["ai", "@ai-sdk/openai"],
    route: "openai",
    features: ["plain", "stream", "tools"],
  },
  {
    provider: "anthropic",
    base: "/v1",
    packages: ["ai", "@ai-sdk/anthropic"],
    route: "anthropic",
    features: ["plain", "stream", "tools"],
  },
  {
    provider: "google",
    base: "/v1beta",
    packages: ["ai", "@ai-sdk/google"],
    route: "gemini",
    features: ["plain", "stream", "tools", "embeddings"],
  },
  // With the bases that suit other clients.
  { provider: "openai", base: "", packages: ["ai", "@ai-sdk/openai"], route: "openai", features: ["plain", "stream"] },
  {
    provider: "anthropic",
    base: "",
    packages: ["ai", "@ai-sdk/anthropic"],
    route: "anthropic",
    features: ["plain", "stream"],
  },
  { provider: "google", base: "", packages: ["ai", "@ai-sdk/google"], route: "gemini", features: ["plain", "stream"] },
  {
    provider: "anthropic",
    base: "/anthropic/v1",
    packages: ["ai", "@ai-sdk/anthropic"],
    route: "anthropic",
    features: ["plain", "stream"],
  },
];

const LANGCHAIN: readonly Way[] = [
  {
    provider: "openai",
    base: "/v1",
    packages: ["@langchain/openai"],
    route: "openai",
    features: ["plain", "stream", "tools", "embeddings"],
  },
  {
    provider: "anthropic",
    base: "",
    packages: ["@langchain/anthropic"],
    route: "anthropic",
    features: ["plain", "stream", "tools"],
  },
  {
    provider: "google",
    base: "",
    packages: ["@langchain/google-genai"],
    route: "gemini",
    features: ["plain", "stream", "tools", "embeddings"],
  },
];

function cases(client: string, file: string, ways: readonly Way[]): ClientCase[] {
  return ways.map((way) => ({
    client,
    packages: way.packages,
    mode: `${way.provider}, GATEWAY${way.base}`,
    route: way.route,
    dials: [],
    steps: program(file, way.features, ({ gatewayUrl, token }) => ({
      BASE_URL: `${gatewayUrl}${way.base}`,
      TOKEN: token,
      PROVIDER: way.provider,
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
