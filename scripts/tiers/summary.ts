import { relative } from "node:path";

/** The part of vitest's JSON report that counts. */
export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { name: string; message: string; assertionResults: TestResult[] }[];
}

interface TestResult {
  status: string;
  fullName: string;
  failureMessages: string[];
}

/** What a tier came to. */
export interface Outcome {
  name: string;
  /** Of vitest; null where it couldn't be started or a signal ended it. */
  exitCode: number | null;
  /** Null where it wrote none that can be read. */
  report: Report | null;
  /** How long it took, in ms. */
  ms: number;
}

/** What is said at the end. */
export interface Summary {
  /** The last one counts the tests. */
  lines: string[];
  passed: boolean;
}

const firstLine = (text = ""): string => text.split("\n", 1)[0] ?? "";

function failuresIn(report: Report, root: string): string[] {
  return report.testResults.flatMap(({ name, message, assertionResults }) => {
    const file = relative(root, name);
    const failed = assertionResults.filter(({ status }) => status === "failed");
    const lines = failed.map((test) => `${file} > ${test.fullName}: ${firstLine(test.failureMessages[0])}`);
    return message === "" ? lines : [...lines, `${file}: ${firstLine(message)}`];
  });
}

/** What one tier adds to the summary. */
interface Share {
  passed: number;
  failed: number;
  skipped: number;
  failures: string[];
}

/** One that broke before it could report counts as one failure, whatever it ran. */
function shareOf({ name, exitCode, report: written }: Outcome, root: string): Share {
  const report = exitCode === null ? null : written;
  const failures = report === null ? [] : failuresIn(report, root);
  const failed = report?.numFailedTests ?? 0;
  const broke = (exitCode !== 0 || report === null) && failed === 0;
  if (broke)
    failures.push(`the tier itself failed with exit code ${exitCode}${report === null ? " and no report" : ""}`);
  return {
    passed: report?.numPassedTests ?? 0,
    failed: broke ? 1 : failed,
    skipped: (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0),
    failures: failures.map((line) => `${name}: ${line}`),
  };
}

/**
 * Adds up what tiers came to. What failed is named, one line each: a log of all tiers is long, and its end is what is read.
 *
 * @param root the project's folder: files are named from there
 */
export function summaryOf(outcomes: readonly Outcome[], root: string): Summary {
  const shares = outcomes.map((outcome) => shareOf(outcome, root));
  const sum = (of: "passed" | "failed" | "skipped"): number => shares.reduce((all, share) => all + share[of], 0);
  const [passed, failed, skipped] = [sum("passed"), sum("failed"), sum("skipped")];
  const failures = shares.flatMap((share) => share.failures);
  const took = outcomes.map(({ name, ms }) => `${name} ${Math.round(ms / 1000)} s`).join(", ");
  return {
    lines: [
      `\nTook: ${took}`,
      ...(failures.length > 0 ? [`\nFailed:\n${failures.join("\n")}`] : []),
      `\n${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`,
    ],
    passed: failed === 0 && passed > 0,
  };
}
