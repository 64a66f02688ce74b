import { field, parse, string } from "./json.ts";

/** A call of a tool, as a model would ask for it. */
export interface ToolUse {
  name: string;
  args: unknown;
}

/** What an agent's prompt says behind the mark, to the end of the line. */
const MARKED = /\[agent\] *([^\r\n]*)/;
const CALL = /^call (\S+) (\{[^{}]*\})/;

/**
 * What to echo of a prompt. Agents wrap a prompt into much text of their own; what stands behind `[agent]` is what the
 * person typed.
 *
 * @param last the text of the last turn
 * @returns the rest of the line behind the mark, or all of it where there is no mark
 */
export function typed(last: string): string {
  return MARKED.exec(last)?.[1] ?? last;
}

/**
 * The tool that an answer calls. A prompt `[agent] call NAME {"a":"b"}` gets that one, and any other prompt with the mark
 * none: an agent offers dozens. Without the mark it is the first one, with the prompt as its `echo`.
 *
 * @param last the text of the last turn, which isn't a tool's result
 * @param offered names of the tools
 */
export function toolUse(last: string, offered: readonly string[]): ToolUse | null {
  const [first = ""] = offered;
  const marked = MARKED.exec(last)?.[1];
  if (marked === undefined) return first === "" ? null : { name: first, args: { echo: last } };
  const [, name = "", args = ""] = CALL.exec(marked) ?? [];
  return offered.includes(name) ? { name, args: parse(args) ?? {} } : null;
}

/** The names in a list of tools. */
export function namesOf(tools: readonly unknown[], ...path: string[]): string[] {
  return tools.map((tool) => string(field(tool, ...path, "name"))).filter((name) => name !== "");
}
