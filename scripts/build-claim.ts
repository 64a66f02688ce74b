// Builds the script of the page of claim links, which the gateway serves. Run by scripts/build-gateway.ts.
import { join } from "node:path";
import { build } from "esbuild";
import { writeChanged } from "./write-changed.ts";

const ROOT = join(import.meta.dirname, "..");

/** Builds it into `gateway/reserved/built/`. It ends in `.txt` because wrangler, vitest and esbuild import that as text. */
export async function buildClaim(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(ROOT, "gateway/reserved/browser/claim.ts")],
    bundle: true,
    minify: true,
    format: "iife",
    target: ["chrome123", "firefox120", "safari17.5"],
    write: false,
    logLevel: "warning",
  });
  writeChanged(join(ROOT, "gateway/reserved/built/claim.txt"), outputFiles.map(({ text }) => text).join(""));
}
