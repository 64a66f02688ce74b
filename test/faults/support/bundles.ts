import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { buildConsole } from "../../../scripts/build-console.ts";
import { bundleGateway } from "../../raw/harness.ts";

const ROOT = join(import.meta.dirname, "../../..");
const NO_CERTIFICATES = join(ROOT, "admin/auth/no-certificates.ts");

async function bundleAdmin(outfile: string): Promise<void> {
  await buildConsole();
  await build({
    entryPoints: [join(ROOT, "test/faults/workers/admin.ts")],
    outfile,
    bundle: true,
    format: "esm",
    target: "es2024",
    jsx: "automatic",
    jsxImportSource: "hono/jsx",
    external: ["cloudflare:workers"],
    // The same as in wrangler.admin.toml.
    alias: { "@peculiar/x509": NO_CERTIFICATES, "reflect-metadata": NO_CERTIFICATES },
    logLevel: "warning",
  });
}

async function bundle(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "doppelgate-faults-"));
  process.once("exit", () => void rm(folder, { recursive: true, force: true }));
  await Promise.all([
    bundleGateway("test/faults/workers/gateway.ts", join(folder, "gateway.js")),
    bundleAdmin(join(folder, "admin.js")),
  ]);
  return folder;
}

let bundled: Promise<string> | null = null;

/** Bundles both Workers, once for the whole tier. @returns the folder with `gateway.js` and `admin.js` */
export const bundles = (): Promise<string> => (bundled ??= bundle());
