import type { Route } from "../../../gateway/providers.ts";
import { type ClientCase, PROMPT, printed, type Stage, type Step } from "../support/cases.ts";
import type { Command } from "../support/sandbox.ts";

const ENV = {
  OPENCODE_DISABLE_AUTOUPDATE: "1",
  OPENCODE_DISABLE_MODELS_FETCH: "1",
  OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
  OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
};

interface Way {
  provider: string;
  route: Route;
  model: string;
  /** What stands behind the gateway's address. */
  path: string;
}

const WAYS: readonly Way[] = [
  { provider: "openai", route: "openai", model: "gpt-5.5", path: "/v1" },
  { provider: "anthropic", route: "anthropic", model: "claude-haiku-4-5", path: "/v1" },
  { provider: "google", route: "gemini", model: "gemini-3.8-flash", path: "/v1beta" },
];

function opencode(way: Way, { gatewayUrl, token }: Stage, prompt: string): Command {
  const options = { baseURL: `${gatewayUrl}${way.path}`, apiKey: token };
  const provider = { [way.provider]: { options, models: { [way.model]: {} } } };
  const config = { share: "disabled", autoupdate: false, provider };
  // Word by word, since it puts quotes round an argument that has a blank, and backslashes before the ones in it.
  const argv = ["opencode", "run", "-m", `${way.provider}/${way.model}`, ...prompt.split(" ")] as const;
  return { argv, env: ENV, files: { ".config/opencode/opencode.json": JSON.stringify(config) } };
}

function steps(way: Way): Step[] {
  return [
    printed(["plain", "stream"], (stage) => opencode(way, stage, PROMPT)),
    printed(["tools"], (stage) => {
      const args = JSON.stringify({ filePath: `${stage.home}/work/note.txt` });
      return opencode(way, stage, `[agent] call read ${args}`);
    }),
  ];
}

function refused(way: Way): Step {
  return printed(["errors"], (stage) => opencode(way, stage, PROMPT));
}

/** opencode with the provider options of its config; a hidden second call to a small model asks for a title. */
export const OPENCODE: readonly ClientCase[] = WAYS.map((way) => ({
  client: "opencode",
  packages: ["opencode-ai"],
  mode: `provider.${way.provider}.options`,
  route: way.route,
  // It looks for plugins of its own, and goes on without.
  dials: ["npm's registry"],
  // It starts slowly, and says the same in each.
  steps: way.route === "openai" ? [...steps(way), refused(way)] : steps(way),
}));
