// Installs what package-lock.json names, if that isn't in node_modules yet. Plain JavaScript without a dependency: it runs
// before anything is installed, on whatever Node the machine has. Everything else runs on the Node that it brings.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const mark = join(root, "node_modules", ".installed");
const lock = createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).digest("hex");

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  console.error(`Doppelgate needs Node ${OLDEST_NODE} or newer to install itself; this is ${process.version}.`);
  process.exit(1);
}

if (!existsSync(mark) || readFileSync(mark, "utf8") !== lock) {
  console.error("Installing packages (once) …");
  // On standard error, so that `npm start -- --json` prints nothing but its line. Engine warnings are about the Node that
  // runs npm, not about the one that will run the packages.
  const { status } = spawnSync("npm", ["ci", "--loglevel=error"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    console.error("npm could not install the packages; its reason stands above. Mend it and run the command again.");
    process.exit(status ?? 1);
  }
  writeFileSync(mark, lock);
}
