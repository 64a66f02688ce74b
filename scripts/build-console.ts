// Builds what the console serves to browsers. Run by wrangler's `[build]` before it bundles the admin, and called by
// vitest.config.ts, so that the built files are never older than their sources, on a fresh clone too.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";
import { writeChanged } from "./write-changed.ts";

const BUILT = join(import.meta.dirname, "../admin/console/built");

/** Each built file and its source. They end in `.txt` because wrangler and vitest both import that as text. */
const FILES: readonly (readonly [built: string, source: URL])[] = [
  ["enhance.txt", new URL("../admin/console/browser/enhance.ts", import.meta.url)],
  ["passkey.txt", new URL("../admin/console/browser/passkey.ts", import.meta.url)],
  ["style.txt", new URL("../admin/console/style.css", import.meta.url)],
];

const OPTIONS = {
  bundle: true,
  minify: true,
  format: "iife",
  // Browsers that know oklch() and light-dark(), so that esbuild doesn't write them twice.
  target: ["chrome123", "firefox120", "safari17.5"],
  write: false,
  logLevel: "warning",
} satisfies BuildOptions;

/** Builds the enhancement script and the style sheet into `admin/console/built/`. */
export async function buildConsole(): Promise<void> {
  await Promise.all(
    FILES.map(async ([built, source]) => {
      const { outputFiles } = await build({ ...OPTIONS, entryPoints: [fileURLToPath(source)] });
      const text = outputFiles.map((file) => file.text).join("");
      writeChanged(join(BUILT, built), text);
    }),
  );
}

if (import.meta.main) await buildConsole();
