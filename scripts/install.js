// Installs what package-lock.json names, if that isn't in node_modules yet. Plain JavaScript without a dependency: it runs
// before anything is installed, on whatever Node the machine has. Everything else runs on the Node that it brings.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const OLDEST_NODE = 20;
const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** @param {string} file a lock file @returns {Record<string, { version?: string, optional?: boolean }>} */
function packagesOf(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).packages : {};
}

/** What npm noted down when it last filled node_modules. Optional packages are those of other kinds of machine. */
function isComplete() {
  const installed = packagesOf(join(root, "node_modules", ".package-lock.json"));
  const wanted = Object.entries(packagesOf(join(root, "package-lock.json"))).filter(([path]) => path !== "");
  return wanted.every(([path, { version, optional }]) =>
    installed[path] === undefined ? optional === true : installed[path].version === version,
  );
}

if (Number(process.versions.node.split(".")[0]) < OLDEST_NODE) {
  console.error(`Doppelgate needs Node ${OLDEST_NODE} or newer to install itself; this is ${process.version}.`);
  process.exit(1);
}

if (!isComplete()) {
  console.error("Installing packages (once) …");
  // On standard error, so that `npm start -- --json` prints nothing but its line. Engine warnings are about the Node that
  // runs npm, not about the one that will run the packages.
  const { status } = spawnSync("npm", ["ci", "--loglevel=error"], { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    console.error("npm could not install the packages; its reason stands above. Mend it and run the command again.");
    process.exit(status ?? 1);
  }
}
