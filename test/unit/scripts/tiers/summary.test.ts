import { describe, it } from "vitest";
import { type Outcome, type Report, summaryOf } from "../../../../scripts/tiers/summary.ts";

const NOTHING: Report = { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };

const outcome = (report: Partial<Report> | null, changes: Partial<Outcome> = {}): Outcome => ({
  name: "unit",
  exitCode: 0,
  report: report === null ? null : { ...NOTHING, ...report },
  ms: 1_000,
  ...changes,
});

const failing: Partial<Report> = {
  numPassedTests: 3,
  numFailedTests: 1,
  testResults: [
    {
      name: "/root/test/a.test.ts",
      message: "",
      assertionResults: [
        { status: "passed", fullName: "a passes", failureMessages: [] },
        { status: "failed", fullName: "a fails", failureMessages: ["Error: it is 2\n    at here"] },
      ],
    },
  ],
};

describe("the summary of a test run", () => {
  it("adds up the tests of all tiers in its last line", ({ expect }) => {
    const { lines, passed } = summaryOf(
      [outcome({ numPassedTests: 2 }), outcome({ numPassedTests: 40 }, { name: "raw", ms: 61_400 })],
      "/root",
    );
    expect(lines).toEqual(["\nTook: unit 1 s, raw 61 s", "\n42 passed, 0 failed"]);
    expect(passed).toBe(true);
  });

  it("counts what was skipped or is still to be written", ({ expect }) => {
    const { lines, passed } = summaryOf([outcome({ numPassedTests: 1, numPendingTests: 2, numTodoTests: 1 })], "/root");
    expect(lines.at(-1)).toBe("\n1 passed, 0 failed, 3 skipped");
    expect(passed).toBe(true);
  });

  it("names each test that failed by tier, file, name and first line", ({ expect }) => {
    const { lines, passed } = summaryOf(
      [outcome({ numPassedTests: 5 }), outcome(failing, { name: "raw", exitCode: 1 })],
      "/root",
    );
    expect(lines.slice(1)).toEqual([
      "\nFailed:\nraw: test/a.test.ts > a fails: Error: it is 2",
      "\n8 passed, 1 failed",
    ]);
    expect(passed).toBe(false);
  });

  it("counts a tier that fails without a failed test as one, and names the file that broke", ({ expect }) => {
    const broken = [{ name: "/root/test/b.test.ts", message: "SyntaxError: no\nmore", assertionResults: [] }];
    const { lines, passed } = summaryOf(
      [outcome({ numPassedTests: 7, testResults: broken }, { name: "raw", exitCode: 1 })],
      "/root",
    );
    expect(lines.slice(1)).toEqual([
      "\nFailed:\nraw: test/b.test.ts: SyntaxError: no\nraw: the tier itself failed with exit code 1",
      "\n7 passed, 1 failed",
    ]);
    expect(passed).toBe(false);
  });

  it.for([
    ["wrote no report", null, 2, "2 and no report"],
    ["ended well but wrote no report", null, 0, "0 and no report"],
    ["a signal ended, whatever it had reported", { numPassedTests: 9 }, null, "null and no report"],
  ] as const)("counts a tier as one failure that %s", ([, report, exitCode, why], { expect }) => {
    const { lines, passed } = summaryOf(
      [outcome({ numPassedTests: 7 }), outcome(report, { name: "raw", exitCode })],
      "/root",
    );
    expect(lines.slice(1)).toEqual([
      `\nFailed:\nraw: the tier itself failed with exit code ${why}`,
      "\n7 passed, 1 failed",
    ]);
    expect(passed).toBe(false);
  });

  it("is no success where nothing ran", ({ expect }) => {
    expect(summaryOf([outcome({})], "/root")).toMatchObject({ passed: false });
    expect(summaryOf([], "/root")).toMatchObject({ passed: false });
  });
});
