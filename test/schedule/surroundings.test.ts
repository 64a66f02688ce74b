import { readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { test } from "./fixture.ts";
import { idOf, until } from "./processes.ts";

describe.concurrent("where it is called", () => {
  test("from another folder, by its path", async ({ box, expect }) => {
    expect(await box.run(["admin", "disable"], {}, box.home)).toMatchObject({ code: 0, stderr: "" });
    expect(box.cloudflare.switches).toEqual(["my-admin off off"]);
  });

  test("through links", async ({ box, expect }) => {
    symlinkSync(join("..", "my project", "schedule.sh"), join(box.home, "inner.sh"));
    symlinkSync(join(box.home, "inner.sh"), join(box.home, "outer.sh"));
    const result = await box.call("./outer.sh", ["admin", "disable"], { CDPATH: "/" }, box.home);
    expect(result).toMatchObject({ code: 0, stderr: "" });
  });

  test.for(["sh", "bash"])("by %s, with a relative path", async (shell, { box, expect }) => {
    const result = await box.call(shell, ["my project/schedule.sh", "list"], {}, box.folder);
    expect(result).toMatchObject({ code: 0, stderr: "" });
  });
});

test("the first call on a fresh clone installs, and its output stays clean", async ({ box, expect }) => {
  const modules = join(box.root, "node_modules");
  const real = readlinkSync(modules);
  rmSync(modules);
  const link = `symlinkSync(${JSON.stringify(real)}, ${JSON.stringify(modules)});`;
  const install = `import { symlinkSync } from "node:fs";\n${link}\nconsole.log("installing");\n`;
  writeFileSync(join(box.root, "scripts", "install.js"), install);
  const result = await box.run(["admin", "disable"]);
  const stdout = "admin: switched off, previews included (my-admin)\n";
  expect(result).toEqual({ code: 0, stdout, stderr: "installing\n" });
});

describe.concurrent("cron", () => {
  const own = "MAILTO=''\n0 5 * * * /usr/bin/true # mine, 100\\%\n";

  test("has one marked line while a job waits, and the owner's lines stay", async ({ box, expect }) => {
    writeFileSync(box.crontabFile, own);
    const { stdout } = await box.run(["admin", "disable", "+1h"], { XDG_CONFIG_HOME: box.home });
    expect(stdout).toContain("cron takes it up again");
    await box.run(["gateway", "disable", "+2h"]);
    // A call without the variable leaves the line as it is.
    await box.run(["list"], { XDG_CONFIG_HOME: undefined });
    const lines = box.crontab.slice(own.length).split("\n");
    expect(box.crontab.startsWith(own)).toBe(true);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^\* \* \* \* \* XDG_CONFIG_HOME='.*' DOPPELGATE_STATE='.*' '.*\/schedule\.sh' run-due >\/dev\/null 2>&1 # doppelgate schedule /,
    );
    for (const name of box.jobs) await box.run(["cancel", idOf(name)]);
    expect(box.crontab).toBe(own);
  });

  test("loses the line when the last job has run", async ({ box, expect }) => {
    // Long enough to look before it is due, on a busy machine too.
    await box.run(["admin", "disable", "+12s"]);
    expect(box.crontab).toContain("run-due");
    // The waiter writes its last line after all else.
    await until(() => box.log.endsWith("crontab: line removed\n"));
    expect(box.jobs).toEqual([]);
    expect(box.crontab).toBe("");
  });

  test("runs a line that a shell understands, whatever the folder's name", async ({ box, expect }) => {
    await box.run(["admin", "disable", "+1h"]);
    const command = box.crontab.replace("* * * * * ", "").replaceAll("\\%", "%").replace(">/dev/null 2>&1", "");
    const result = await box.call("sh", ["-c", command], { DOPPELGATE_STATE: undefined }, "/");
    expect(result).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  test("is left alone when it can't be used or is not wanted", async ({ box, expect }) => {
    const refused = await box.run(["admin", "disable", "+1h"], { CRONTAB_FILE: "" });
    expect(refused.stdout).toContain("call ./schedule.sh list once");
    const unwanted = await box.run(["admin", "disable", "+1h"], { DOPPELGATE_CRON: "off" });
    expect(unwanted.stdout).toContain("call ./schedule.sh list once");
    expect(box.crontab).toBe("");
  });
});
