import { describe } from "vitest";
import { test } from "./fixture.ts";

describe.concurrent("one Worker", () => {
  test("is switched off, previews included; the other is not touched", async ({ box, expect }) => {
    box.cloudflare.workers.set("account-one/my-admin", { enabled: true, previews_enabled: true });
    const result = await box.run(["admin", "disable"]);
    expect(result).toEqual({ code: 0, stdout: "admin: switched off, previews included (my-admin)\n", stderr: "" });
    expect(box.cloudflare.switches).toEqual(["my-admin off off"]);
    expect(box.cloudflare.calls.filter(({ path }) => path.includes("my-gateway"))).toEqual([]);
    expect(box.log).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z disable admin: switched off, previews included \(my-admin\)\n$/);
  });

  test("gets back the previews that it had", async ({ box, expect }) => {
    box.cloudflare.workers.set("account-one/my-admin", { enabled: true, previews_enabled: true });
    for (const action of ["disable", "disable", "enable"]) await box.run(["admin", action]);
    expect(box.cloudflare.switches.at(-1)).toBe("my-admin on on");
  });

  test("gets no previews where it had none", async ({ box, expect }) => {
    for (const action of ["disable", "enable"]) await box.run(["admin", action]);
    expect(box.cloudflare.switches).toEqual(["my-admin off off", "my-admin on off"]);
    // Switched off elsewhere since then: what was remembered is no longer known to be true.
    box.cloudflare.workers.set("account-one/my-admin", { enabled: false, previews_enabled: false });
    await box.run(["admin", "enable"]);
    expect(box.cloudflare.switches.at(-1)).toBe("my-admin on on");
  });

  test("is switched on with its previews when nothing is remembered", async ({ box, expect }) => {
    box.cloudflare.workers.set("account-one/my-gateway", { enabled: false, previews_enabled: false });
    const result = await box.run(["gateway", "enable"]);
    expect(result.stdout).toBe("gateway: switched on, previews included (my-gateway)\n");
    expect(box.cloudflare.switches).toEqual(["my-gateway on on"]);
  });

  test("says when it was so already, and changes nothing else", async ({ box, expect }) => {
    box.cloudflare.workers.set("account-one/my-admin", { enabled: true, previews_enabled: true });
    expect((await box.run(["admin", "enable"])).stdout).toBe("admin: already on, previews included (my-admin)\n");
    await box.run(["admin", "disable"]);
    expect((await box.run(["admin", "disable"])).stdout).toBe("admin: already off, previews included (my-admin)\n");
  });

  test("is switched off even if its state can't be read", async ({ box, expect }) => {
    box.cloudflare.fail("server", 1, "my-admin/subdomain");
    expect(await box.run(["admin", "disable"])).toMatchObject({ code: 0, stderr: "" });
    expect(box.cloudflare.switches).toEqual(["my-admin off off"]);
  });
});

describe.concurrent("both Workers", () => {
  test("are switched without a name", async ({ box, expect }) => {
    const result = await box.run(["disable"]);
    expect(result.code).toBe(0);
    expect(result.stdout).toBe(
      "gateway: switched off, previews included (my-gateway)\nadmin: switched off, previews included (my-admin)\n",
    );
    expect(box.cloudflare.switches).toEqual(["my-gateway off off", "my-admin off off"]);
  });

  test("are tried each, and one failure is enough for a bad exit code", async ({ box, expect }) => {
    box.cloudflare.workers.delete("account-one/my-gateway");
    const result = await box.run(["disable"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toBe("admin: switched off, previews included (my-admin)\n");
    expect(result.stderr).toContain(
      'gateway: failed: there is no Worker "my-gateway" on this account: deploy it first',
    );
    expect(box.log).toContain("disable gateway: failed: there is no Worker");
  });
});

describe.concurrent("failures", () => {
  test.for([
    ["unauthorized", "Cloudflare refuses this login"],
    ["server", "HTTP 500"],
    ["reset", "can't be reached"],
    ["echo", '"Bearer [hidden]"'],
  ] as const)("%s", async ([fault, reason], { box, expect }) => {
    box.cloudflare.fail(fault, 9);
    const result = await box.run(["admin", "enable"]);
    expect(result.code).toBe(1);
    expect(result.stdout).toBe("");
    expect(result.stderr).toContain(`admin: failed: `);
    expect(result.stderr).toContain(reason);
    expect(box.log).toContain(reason);
  });
});

describe.concurrent("refused calls", () => {
  const usage = 'Usage: ./schedule.sh [gateway|admin] enable|disable [+30m | 22:00 | "2027-01-31 18:00"]';
  test.for([
    [[], "nothing to do"],
    [["admin", "disable", "2020-01-01 10:00"], '"2020-01-01 10:00" is not in the future: it is '],
    [["admin", "disable", "2020-01-01", "10:00"], '"2020-01-01 10:00" is not in the future: it is '],
    [["disable", "25:00"], '"25:00" names a time of day that does not exist'],
    [["disable", "; rm -rf /"], '"; rm -rf /" is not a time'],
    [["console", "disable"], '"console" is not a command'],
    [["cancel", "../x"], '"../x" is not the ID of a job'],
  ] as const)("%j", async ([words, reason], { box, expect }) => {
    const result = await box.run([...words]);
    expect(result.code).toBe(2);
    expect(result.stdout).toBe("");
    expect(result.stderr.startsWith(`schedule.sh: ${reason}`)).toBe(true);
    expect(result.stderr).toContain(`\n${usage}\n`);
    expect(box.cloudflare.calls).toEqual([]);
    expect(box.jobs).toEqual([]);
  });

  test("--help explains", async ({ box, expect }) => {
    const result = await box.run(["--help"]);
    expect(result.code).toBe(0);
    expect(result.stdout.startsWith(usage)).toBe(true);
    expect(result.stderr).toBe("");
  });
});
