import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { stagesOf } from "../../../../scripts/tiers/tiers.ts";

const ROOT = join(import.meta.dirname, "../../../..");
const names = (all: boolean): string[][][] =>
  stagesOf(all).map((lanes) => lanes.map((lane) => lane.map(({ name }) => name)));

describe("the stages of a test run", () => {
  it("have every configuration of vitest once, and no other", ({ expect }) => {
    const configs = stagesOf(true)
      .flat(2)
      .map(({ config }) => config);
    expect(configs.toSorted()).toEqual(globSync("vitest.*.ts", { cwd: ROOT }).toSorted());
    for (const config of configs) expect(existsSync(join(ROOT, config)), config).toBe(true);
  });

  it("have a name of its own for each tier: its report and its failures go by it", ({ expect }) => {
    const all = names(true).flat(2);
    expect(new Set(all).size).toBe(all.length);
  });

  it("leave out what installs 2 GB unless all is asked for, and nothing else", ({ expect }) => {
    const all = names(true).flat(2);
    expect(names(false).flat(2)).toEqual(all.filter((name) => name !== "clients"));
    expect(all).toContain("clients");
  });

  it("have no empty lane and no empty stage", ({ expect }) => {
    for (const all of [true, false]) {
      for (const lanes of stagesOf(all)) {
        expect(lanes.length).toBeGreaterThan(0);
        for (const lane of lanes) expect(lane.length).toBeGreaterThan(0);
      }
    }
  });

  it("run nothing beside a tier that looks at what the gateway promises in time", ({ expect }) => {
    for (const timed of ["schedule", "raw", "faults", "compat", "browser"])
      expect(names(true)).toContainEqual([[timed]]);
  });

  it("are what npm's scripts run one by one", ({ expect }) => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
    const alone = Object.keys(scripts).filter((name) => name.startsWith("test:"));
    expect(alone.toSorted()).toEqual(
      names(true)
        .flat(2)
        .map((name) => `test:${name}`)
        .toSorted(),
    );
  });
});
