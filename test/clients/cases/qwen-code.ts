import type { Route } from "../../../gateway/providers.ts";
import { type ClientCase, PROMPT, printed, type Stage, type Step } from "../support/cases.ts";
import type { Command } from "../support/sandbox.ts";

/** Without this it dials a host of Alibaba's for its statistics. */
const SETTINGS = { privacy: { usageStatisticsEnabled: false }, general: { enableAutoUpdate: false } };

interface Way {
  type: string;
  route: Route;
  env(stage: Stage): Record<string, string>;
}

const WAYS: readonly Way[] = [
  {
    type: "openai",
    route: "openai",
    env: ({ gatewayUrl, token }) => ({
      OPENAI_BASE_URL: `${gatewayUrl}/v1`,
      OPENAI_API_KEY: token,
      OPENAI_MODEL: "gpt-5.5",
    }),
  },
  {
    type: "anthropic",
    route: "anthropic",
    env: ({ gatewayUrl, token }) => ({
      ANTHROPIC_BASE_URL: gatewayUrl,
      ANTHROPIC_API_KEY: token,
      ANTHROPIC_MODEL: "claude-haiku-4-5",
    }),
  },
  {
    type: "gemini",
    route: "gemini",
    env: ({ gatewayUrl, token }) => ({
      GOOGLE_GEMINI_BASE_URL: gatewayUrl,
      GEMINI_API_KEY: token,
      GEMINI_MODEL: "gemini-3.8-flash",
    }),
  },
];

function qwen(way: Way, stage: Stage, prompt: string): Command {
  const files = { ".qwen/settings.json": JSON.stringify(SETTINGS) };
  return { argv: ["qwen", "--auth-type", way.type, "-p", prompt], env: way.env(stage), files };
}

function steps(way: Way): Step[] {
  return [
    printed(["plain", "stream"], (stage) => qwen(way, stage, PROMPT)),
    printed(["tools"], (stage) => {
      const args = JSON.stringify({ file_path: `${stage.home}/work/note.txt` });
      return qwen(way, stage, `[agent] call read_file ${args}`);
    }),
    printed(["errors"], (stage) => qwen(way, stage, PROMPT)),
  ];
}

/** qwen-code with each of its auth types. */
export const QWEN_CODE: readonly ClientCase[] = WAYS.map((way) => ({
  client: "qwen-code",
  packages: ["@qwen-code/qwen-code"],
  mode: `--auth-type ${way.type}`,
  route: way.route,
  dials: [],
  steps: steps(way),
}));
