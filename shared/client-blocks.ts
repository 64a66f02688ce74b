import { EXAMPLE_MODELS } from "./example-models.ts";
import type { Provider } from "./providers.ts";

/** One thing to do: a command to run, or lines for a file. */
export interface ClientStep {
  /** What to do with the text, e.g. `In ~/.codex/config.toml:`. */
  note: string;
  text: string;
}

/** How one client is set up. */
export interface ClientBlock {
  /** Letters, digits and `-`. */
  id: string;
  /** Name of the client. */
  title: string;
  steps: ClientStep[];
}

/** What a holder was handed. */
interface HandedOut {
  /** The gateway's origin, without a slash at the end. */
  gateway: string;
  /** Letters, digits and `_ . -` alone, so that no shell, file format or language reads anything in it. */
  token: string;
  providers: readonly Provider[];
  /** A model of each provider that the token may use. */
  models: Record<Provider, string>;
}

type Lines = Record<Provider, (way: HandedOut) => string>;

// Each is run for real by `npm run test:clients` or `npm run test:compat`; docs/clients.md has the versions.

const ENV: Lines = {
  openai: ({ gateway, token }) => `OPENAI_BASE_URL=${gateway}/v1\nOPENAI_API_KEY=${token}`,
  anthropic: ({ gateway, token }) => `ANTHROPIC_BASE_URL=${gateway}\nANTHROPIC_API_KEY=${token}`,
  gemini: ({ gateway, token }) => `GOOGLE_GEMINI_BASE_URL=${gateway}\nGEMINI_API_KEY=${token}`,
};

const CURL: Lines = {
  openai: ({ gateway, token, models }) => `curl ${gateway}/v1/chat/completions \\
  -H "authorization: Bearer ${token}" -H "content-type: application/json" \\
  -d '{"model":"${models.openai}","messages":[{"role":"user","content":"Hello"}]}'`,
  anthropic: ({ gateway, token, models }) => `curl ${gateway}/v1/messages \\
  -H "x-api-key: ${token}" -H "anthropic-version: 2023-06-01" -H "content-type: application/json" \\
  -d '{"model":"${models.anthropic}","max_tokens":100,"messages":[{"role":"user","content":"Hello"}]}'`,
  gemini: ({ gateway, token, models }) => `curl ${gateway}/v1beta/models/${models.gemini}:generateContent \\
  -H "x-goog-api-key: ${token}" -H "content-type: application/json" \\
  -d '{"contents":[{"parts":[{"text":"Hello"}]}]}'`,
};

const NODE: Lines = {
  openai: ({ gateway, token, models }) => `import OpenAI from "openai";
const openai = new OpenAI({ baseURL: "${gateway}/v1", apiKey: "${token}" });
const answer = await openai.responses.create({ model: "${models.openai}", input: "Hello" });
console.log(answer.output_text);`,
  anthropic: ({ gateway, token, models }) => `import Anthropic from "@anthropic-ai/sdk";
const anthropic = new Anthropic({ baseURL: "${gateway}", apiKey: "${token}" });
const messages = [{ role: "user", content: "Hello" }];
const message = await anthropic.messages.create({ model: "${models.anthropic}", max_tokens: 100, messages });
console.log(message.content);`,
  gemini: ({ gateway, token, models }) => `import { GoogleGenAI } from "@google/genai";
const gemini = new GoogleGenAI({ apiKey: "${token}", httpOptions: { baseUrl: "${gateway}" } });
const reply = await gemini.models.generateContent({ model: "${models.gemini}", contents: "Hello" });
console.log(reply.text);`,
};

const PYTHON: Lines = {
  openai: ({ gateway, token, models }) => `from openai import OpenAI
openai = OpenAI(base_url="${gateway}/v1", api_key="${token}")
answer = openai.responses.create(model="${models.openai}", input="Hello")
print(answer.output_text)`,
  anthropic: ({ gateway, token, models }) => `from anthropic import Anthropic
anthropic = Anthropic(base_url="${gateway}", api_key="${token}")
messages = [{"role": "user", "content": "Hello"}]
message = anthropic.messages.create(model="${models.anthropic}", max_tokens=100, messages=messages)
print(message.content)`,
  gemini: ({ gateway, token, models }) => `from google import genai
gemini = genai.Client(api_key="${token}", http_options={"base_url": "${gateway}"})
reply = gemini.models.generate_content(model="${models.gemini}", contents="Hello")
print(reply.text)`,
};

