import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, it } from "vitest";
import { freePort, runProgram, startProgram, untilReady, whyOf } from "../../../scripts/bench/peers/processes.ts";
import { treeOf } from "../process.ts";

const shell = (script: string) => ({
  command: "/bin/sh",
  args: ["-c", script],
  folder: tmpdir(),
  env: { PATH: process.env["PATH"] },
});
const NODE_WAITS = `"${process.execPath}" -e "setTimeout(() => {}, 60000)"`;

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("the processes of a peer", () => {
  it("end with all that they started", async ({ expect }) => {
    const started = startProgram(shell(`${NODE_WAITS} & wait`));
    let tree: number[] = [];
    for (let tries = 0; tries < 100 && tree.length < 2; tries++) {
      await sleep(50);
      tree = treeOf(started.pid);
    }
    expect(tree).toHaveLength(2);
    await started.end();
    expect(started.runs()).toBe(false);
    for (let tries = 0; tries < 100 && tree.some(isThere); tries++) await sleep(50);
    expect(tree.filter(isThere)).toEqual([]);
  });

  it("that fail tell why", async ({ expect }) => {
    await expect(runProgram(shell("echo no such package >&2; exit 3"), 10_000)).rejects.toThrow(
      new Error("sh -c failed: no such package"),
    );
  });

  it("may not take longer than their time", async ({ expect }) => {
    await expect(runProgram(shell(NODE_WAITS), 300)).rejects.toThrow(new Error("sh -c took longer than 0.3 s"));
  });

  it("that end while they start aren't waited for", async ({ expect }) => {
    const started = startProgram(shell("echo bad config; exit 1"));
    await started.ended;
    const ready = untilReady(started, `http://127.0.0.1:${await freePort()}/`, 10_000);
    await expect(ready).rejects.toThrow(new Error("it ended while it started: bad config"));
  });

  it("that never answer are given up", async ({ expect }) => {
    const started = startProgram(shell(NODE_WAITS));
    const ready = untilReady(started, `http://127.0.0.1:${await freePort()}/`, 300);
    await expect(ready).rejects.toThrow("it didn't answer within 0.3 s");
    await started.end();
  });
});

describe("why a program failed", () => {
  it("is in its first lines about errors, not in warnings nor in what follows", ({ expect }) => {
    const npm = ["npm error code ECONNREFUSED", "npm error errno -111", "npm error connect", "npm error log: /home/x"];
    expect(whyOf(npm.join("\n"))).toBe("npm error code ECONNREFUSED npm error errno -111 npm error connect");
    const pip = "WARNING: Retrying after NewConnectionError\nERROR: No matching distribution found\n";
    expect(whyOf(pip)).toBe("ERROR: No matching distribution found");
  });

  it("is at the end of what it wrote, where nothing is called an error", ({ expect }) => {
    expect(whyOf(`${"x".repeat(1000)}\nport is taken\n`)).toMatch(/^x+ port is taken$/);
    expect(whyOf("")).toBe("");
  });
});
