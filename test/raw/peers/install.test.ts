import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "vitest";
import { install, type Package, type Run } from "../../../scripts/bench/peers/install.ts";
import { runProgram } from "../../../scripts/bench/peers/processes.ts";

const PACKAGE: Package = {
  name: "@some-one/gateway",
  version: "1.2.3",
  registry: "npm",
  files: { "package.json": "{}" },
  steps: [
    ["npm", "install"],
    ["npm", "dedupe"],
  ],
};

let cache = "";
beforeEach(async () => void (cache = await mkdtemp(join(tmpdir(), "doppelgate-peers-test-"))));
afterEach(() => rm(cache, { recursive: true, force: true }));

describe("installing a peer", () => {
  it("runs its steps in a folder of its own, beside its files, and not again the next time", async ({ expect }) => {
    const seen: unknown[] = [];
    const run: Run = async ({ command, args, folder }, timeoutMs) => {
      expect(await readFile(join(folder, "package.json"), "utf8")).toBe("{}");
      seen.push([command, ...args, timeoutMs > 0]);
    };
    const folder = join(cache, "some-one-gateway-1.2.3");
    expect(await install(PACKAGE, cache, run)).toEqual({ folder, reason: null });
    expect(await install(PACKAGE, cache, run)).toEqual({ folder, reason: null });
    expect(seen).toEqual([
      ["npm", "install", true],
      ["npm", "dedupe", true],
    ]);
  });

  it("says which package can't be had, and why", async ({ expect }) => {
    const run: Run = () => Promise.reject(new Error("npm install failed: registry unreachable"));
    expect(await install(PACKAGE, cache, run)).toEqual({
      folder: null,
      reason: "@some-one/gateway 1.2.3 couldn't be installed from npm: npm install failed: registry unreachable",
    });
  });

  it("begins anew where an installation was broken off", async ({ expect }) => {
    const broken: Run = async ({ folder }) => {
      await writeFile(join(folder, "half"), "");
      throw new Error("broken off");
    };
    await install(PACKAGE, cache, broken);
    const { folder } = await install(PACKAGE, cache, () => Promise.resolve());
    expect(await readdir(folder ?? "")).toEqual(["package.json", "whole"]);
  });

  it("says so where the program that installs isn't on the machine", async ({ expect }) => {
    const python = { ...PACKAGE, registry: "PyPI", steps: [["no-such-python", "-m", "venv"]] } as const;
    const { reason } = await install(python, cache, runProgram);
    expect(reason).toContain("couldn't be installed from PyPI: no-such-python -m failed: spawn no-such-python ENOENT");
  });

  it("says so where its folder can't be made", async ({ expect }) => {
    await writeFile(join(cache, "file"), "");
    const { folder, reason } = await install(PACKAGE, join(cache, "file"), () => Promise.resolve());
    expect(folder).toBeNull();
    expect(reason).toContain("ENOTDIR");
  });
});
