import { isJobId } from "./jobs.ts";
import type { Action } from "./switch.ts";
import { UsageError } from "./usage.ts";
import { parseWhen } from "./when.ts";
import { isLabel, type Label, LABELS } from "./workers.ts";

/** What the owner asked for. `run-due` is cron's word, `wait` the background process's. */
export type Command =
  | { kind: "help" }
  | { kind: "switch"; labels: readonly Label[]; action: Action; at: Date | undefined }
  | { kind: "list" }
  | { kind: "run-due" }
  | { kind: "cancel" | "wait"; id: string };

/** Understands a command line or throws a UsageError that says what is wrong. */
export function parseArguments(words: readonly string[], now: Date): Command {
  const [first, ...rest] = words;
  if (first === undefined) throw new UsageError("nothing to do");
  if (words.some((word) => word === "-h" || word === "--help")) return { kind: "help" };
  if (isLabel(first)) return parseSwitch([first], rest, now);
  if (first === "enable" || first === "disable") return parseSwitch(LABELS, words, now);
  if (first === "list" || first === "run-due") {
    if (rest.length > 0) throw new UsageError(`"${first}" takes nothing more`);
    return { kind: first };
  }
  if (first === "cancel" || first === "wait") return parseId(first, rest);
  throw new UsageError(`${JSON.stringify(first)} is not a command`);
}

function parseSwitch(labels: readonly Label[], words: readonly string[], now: Date): Command {
  const [action, ...when] = words;
  if (action !== "enable" && action !== "disable") {
    throw new UsageError(
      action === undefined ? "enable or disable?" : `${JSON.stringify(action)} is neither enable nor disable`,
    );
  }
  // Joined, because a date and a time without quotes arrive as two words.
  return { kind: "switch", labels, action, at: when.length === 0 ? undefined : parseWhen(when.join(" "), now) };
}

function parseId(kind: "cancel" | "wait", words: readonly string[]): Command {
  const [id, ...more] = words;
  if (id === undefined || more.length > 0) throw new UsageError(`"${kind}" takes the ID of one job`);
  if (!isJobId(id)) throw new UsageError(`${JSON.stringify(id)} is not the ID of a job`);
  return { kind, id };
}
