import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { test } from "./fixture.ts";
import { endWaiter, isRunning, pidOf, until } from "./processes.ts";
import { LOGIN, type Sandbox } from "./sandbox.ts";

const HOUR = 3_600_000;

/** As if the machine had been off: the waiter is gone, and the job was due some time ago. */
async function restart(box: Sandbox, name: string, dueAgo: number): Promise<void> {
  endWaiter(name);
  await until(() => !isRunning(pidOf(name)));
  const path = join(box.state, "jobs", name);
  const job = JSON.parse(readFileSync(path, "utf8")) as Record<string, unknown>;
  writeFileSync(path, JSON.stringify({ ...job, at: new Date(Date.now() - dueAgo).toISOString() }));
}

describe.concurrent("after a restart of the machine", () => {
  test("an overdue job runs with the next call, and the log says how late", async ({ box, expect }) => {
    const name = await box.schedule("admin", "disable", "+1h");
    await restart(box, name, 2 * HOUR);
    const { code } = await box.run(["list"]);
    expect(code).toBe(0);
    await until(() => box.jobs.length === 0);
    expect(box.cloudflare.switches).toEqual(["my-admin off off"]);
    expect(box.log).toContain("late by 2 h");
  });

  test("a job that is not due yet waits again", async ({ box, expect }) => {
    const name = await box.schedule("admin", "disable", "+1h");
    await restart(box, name, -HOUR);
    await box.run(["run-due"]);
    expect(box.jobs).toHaveLength(1);
    expect(pidOf(box.jobs[0])).not.toBe(pidOf(name));
    expect(isRunning(pidOf(box.jobs[0]))).toBe(true);
  });

  test("many calls at once run a job exactly once", async ({ box, expect }) => {
    const name = await box.schedule("disable", "+1h");
    await restart(box, name, HOUR);
    await Promise.all(Array.from({ length: 5 }, () => box.run(["run-due"])));
    await until(() => box.jobs.length === 0);
    expect(box.cloudflare.switches).toEqual(["my-gateway off off", "my-admin off off"]);
  });

  test("only the latest of several overdue jobs counts", async ({ box, expect }) => {
    const enable = await box.schedule("admin", "enable", "+1h");
    const disable = await box.schedule("admin", "disable", "+2h");
    await restart(box, enable, 2 * HOUR);
    await restart(box, disable, HOUR);
    await box.run(["run-due"]);
    await until(() => box.jobs.length === 0);
    expect(box.cloudflare.switches).toEqual(["my-admin off off"]);
    expect(box.log).toContain("enable admin: skipped, a later switch of this Worker counts");
  });

  test("a switch by hand counts more than an overdue job", async ({ box, expect }) => {
    const name = await box.schedule("admin", "disable", "+1h");
    await restart(box, name, HOUR);
    await box.run(["admin", "enable"]);
    await until(() => box.jobs.length === 0);
    expect(box.cloudflare.switches).toEqual(["my-admin on off"]);
  });

  test("a job without any login is left as it is", async ({ box, expect }) => {
    const name = await box.schedule("admin", "disable", "+1h");
    await restart(box, name, HOUR);
    const result = await box.run(["list"], { CLOUDFLARE_API_TOKEN: undefined });
    expect(result.code).toBe(0);
    expect(result.stderr).toContain("1 waiting job(s) can't be taken up again. No Cloudflare login: Not logged in.");
    expect(result.stdout).toContain("stopped: no process waits for it");
    expect(box.jobs).toEqual([name]);
    await box.run(["list"], { CLOUDFLARE_API_TOKEN: LOGIN });
    await until(() => box.jobs.length === 0);
    expect(box.cloudflare.switches).toEqual(["my-admin off off"]);
  });
});
