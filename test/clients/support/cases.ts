import { join } from "node:path";
import type { Route } from "../../../gateway/providers.ts";
import { NPM, PYTHON } from "./folders.ts";
import type { Command, Outcome } from "./sandbox.ts";

/** What is done with a client: columns of the table in `docs/clients.md`, in its order. */
export const FEATURES = ["plain", "stream", "tools", "models", "embeddings", "files", "sockets", "errors"] as const;
/** One of `FEATURES`. */
export type Feature = (typeof FEATURES)[number];

/** The prompt, and a mark before it that makes the fake provider echo this and nothing of what an agent adds. */
export const PROMPT = "[agent] hello gate";

/** What a step is made for. */
export interface Stage {
  gatewayUrl: string;
  /** The holder's token; in a step for `errors` one that nobody issued. */
  token: string;
  /** The client's home folder; it runs in `work` in it. */
  home: string;
}

/** One start of a client. */
export interface Step {
  /** What it shows. */
  features: readonly Feature[];
  command(stage: Stage): Command;
  /** What the client made of each feature, to be compared with what the fake provider said. */
  answers(outcome: Outcome): Partial<Record<Feature, string>>;
}

/** A client in one of the ways in which it can be set up. */
export interface ClientCase {
  /** As in the table. */
  client: string;
  /** The packages, by their names in the pinned lists. */
  packages: readonly [string, ...string[]];
  /** The way in which it is set up. */
  mode: string;
  /** How it speaks, and so which key must arrive where. */
  route: Route;
  steps: readonly Step[];
  /** Hosts besides the gateway that it dials all the same; without the token, and never reached here. */
  dials: readonly string[];
  /** Other secrets of the holder's that must not arrive. */
  secrets?: readonly string[];
  /** Name of the typed error that an unknown token raises, in a client that has types. */
  errorName?: string;
}

/** A CLI that prints the model's answer, or what went wrong. */
export function printed(features: readonly Feature[], command: Step["command"]): Step {
  const answers: Step["answers"] = ({ stdout, stderr }) =>
    // A CLI prints its errors wherever it likes, its answers not.
    Object.fromEntries(features.map((feature) => [feature, feature === "errors" ? `${stdout}\n${stderr}` : stdout]));
  return { features, command, answers };
}

/** What a program of `test/clients/programs` prints: a line of JSON with a text for each feature. */
function lastLine({ stdout, stderr, code }: Outcome): Partial<Record<Feature, string>> {
  try {
    return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Partial<Record<Feature, string>>;
  } catch {
    throw new Error(`It ended with ${code} and printed no JSON.\n${stdout}\n${stderr}`);
  }
}

const RUNNERS: Record<string, string> = { mjs: process.execPath, py: join(PYTHON.folder, "venv/bin/python") };

/**
 * Steps of a program: all its features in one start, and a second start with an unknown token.
 *
 * @param name of the file in `test/clients/programs`
 * @param features besides `errors`, which every program has
 * @param env where the gateway is and the token, as the client's own variables
 */
export function program(
  name: string,
  features: readonly Feature[],
  env: (stage: Stage) => Record<string, string>,
): readonly Step[] {
  const kind = name.split(".").at(-1) ?? "";
  const folder = kind === "py" ? PYTHON.folder : NPM.folder;
  const start = (asked: readonly Feature[]): Step => ({
    features: asked,
    command: (stage) => ({ argv: [RUNNERS[kind] ?? kind, join(folder, "programs", name), ...asked], env: env(stage) }),
    answers: lastLine,
  });
  return [start(features), start(["errors"])];
}
