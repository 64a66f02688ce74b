import { type ClientCase, PROMPT, printed, type Stage } from "../support/cases.ts";
import type { Command } from "../support/sandbox.ts";

/** Without `selectedType`, GOOGLE_GEMINI_BASE_URL alone ends in "Invalid auth method selected". */
const SETTINGS = {
  security: { auth: { selectedType: "gemini-api-key" } },
  privacy: { usageStatisticsEnabled: false },
  general: { enableAutoUpdate: false },
};

function gemini({ gatewayUrl, token }: Stage, ...args: string[]): Command {
  const env = {
    GOOGLE_GEMINI_BASE_URL: gatewayUrl,
    GEMINI_API_KEY: token,
    GEMINI_CLI_TRUST_WORKSPACE: "true",
  };
  return { argv: ["gemini", ...args], env, files: { ".gemini/settings.json": JSON.stringify(SETTINGS) } };
}

/** gemini-cli: its router asks a small model first which model to take, unless one is named. */
export const GEMINI_CLI: readonly ClientCase[] = [
  {
    client: "gemini-cli",
    packages: ["@google/gemini-cli"],
    mode: "GOOGLE_GEMINI_BASE_URL, GEMINI_API_KEY",
    route: "gemini",
    dials: [],
    steps: [
      printed(["plain", "stream"], (stage) => gemini(stage, "-p", PROMPT)),
      printed(["tools"], (stage) => gemini(stage, "-p", '[agent] call read_file {"file_path":"note.txt"}')),
      printed(["errors"], (stage) => gemini(stage, "-m", "gemini-3.8-flash", "-p", PROMPT)),
    ],
  },
];
