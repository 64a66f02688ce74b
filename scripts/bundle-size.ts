// Bundles both Workers as a deployment would, and holds the gateway's size to its promise.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

/** KiB after gzip. A Worker may have 3 MB on the free plan; what is small starts fast and can be read. */
const LIMITS = { gateway: 86, admin: 380 };

const folder = mkdtempSync(join(tmpdir(), "doppelgate-bundle-"));
try {
  for (const [name, limit] of Object.entries(LIMITS)) {
    const outdir = join(folder, name);
    execFileSync("wrangler", ["deploy", "--dry-run", "--minify", "-c", `wrangler.${name}.toml`, "--outdir", outdir], {
      env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
      stdio: ["ignore", "ignore", "inherit"],
    });
    const code = readdirSync(outdir).filter((file) => !file.endsWith(".map") && file !== "README.md");
    const bytes = code.reduce((sum, file) => sum + gzipSync(readFileSync(join(outdir, file))).length, 0);
    const size = (bytes / 1024).toFixed(1);
    console.log(`${name}: ${size} KiB gzip (limit ${limit})`);
    if (bytes > limit * 1024) process.exitCode = 1;
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
