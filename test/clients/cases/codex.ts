import { type ClientCase, PROMPT, printed, type Stage, type Step } from "../support/cases.ts";
import type { Command } from "../support/sandbox.ts";

/** Without these it dials GitHub and ChatGPT's own hosts: for updates, plugins and statistics. */
const QUIET = `check_for_update_on_startup = false
[analytics]
enabled = false
[features]
plugins = false
apps = false
`;

const CODEX = { client: "Codex", packages: ["@openai/codex"], route: "openai", dials: [] } as const;

/** The built-in provider: it tries a WebSocket first. */
function builtIn({ gatewayUrl, token }: Stage, prompt: string): Command {
  const config = `model = "gpt-5.5"\nopenai_base_url = "${gatewayUrl}/v1"\n${QUIET}`;
  return exec({ CODEX_API_KEY: token }, config, prompt);
}

/** A provider of one's own: HTTP only. */
function provider({ gatewayUrl, token }: Stage, prompt: string): Command {
  const row = `[model_providers.gateway]
name = "gateway"
base_url = "${gatewayUrl}/v1"
env_key = "GATEWAY_TOKEN"
wire_api = "responses"
`;
  return exec({ GATEWAY_TOKEN: token }, `model = "gpt-5.5"\nmodel_provider = "gateway"\n${QUIET}${row}`, prompt);
}

function exec(env: Record<string, string>, config: string, prompt: string): Command {
  return { argv: ["codex", "exec", "--skip-git-repo-check", prompt], env, files: { ".codex/config.toml": config } };
}

function steps(command: (stage: Stage, prompt: string) => Command, how: "stream" | "sockets"): Step[] {
  return [
    printed(["plain", how], (stage) => command(stage, PROMPT)),
    printed(["tools"], (stage) => command(stage, '[agent] call exec_command {"cmd":"cat note.txt"}')),
    printed(["errors"], (stage) => command(stage, PROMPT)),
  ];
}

/** Codex with both ways of naming a base URL. */
export const CODEX_CLI: readonly ClientCase[] = [
  { ...CODEX, mode: "openai_base_url, WebSocket first", steps: steps(builtIn, "sockets") },
  { ...CODEX, mode: "model_providers, HTTP only", steps: steps(provider, "stream") },
];
