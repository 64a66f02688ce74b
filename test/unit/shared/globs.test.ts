import * as fc from "fast-check";
import { describe, it } from "vitest";
import { globProblem, matchesGlob } from "../../../shared/globs.ts";

describe("globs of models", () => {
  for (const [glob, name, fits] of [
    ["gpt-4o*", "gpt-4o-mini", true],
    ["gpt-4o*", "gpt-4", false],
    ["gpt-4o", "gpt-4o-mini", false],
    ["*haiku*", "claude-haiku-4-5", true],
    ["claude-?-haiku", "claude-3-haiku", true],
    ["claude-?-haiku", "claude-33-haiku", false],
    ["GPT-4o", "gpt-4O", true],
    ["*", "", true],
    ["?", "", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-b-b-d", false],
    ["a.c", "abc", false],
  ] as const) {
    it(`${glob} ${fits ? "fits" : "does not fit"} ${name === "" ? "nothing" : name}`, ({ expect }) => {
      expect(matchesGlob(glob, name)).toBe(fits);
    });
  }

  it("fit as a regular expression of the same meaning does", ({ expect }) => {
    const letters = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    const names = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 10 });
    fc.assert(
      fc.property(letters, names, (glob, name) => {
        const pattern = new RegExp(`^${glob.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(matchesGlob(glob, name)).toBe(pattern.test(name));
      }),
      { numRuns: 2_000 },
    );
  });

  it("of many stars come to an end", ({ expect }) => {
    // A regular expression of the same meaning would take longer than the test may.
    expect(matchesGlob(`${"*a".repeat(500)}b`, "a".repeat(2_000))).toBe(false);
  });

  it("say what is wrong with them", ({ expect }) => {
    expect(globProblem("gpt-*")).toBeNull();
    expect(globProblem("")).toBe("A model can't be empty.");
    expect(globProblem("gpt 4")).toContain("A model may hold letters");
    expect(globProblem("x".repeat(201))).toBe("A model has at most 200 characters.");
  });
});
