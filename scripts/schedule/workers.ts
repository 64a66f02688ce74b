import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The Workers of this project, by the names that `schedule.sh` takes. */
export const LABELS = ["gateway", "admin"] as const;
export type Label = (typeof LABELS)[number];

/** What a Worker's wrangler file says of it. */
export interface Worker {
  label: Label;
  /** Its name at Cloudflare. */
  script: string;
  accountId: string | undefined;
}

/** Tells whether a word of the command line names a Worker. */
export function isLabel(word: string | undefined): word is Label {
  return LABELS.some((label) => label === word);
}

/** Reads a Worker's name and settings from its wrangler file. */
export function readWorker(root: string, label: Label): Worker {
  const file = `wrangler.${label}.toml`;
  const value = topLevel(readFileSync(join(root, file), "utf8"));
  const script = value("name");
  if (!script) throw new Error(`${file} has no name`);
  return { label, script, accountId: value("account_id") || undefined };
}

/**
 * Plain `key = value` lines above the first table. Two keys don't justify a TOML parser, and wrangler's own takes most of a second
 * to load.
 */
function topLevel(toml: string): (key: string) => string | undefined {
  const [head = ""] = toml.split(/^\s*\[/m, 1);
  return (key) => {
    const match = new RegExp(`^\\s*"?${key}"?\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s#]+))`, "m").exec(head);
    return match?.[1] ?? match?.[2] ?? match?.[3];
  };
}
