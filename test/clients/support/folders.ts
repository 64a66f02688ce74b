import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../../..");

/** `test/clients`, with the pinned lists and the programs. */
export const SOURCE = join(ROOT, "test/clients");
/** Where the clients are installed; git ignores it, and it may be deleted at any time. */
export const INSTALLED = join(ROOT, ".clients");

/** What is installed together: named after its pinned list, so that another list gets another folder. */
export interface Bundle {
  kind: "npm" | "python";
  /** The files in `test/clients/<kind>` that say what is installed. */
  lists: readonly string[];
  folder: string;
}

function bundle(kind: Bundle["kind"], lists: readonly string[]): Bundle {
  const hash = createHash("sha256");
  for (const list of lists) hash.update(readFileSync(join(SOURCE, kind, list)));
  return { kind, lists, folder: join(INSTALLED, `${kind}-${hash.digest("hex").slice(0, 12)}`) };
}

/** CLIs and frameworks from npm. */
export const NPM = bundle("npm", ["package.json", "package-lock.json", ".npmrc"]);
/** SDKs from PyPI. */
export const PYTHON = bundle("python", ["requirements.txt"]);
