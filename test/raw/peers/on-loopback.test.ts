import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, it } from "vitest";

const PRELOAD = join(import.meta.dirname, "../../../scripts/bench/peers/on-loopback.ts");

describe("a server that is kept on loopback", () => {
  for (const [name, host] of [
    ["that names no address", ""],
    ["that wants all addresses", '"0.0.0.0", '],
    ["that names none and says so", "undefined, "],
  ]) {
    it(`listens on 127.0.0.1 alone: one ${name}`, async ({ expect }) => {
      const script = `const s = require("node:http").createServer(); s.listen(0, ${host}() => { console.log(s.address().address); s.close(); });`;
      const { stdout } = await promisify(execFile)(process.execPath, ["--import", PRELOAD, "-e", script]);
      expect(stdout.trim()).toBe("127.0.0.1");
    });
  }
});
