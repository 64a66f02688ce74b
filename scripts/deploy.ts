// `npm run deploy`: the gateway first, since the admin's binding needs it to exist; then the admin.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const NAMESPACE = /^\s*id\s*=\s*"([^"]*)"/m;

function namespaceOf(config: string): string {
  return NAMESPACE.exec(readFileSync(join(ROOT, config), "utf8"))?.[1] ?? "";
}

/** What would make a deployment fail half-way, or the two Workers miss each other. */
function problem(gateway: string, admin: string): string | null {
  for (const [config, id] of [
    ["wrangler.gateway.toml", gateway],
    ["wrangler.admin.toml", admin],
  ]) {
    if (!/^[0-9a-f]{32}$/.test(id ?? "")) {
      return `${config} has no KV namespace id yet. Run\n  npx wrangler kv namespace create TOKENS\nand put the id that it prints into both wrangler.*.toml files.`;
    }
  }
  if (gateway !== admin)
    return "The two wrangler.*.toml files name different KV namespaces. Put the same id into both.";
  return null;
}

const found = problem(namespaceOf("wrangler.gateway.toml"), namespaceOf("wrangler.admin.toml"));
if (found !== null) {
  console.error(found);
  process.exit(1);
}
for (const name of ["gateway", "admin"]) {
  console.log(`\n── deploying the ${name}`);
  const args = ["deploy", "--minify", "-c", `wrangler.${name}.toml`, ...process.argv.slice(2)];
  const { status } = spawnSync("wrangler", args, { stdio: "inherit", cwd: ROOT });
  if (status !== 0) {
    console.error(`The ${name} was not deployed; wrangler's reason stands above.`);
    process.exit(status ?? 1);
  }
}
