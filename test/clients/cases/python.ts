import { type ClientCase, program } from "../support/cases.ts";

/** The three Python SDKs, and OpenAI's on Gemini. */
export const PYTHON_SDKS: readonly ClientCase[] = [
  {
    client: "Python openai",
    packages: ["openai"],
    mode: "OPENAI_BASE_URL=GATEWAY/v1",
    route: "openai",
    dials: [],
    errorName: "AuthenticationError",
    steps: program(
      "python_openai.py",
      ["plain", "stream", "tools", "models", "embeddings", "files"],
      ({ gatewayUrl, token }) => ({ OPENAI_BASE_URL: `${gatewayUrl}/v1`, OPENAI_API_KEY: token, MODEL: "gpt-5.5" }),
    ),
  },
  {
    client: "Python openai",
    packages: ["openai"],
    mode: "OPENAI_BASE_URL=GATEWAY/v1beta/openai",
    route: "gemini-openai",
    dials: [],
    errorName: "AuthenticationError",
    steps: program(
      "python_openai.py",
      ["plain", "stream", "tools", "models", "embeddings"],
      ({ gatewayUrl, token }) => ({
        OPENAI_BASE_URL: `${gatewayUrl}/v1beta/openai`,
        OPENAI_API_KEY: token,
        MODEL: "gemini-3.8-flash",
      }),
    ),
  },
  {
    client: "Python openai",
    packages: ["openai"],
    mode: "OPENAI_BASE_URL=GATEWAY/anthropic/v1",
    route: "anthropic-openai",
    dials: [],
    errorName: "AuthenticationError",
    steps: program("python_openai.py", ["plain", "stream", "tools"], ({ gatewayUrl, token }) => ({
      OPENAI_BASE_URL: `${gatewayUrl}/anthropic/v1`,
      OPENAI_API_KEY: token,
      MODEL: "claude-haiku-4-5",
    })),
  },
  {
    client: "Python anthropic",
    packages: ["anthropic"],
    mode: "ANTHROPIC_BASE_URL",
    route: "anthropic",
    dials: [],
    errorName: "AuthenticationError",
    steps: program("python_anthropic.py", ["plain", "stream", "tools", "models"], ({ gatewayUrl, token }) => ({
      ANTHROPIC_BASE_URL: gatewayUrl,
      ANTHROPIC_API_KEY: token,
    })),
  },
  {
    client: "Python google-genai",
    packages: ["google-genai"],
    mode: "GOOGLE_GEMINI_BASE_URL",
    route: "gemini",
    dials: [],
    errorName: "ClientError",
    steps: program(
      "python_genai.py",
      ["plain", "stream", "tools", "models", "embeddings"],
      ({ gatewayUrl, token }) => ({ GOOGLE_GEMINI_BASE_URL: gatewayUrl, GEMINI_API_KEY: token }),
    ),
  },
];
