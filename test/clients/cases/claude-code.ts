import { type ClientCase, PROMPT, printed, type Stage, type Step } from "../support/cases.ts";
import type { Command } from "../support/sandbox.ts";

/** It can't be a token, so the gateway doesn't look for it by name: only the table of headers keeps it back. */
const OWN_KEY = "own/key+of=the-holders";

const CLAUDE = {
  client: "Claude Code",
  packages: ["@anthropic-ai/claude-code"],
  route: "anthropic",
  dials: [],
} as const;

type Keys = (token: string) => Record<string, string>;

function claude({ gatewayUrl, token }: Stage, keys: Keys, ...args: string[]): Command {
  // Otherwise it dials Anthropic itself, for its own statistics.
  const env = { ANTHROPIC_BASE_URL: gatewayUrl, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1", ...keys(token) };
  return { argv: ["claude", "-p", ...args], env };
}

function steps(keys: Keys): Step[] {
  return [
    printed(["plain", "stream"], (stage) => claude(stage, keys, PROMPT)),
    printed(["tools"], (stage) => {
      const args = JSON.stringify({ file_path: `${stage.home}/work/note.txt` });
      return claude(stage, keys, `[agent] call Read ${args}`, "--allowedTools", "Read");
    }),
    printed(["errors"], (stage) => claude(stage, keys, PROMPT)),
  ];
}

const bearer: Keys = (token) => ({ ANTHROPIC_AUTH_TOKEN: token });

/** With a base URL that suits another client. */
function elsewhere(base: string): ClientCase {
  const step = printed(["plain", "stream"], (stage) =>
    claude({ ...stage, gatewayUrl: `${stage.gatewayUrl}${base}` }, bearer, PROMPT),
  );
  return { ...CLAUDE, mode: `ANTHROPIC_BASE_URL=GATEWAY${base}`, steps: [step] };
}

/** Claude Code with each of its key variables, and with both at once. */
export const CLAUDE_CODE: readonly ClientCase[] = [
  { ...CLAUDE, mode: "ANTHROPIC_AUTH_TOKEN", steps: steps(bearer) },
  { ...CLAUDE, mode: "ANTHROPIC_API_KEY", steps: steps((token) => ({ ANTHROPIC_API_KEY: token })) },
  {
    ...CLAUDE,
    mode: "token in ANTHROPIC_AUTH_TOKEN, a key in ANTHROPIC_API_KEY",
    steps: steps((token) => ({ ANTHROPIC_AUTH_TOKEN: token, ANTHROPIC_API_KEY: OWN_KEY })),
    secrets: [OWN_KEY],
  },
  {
    ...CLAUDE,
    mode: "token in ANTHROPIC_API_KEY, a key in ANTHROPIC_AUTH_TOKEN",
    steps: steps((token) => ({ ANTHROPIC_AUTH_TOKEN: OWN_KEY, ANTHROPIC_API_KEY: token })),
    secrets: [OWN_KEY],
  },
  elsewhere("/v1"),
  elsewhere("/anthropic"),
];
