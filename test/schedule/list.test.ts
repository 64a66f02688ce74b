import { spawn } from "node:child_process";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { test } from "./fixture.ts";
import { endWaiter, idOf, isRunning, pidOf, until } from "./processes.ts";

describe.concurrent("list and cancel", () => {
  test("list shows the jobs in order and both Workers", async ({ box, expect }) => {
    box.cloudflare.workers.set("account-one/my-admin", { enabled: false, previews_enabled: true });
    const later = await box.schedule("enable", "+2h");
    const sooner = await box.schedule("admin", "disable", "+1h30m");
    const lines = (await box.run(["list"], { TZ: "UTC" })).stdout.split("\n");
    expect(lines[0]).toMatch(/^ID {6}WHEN +WHAT +STATE$/);
    expect(lines[1]).toMatch(
      new RegExp(
        `^${idOf(sooner)}  \\S+ \\S+ UTC, in 1 h (29|30) min  disable admin +waiting \\(process ${pidOf(sooner)}\\)$`,
      ),
    );
    expect(lines[2]).toMatch(new RegExp(`^${idOf(later)}  .*, in (1 h 59 min|2 h)  enable gateway and admin  waiting`));
    expect(lines.slice(3)).toEqual([
      "",
      "gateway: on, previews off (my-gateway)",
      "admin: off, but previews on (my-admin)",
      "",
    ]);
  });

  test("list works without an API", async ({ box, expect }) => {
    box.cloudflare.fail("reset", 9);
    const result = await box.run(["list"], { CLOUDFLARE_ACCOUNT_ID: "account-one" });
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/^No jobs\.\n\ngateway: unknown: .* can't be reached .*\nadmin: unknown: /);
  });

  test("cancel ends the job's waiter, and only that", async ({ box, expect }) => {
    const one = await box.schedule("admin", "disable", "+1h");
    const other = await box.schedule("gateway", "disable", "+1h");
    const result = await box.run(["cancel", idOf(one)]);
    expect(result).toEqual({ code: 0, stdout: `Job ${idOf(one)} is cancelled.\n`, stderr: "" });
    await until(() => !isRunning(pidOf(one)));
    expect(isRunning(pidOf(other))).toBe(true);
    expect(box.jobs).toEqual([other]);
    expect(box.cloudflare.switches).toEqual([]);
    expect(box.log).toContain(`job ${idOf(one)}: cancelled`);
    const again = await box.run(["cancel", idOf(one)]);
    expect(again).toEqual({
      code: 1,
      stdout: "",
      stderr: `schedule.sh: there is no job ${idOf(one)}; see ./schedule.sh list\n`,
    });
  });

  test("cancel spares a process that only has the waiter's number", async ({ box, expect }) => {
    const name = await box.schedule("admin", "disable", "+1h");
    endWaiter(name);
    const stranger = spawn("sleep", ["60"], { stdio: "ignore" });
    try {
      renameSync(join(box.state, "jobs", name), join(box.state, "jobs", `${idOf(name)}.${stranger.pid}.json`));
      expect((await box.run(["cancel", idOf(name)])).code).toBe(0);
      expect(isRunning(stranger.pid ?? 0)).toBe(true);
      expect(box.jobs).toEqual([]);
    } finally {
      stranger.kill();
    }
  });

  test("a file that is no job any more can be seen and removed", async ({ box, expect }) => {
    const name = await box.schedule("admin", "disable", "+1h");
    endWaiter(name);
    writeFileSync(join(box.state, "jobs", name), "{");
    expect((await box.run(["list"])).stdout).toContain("unreadable: ./schedule.sh cancel removes it");
    expect((await box.run(["cancel", idOf(name)])).code).toBe(0);
  });
});
