// `npm test`: every tier, one after the other, and one line at the end that says how many tests passed and failed.
// `npm test -- --all` runs the agent CLIs too, which have to be installed first (2 GB, once); CI does.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";

const TIERS = [
  { name: "unit", config: "vitest.config.ts" },
  { name: "schedule", config: "vitest.schedule.config.ts" },
  { name: "raw", config: "vitest.raw.config.ts" },
  { name: "faults", config: "vitest.faults.config.ts" },
  { name: "compat", config: "vitest.compat.config.ts" },
  { name: "attacks", config: "vitest.attacks.config.ts" },
  { name: "browser", config: "vitest.browser.config.ts" },
];
const CLIENTS = { name: "clients", config: "vitest.clients.config.ts" };

const { values } = parseArgs({ options: { all: { type: "boolean", default: false } } });

/** The part of vitest's JSON report that counts. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  success: boolean;
  testResults: { name: string; message: string; assertionResults: TestResult[] }[];
}

interface TestResult {
  status: string;
  fullName: string;
  failureMessages: string[];
}

const folder = mkdtempSync(join(tmpdir(), "doppelgate-report-"));
/** What failed, one line each: a log of all tiers is long, and its end is what is read. */
const failures: string[] = [];
const total = { passed: 0, failed: 0, skipped: 0 };
try {
  for (const { name, config } of values.all ? [...TIERS, CLIENTS] : TIERS) {
    console.log(`\n── ${name} tier`);
    const report = join(folder, `${name}.json`);
    const flags = ["run", "--config", config, "--reporter=dot", "--reporter=json", `--outputFile.json=${report}`];
    const { status } = spawnSync("vitest", flags, { stdio: "inherit" });
    // A tier that broke before it could report counts as one failure, whatever it ran.
    const counted: Partial<Report> = status === null ? {} : readReport(report);
    total.passed += counted.numPassedTests ?? 0;
    total.skipped += (counted.numPendingTests ?? 0) + (counted.numTodoTests ?? 0);
    total.failed += counted.numFailedTests ?? 0;
    failures.push(...failuresOf(counted).map((line) => `${name}: ${line}`));
    if (status !== 0 && (counted.numFailedTests ?? 0) === 0) {
      total.failed += 1;
      failures.push(`${name}: the tier itself failed with exit code ${status}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function readReport(file: string): Partial<Report> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    return {};
  }
}

function failuresOf({ testResults = [] }: Partial<Report>): string[] {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const file = relative(process.cwd(), name);
    const failed = assertionResults.filter(({ status }) => status === "failed");
    const lines = failed.map((test) => `${file} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
    return message === "" ? lines : [...lines, `${file}: ${firstLine(message)}`];
  });
}

function firstLine(text = ""): string {
  return text.split("\n", 1)[0] ?? "";
}

if (failures.length > 0) console.log(`\nFailed:\n${failures.join("\n")}`);
const skipped = total.skipped === 0 ? "" : `, ${total.skipped} skipped`;
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
