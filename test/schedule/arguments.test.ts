import { describe, test } from "vitest";
import { parseArguments } from "../../scripts/schedule/arguments.ts";
import { UsageError } from "../../scripts/schedule/usage.ts";

const NOW = new Date("2026-11-22T12:00:00Z");

describe("understood", () => {
  test.for([
    ["admin disable", { kind: "switch", labels: ["admin"], action: "disable", at: undefined }],
    ["enable", { kind: "switch", labels: ["gateway", "admin"], action: "enable", at: undefined }],
    [
      "gateway enable +30m",
      { kind: "switch", labels: ["gateway"], action: "enable", at: new Date("2026-11-22T12:30:00Z") },
    ],
    [
      "disable 2027-01-31 18:00Z",
      { kind: "switch", labels: ["gateway", "admin"], action: "disable", at: new Date("2027-01-31T18:00:00Z") },
    ],
    ["list", { kind: "list" }],
    ["run-due", { kind: "run-due" }],
    ["cancel abc234", { kind: "cancel", id: "abc234" }],
    ["wait abc234", { kind: "wait", id: "abc234" }],
    ["-h", { kind: "help" }],
    ["admin disable --help", { kind: "help" }],
  ] as const)("%s", ([words, expected], { expect }) => {
    expect(parseArguments(words.split(" "), NOW)).toEqual(expected);
  });
});

describe("refused", () => {
  test.for([
    ["", "nothing to do"],
    ["admin", "enable or disable?"],
    ["admin list", '"list" is neither enable nor disable'],
    ["admin gateway disable", '"gateway" is neither enable nor disable'],
    ["disable admin", '"admin" is not a time'],
    ["list all", '"list" takes nothing more'],
    ["cancel", '"cancel" takes the ID of one job'],
    ["cancel abc234 abc235", '"cancel" takes the ID of one job'],
    ["cancel ../abc", '"../abc" is not the ID of a job'],
    ["cancel abc234.failed", '"abc234.failed" is not the ID of a job'],
    ["toggle", '"toggle" is not a command'],
    ["--now", '"--now" is not a command'],
  ] as const)("%j", ([words, reason], { expect }) => {
    const call = (): unknown => parseArguments(words === "" ? [] : words.split(" "), NOW);
    expect(call).toThrow(new UsageError(reason));
  });
});
