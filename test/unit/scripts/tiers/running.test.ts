import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "vitest";
import { runStages, runTier } from "../../../../scripts/tiers/running.ts";
import type { Tier } from "../../../../scripts/tiers/tiers.ts";

const tier = (name: string): Tier => ({ name, config: `${name}.config.ts` });
const [a, b, c, d] = [tier("a"), tier("b"), tier("c"), tier("d")];

describe("stages", () => {
  it("begin when the one before is over; lanes run beside each other, the tiers of one in turns", async ({
    expect,
  }) => {
    const told: string[] = [];
    const bIsOver = Promise.withResolvers<void>();
    const run = async ({ name }: Tier): Promise<string> => {
      told.push(`${name} begins`);
      if (name === "c") await bIsOver.promise;
      told.push(`${name} ends`);
      if (name === "b") bIsOver.resolve();
      return name;
    };
    const results = await runStages([[[c], [a, b]], [[d]]], run);
    expect(told).toEqual(["c begins", "a begins", "a ends", "b begins", "b ends", "c ends", "d begins", "d ends"]);
    expect(results, "in the order of the table").toEqual(["c", "a", "b", "d"]);
  });

  it("tell a tier whether another runs beside it", async ({ expect }) => {
    const run = ({ name }: Tier, beside: boolean): Promise<string> => Promise.resolve(`${name} ${beside}`);
    expect(await runStages([[[a]], [[b, c], [d]]], run)).toEqual(["a false", "b true", "c true", "d true"]);
  });
});

/** Stands in for vitest: writes a report to where it is told to, prints on both streams, and ends with 3. */
const STAND_IN = `#!${process.execPath}
const flag = process.argv.find((one) => one.startsWith("--outputFile.json="));
const report = { numPassedTests: 5, config: process.argv[process.argv.indexOf("--config") + 1] };
require("node:fs").writeFileSync(flag.split("=")[1], JSON.stringify(report));
process.stdout.write("dots ");
process.stderr.write("and a warning");
process.exitCode = 3;
`;

describe("a tier", () => {
  let folder = "";
  let printed: string[] = [];
  const print = (text: string): void => void printed.push(text);
  beforeEach(() => {
    printed = [];
    folder = mkdtempSync(join(tmpdir(), "doppelgate-tiers-test-"));
    writeFileSync(join(folder, "vitest.cjs"), STAND_IN);
    chmodSync(join(folder, "vitest.cjs"), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("that runs beside another is printed whole when it is over, and its report and exit code are read", async ({
    expect,
  }) => {
    const place = { vitest: join(folder, "vitest.cjs"), folder, print };
    const outcome = await runTier(a, true, place);
    expect(outcome).toMatchObject({ name: "a", exitCode: 3, report: { numPassedTests: 5, config: "a.config.ts" } });
    expect(outcome.ms).toBeGreaterThan(0);
    expect(printed).toHaveLength(2);
    expect(printed[0]).toContain("a tier begins beside another");
    expect(printed[1]).toMatch(/^\n── a tier\n/);
    expect(printed[1]).toContain("dots ");
    expect(printed[1]).toContain("and a warning");
  });

  it("that can't be started has no exit code and no report, and says why", async ({ expect }) => {
    const place = { vitest: join(folder, "nothing-here"), folder, print };
    expect(await runTier(a, true, place)).toMatchObject({ exitCode: null, report: null });
    expect(printed[1]).toContain("ENOENT");
  });

  it("whose report can't be read has none", async ({ expect }) => {
    writeFileSync(join(folder, "b.json"), '{"numPassedTests":');
    writeFileSync(join(folder, "vitest.cjs"), `#!${process.execPath}\n`);
    const place = { vitest: join(folder, "vitest.cjs"), folder, print };
    expect(await runTier(b, true, place)).toMatchObject({ exitCode: 0, report: null });
  });
});
