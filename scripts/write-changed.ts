import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a built file. An unchanged one stays untouched: `wrangler dev` watches such folders too, and would build for ever.
 *
 * @param path its folder is made where there is none
 */
export function writeChanged(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  if (!existsSync(path) || readFileSync(path, "utf8") !== text) writeFileSync(path, text);
}
