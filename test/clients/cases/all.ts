import type { ClientCase } from "../support/cases.ts";
import { CLAUDE_CODE } from "./claude-code.ts";
import { CODEX_CLI } from "./codex.ts";
import { FRAMEWORKS } from "./frameworks.ts";
import { GEMINI_CLI } from "./gemini-cli.ts";
import { OPENCODE } from "./opencode.ts";
import { PYTHON_SDKS } from "./python.ts";
import { QWEN_CODE } from "./qwen-code.ts";

/** Every client in every way it is run, in the order of the table in `docs/clients.md`. */
export const CASES: readonly ClientCase[] = [
  ...CLAUDE_CODE,
  ...CODEX_CLI,
  ...GEMINI_CLI,
  ...OPENCODE,
  ...QWEN_CODE,
  ...FRAMEWORKS,
  ...PYTHON_SDKS,
];