const AI_SDK: Lines = {
  openai: ({ gateway, token }) => `import { createOpenAI } from "@ai-sdk/openai";
const openai = createOpenAI({ baseURL: "${gateway}/v1", apiKey: "${token}" });`,
  anthropic: ({ gateway, token }) => `import { createAnthropic } from "@ai-sdk/anthropic";
const anthropic = createAnthropic({ baseURL: "${gateway}/v1", apiKey: "${token}" });`,
  gemini: ({ gateway, token }) => `import { createGoogleGenerativeAI } from "@ai-sdk/google";
const google = createGoogleGenerativeAI({ baseURL: "${gateway}/v1beta", apiKey: "${token}" });`,
};

const OPENCODE: Lines = {
  openai: ({ gateway, token }) => `    "openai": { "options": { "baseURL": "${gateway}/v1", "apiKey": "${token}" } }`,
  anthropic: ({ gateway, token }) =>
    `    "anthropic": { "options": { "baseURL": "${gateway}/v1", "apiKey": "${token}" } }`,
  gemini: ({ gateway, token }) =>
    `    "google": { "options": { "baseURL": "${gateway}/v1beta", "apiKey": "${token}" } }`,
};

const claudeCode = ({ gateway, token }: HandedOut): ClientStep[] => [
  {
    note: "In a shell:",
    text: `export ANTHROPIC_BASE_URL=${gateway}
export ANTHROPIC_AUTH_TOKEN=${token}
export CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC=1
claude`,
  },
];

const codex = ({ gateway, token }: HandedOut): ClientStep[] => [
  { note: "At the top of ~/.codex/config.toml:", text: `openai_base_url = "${gateway}/v1"` },
  { note: "In a shell:", text: `printf %s "${token}" | codex login --with-api-key\ncodex` },
];

const geminiCli = ({ gateway, token }: HandedOut): ClientStep[] => [
  { note: "In ~/.gemini/settings.json:", text: `{ "security": { "auth": { "selectedType": "gemini-api-key" } } }` },
  {
    note: "In a shell:",
    text: `export GOOGLE_GEMINI_BASE_URL=${gateway}\nexport GEMINI_API_KEY=${token}\ngemini`,
  },
];

const joined =
  (lines: Lines, note: string, between: string, around: (text: string) => string = (text) => text) =>
  (way: HandedOut): ClientStep[] => [
    { note, text: around(way.providers.map((provider) => lines[provider](way)).join(between)) },
  ];

interface Row {
  id: string;
  title: string;
  /** Which provider the client needs; null: it shows all that the token is for. */
  needs: Provider | null;
  steps: (way: HandedOut) => ClientStep[];
}

const ROWS: readonly Row[] = [
  { id: "curl", title: "curl", needs: null, steps: joined(CURL, "In a shell:", "\n\n") },
  { id: "python", title: "Python SDKs", needs: null, steps: joined(PYTHON, "In Python:", "\n\n") },
  { id: "node", title: "Node SDKs", needs: null, steps: joined(NODE, "In JavaScript or TypeScript:", "\n\n") },
  { id: "env", title: ".env", needs: null, steps: joined(ENV, "What the SDKs read by themselves:", "\n") },
  { id: "claude-code", title: "Claude Code", needs: "anthropic", steps: claudeCode },
  { id: "codex", title: "Codex", needs: "openai", steps: codex },
  { id: "gemini-cli", title: "gemini-cli", needs: "gemini", steps: geminiCli },
  {
    id: "opencode",
    title: "opencode",
    needs: null,
    steps: joined(OPENCODE, "In opencode.json:", ",\n", (text) => `{\n  "provider": {\n${text}\n  }\n}`),
  },
  { id: "ai-sdk", title: "AI SDK", needs: null, steps: joined(AI_SDK, "In JavaScript or TypeScript:", "\n\n") },
];

/**
 * How to set up each client that the token can be used with, ready to be copied.
 *
 * @param gateway the gateway's origin, without a slash at the end
 * @param token the secret
 * @param providers which the token is for
 * @param models of each provider a model that it may use; one of `EXAMPLE_MODELS` where none is named
 */
export function clientBlocks(
  gateway: string,
  token: string,
  providers: readonly Provider[],
  models: Partial<Record<Provider, string>> = {},
): ClientBlock[] {
  const way: HandedOut = { gateway, token, providers, models: { ...EXAMPLE_MODELS, ...models } };
  const rows = ROWS.filter(({ needs }) => needs === null || providers.includes(needs));
  return rows.map(({ id, title, steps }) => ({ id, title, steps: steps(way) }));
}
