import { statSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { test } from "./fixture.ts";
import { idOf, isRunning, pidOf, until } from "./processes.ts";

describe.concurrent("a scheduled switch", () => {
  test("runs by itself after the call and its shell have ended", async ({ box, expect }) => {
    const started = Date.now();
    // Long enough for the call to end first, on a busy machine too.
    const result = await box.run(["admin", "disable", "+12s"], { TZ: "Europe/Berlin" });
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(
      /^Job [a-z][a-z2-9]{5}: disable admin at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ \(Europe\/Berlin\), in \d+ s\.\n/,
    );
    expect(result.stdout).toContain("Login: CLOUDFLARE_API_TOKEN of this shell");
    expect(box.cloudflare.switches).toEqual([]);
    const pid = pidOf(box.jobs[0]);
    expect(isRunning(pid)).toBe(true);
    await until(() => box.jobs.length === 0);
    expect(Date.now() - started).toBeGreaterThan(12_000);
    expect(box.cloudflare.switches).toEqual(["my-admin off off"]);
    expect(box.cloudflare.workers.get("account-one/my-gateway")).toEqual({ enabled: true, previews_enabled: false });
    for (const step of ["disable admin scheduled for", `due, process ${pid} runs it`, "disable admin: switched off"]) {
      expect(box.log).toContain(step);
    }
    await until(() => !isRunning(pid));
  });

  test("of both Workers switches both", async ({ box, expect }) => {
    await box.run(["disable", "+1s"]);
    await until(() => box.jobs.length === 0);
    expect(box.cloudflare.switches).toEqual(["my-gateway off off", "my-admin off off"]);
  });

  test("is refused when it could only fail", async ({ box, expect }) => {
    box.cloudflare.workers.delete("account-one/my-admin");
    const missing = await box.run(["admin", "disable", "+1h"]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('schedule.sh: admin: not scheduled: there is no Worker "my-admin"');
    box.cloudflare.fail("unauthorized");
    const refused = await box.run(["gateway", "disable", "+1h"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("schedule.sh: gateway: not scheduled: Cloudflare refuses this login");
    expect(box.jobs).toEqual([]);
  });

  test("keeps its files to the owner", async ({ box, expect }) => {
    const name = await box.schedule("admin", "disable", "+1h");
    const mode = (...path: string[]): string => (statSync(join(box.state, ...path)).mode & 0o777).toString(8);
    expect([mode(), mode("jobs"), mode("workers")]).toEqual(["700", "700", "700"]);
    expect([mode("jobs", name), mode("schedule.log")]).toEqual(["600", "600"]);
  });
});

describe.concurrent("failures of a scheduled switch", () => {
  test("that may pass are tried again", async ({ box, expect }) => {
    box.cloudflare.fail("server", 1, "POST");
    box.cloudflare.fail("reset", 1, "POST");
    await box.run(["admin", "disable", "+1s"]);
    await until(() => box.jobs.length === 0);
    expect(box.cloudflare.switches).toEqual(["my-admin off off", "my-admin off off", "my-admin off off"]);
    expect(box.log.match(/failed: HTTP 500|failed: .* can't be reached|next try in \d s|switched off/g)).toEqual([
      "failed: HTTP 500",
      "next try in 2 s",
      expect.stringContaining("can't be reached"),
      "next try in 4 s",
      "switched off",
    ]);
  });

  test("that are final are kept in the list until cancelled", async ({ box, expect }) => {
    box.cloudflare.fail("gone", 1, "POST /client/v4/accounts/account-one/workers/scripts/my-admin");
    await box.run(["disable", "+1s"]);
    await until(() => box.jobs.some((name) => name.endsWith(".failed.json")));
    expect(box.cloudflare.switches).toEqual(["my-gateway off off", "my-admin off off"]);
    const { stdout } = await box.run(["list"]);
    expect(stdout).toMatch(/failed: admin: there is no Worker "my-admin" on this account: deploy it first/);
    expect((await box.run(["cancel", idOf(box.jobs[0])])).code).toBe(0);
    expect(box.jobs).toEqual([]);
  });
});
