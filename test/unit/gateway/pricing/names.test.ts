import { describe, it } from "vitest";
import { isReleaseOf, matches, plainName } from "../../../../gateway/pricing/names.ts";

describe("a model's name", () => {
  for (const [given, plain] of [
    ["models/Gemini-2.5-Pro", "gemini-2.5-pro"],
    [" gpt-5 ", "gpt-5"],
    ["tunedModels/gemini-2.5-pro", "tunedmodels/gemini-2.5-pro"],
  ] as const) {
    it(`${JSON.stringify(given)} is matched as ${plain}`, ({ expect }) => expect(plainName(given)).toBe(plain));
  }

  for (const release of [
    "gpt-5",
    "gpt-5-2025-08-07",
    "gpt-5-20250807",
    "gpt-5-latest",
    "gpt-5@20250807",
    "gpt-5-preview-05-20",
    "gpt-5-001",
  ]) {
    it(`${release} is a release of gpt-5`, ({ expect }) => expect(isReleaseOf(release, "gpt-5")).toBe(true));
  }

  for (const other of ["gpt-5.1", "gpt-5-1", "gpt-5-mini", "gpt-5-image", "gpt-5-2025-08-07-mini", "ft:gpt-5"]) {
    it(`${other} is another model than gpt-5`, ({ expect }) => expect(isReleaseOf(other, "gpt-5")).toBe(false));
  }

  it("that is long takes no long time", ({ expect }) => {
    const started = performance.now();
    expect(isReleaseOf(`gpt-5-${"11".repeat(20_000)}x`, "gpt-5")).toBe(false);
    expect(isReleaseOf(`gpt-5${"-latest".repeat(20_000)}x`, "gpt-5")).toBe(false);
    expect(performance.now() - started).toBeLessThan(500);
  });
});

describe("a rule of the data", () => {
  for (const [rule, name, does] of [
    ["=GPT-4o", "gpt-4o", true],
    ["=gpt-4o", "gpt-4o-mini", false],
    ["^claude-sonnet-5", "claude-sonnet-5-20260101", true],
    ["^claude-sonnet-5", "claude-sonnet-5-5", false],
    ["^gemini-3.6-flash", "gemini-3.6-flash-image", false],
    ["^gemini-3.6-flash", "gemini-3.6-flash-lite", false],
    ["^gemini-3.1-pro-preview", "gemini-3.1-pro-preview-customtools", true],
    ["^ft:gpt-4o-2024-", "ft:gpt-4o-2024-08-06:acme::abc123", true],
    ["*moderation", "omni-moderation-latest", true],
    ["*gemini-1.5-flash", "tunedmodels/gemini-1.5-flash", false],
    ["$gemini-2.0-flash", "gemini-2.0-flash", true],
    ["/^gpt-6-sol-\\d{4}-\\d{2}-\\d{2}$", "gpt-6-sol-2026-09-01", true],
    ["/^gpt-6-sol-\\d{4}-\\d{2}-\\d{2}$", "gpt-6-sol-next", false],
  ] as const) {
    it(`${rule} ${does ? "matches" : "doesn't match"} ${name}`, ({ expect }) => {
      expect(matches(name, [rule])).toBe(does);
    });
  }

  it("of several parts needs all of them", ({ expect }) => {
    const rules = [["^gemini-2.5-pro", "/^(?!.*-tts)"]];
    expect(matches("gemini-2.5-pro-preview-05-06", rules)).toBe(true);
    expect(matches("gemini-2.5-pro-preview-tts", rules)).toBe(false);
  });

  it("of an unknown kind matches nothing", ({ expect }) => expect(matches("gpt-5", ["gpt-5", "~gpt-5"])).toBe(false));
});
