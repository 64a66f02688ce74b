import { describe, test } from "vitest";
import { UsageError } from "../../scripts/schedule/usage.ts";
import { parse } from "./zone.ts";

function refusal(text: string, now = "2026-11-22T12:00:00Z", zone = "UTC"): string {
  try {
    return `accepted: ${parse(text, now, zone)}`;
  } catch (error) {
    return error instanceof UsageError ? error.message : `not a UsageError: ${String(error)}`;
  }
}

describe("refused", () => {
  test.for([
    "",
    " ",
    "soon",
    "now",
    "30m",
    "+",
    "+5",
    "+m",
    "+1.5h",
    "+-5m",
    "+5m ",
    "+30m1h",
    "+1h+1h",
    "-5m",
    "+5x",
    "+1H",
    "22",
    "22.00",
    "22:0",
    "22:00 tomorrow",
    "2027-01-31",
    "31.01.2027 18:00",
    "2027-1-31 18:00",
    "2027-01-31 18",
    "2027-01-31 18:00 CET",
    "2027-01-31\n18:00",
    "٢٢:٠٠",
    "$(date)",
    "../../etc",
    "9".repeat(400),
  ])("nonsense: %j", (text, { expect }) => {
    expect(refusal(text)).toMatch(/^".*" is not a time$/);
  });

  test.for([
    ["25:00", '"25:00" names a time of day that does not exist'],
    ["24:00", '"24:00" names a time of day that does not exist'],
    ["22:60", '"22:60" names a time of day that does not exist'],
    ["22:00:60", '"22:00:60" names a time of day that does not exist'],
    ["2027-02-30 10:00", '"2027-02-30 10:00" names a day that does not exist'],
    ["2027-02-29 10:00", '"2027-02-29 10:00" names a day that does not exist'],
    ["2027-13-01 10:00", '"2027-13-01 10:00" names a day that does not exist'],
    ["2027-00-10 10:00", '"2027-00-10 10:00" names a day that does not exist'],
    ["2027-01-00 10:00Z", '"2027-01-00 10:00Z" names a day that does not exist'],
    ["2027-01-31 18:00+15:00", '"2027-01-31 18:00+15:00" names a zone that does not exist'],
    ["+0m", '"+0m" is not in the future: it is 2026-11-22 12:00:00 UTC now'],
    ["2026-11-22 11:59", '"2026-11-22 11:59" is not in the future: it is 2026-11-22 12:00:00 UTC now'],
    ["2026-11-22 12:00", '"2026-11-22 12:00" is not in the future: it is 2026-11-22 12:00:00 UTC now'],
    ["2026-11-22T13:30+02:00", '"2026-11-22T13:30+02:00" is not in the future: it is 2026-11-22 12:00:00 UTC now'],
    ["0099-01-01 10:00", '"0099-01-01 10:00" is not in the future: it is 2026-11-22 12:00:00 UTC now'],
    ["+367d", '"+367d" is more than 366 days ahead'],
    ["+999999999d", '"+999999999d" is more than 366 days ahead'],
    ["2029-01-01 00:00", '"2029-01-01 00:00" is more than 366 days ahead'],
  ] as const)("%s", ([text, expected], { expect }) => {
    expect(refusal(text)).toBe(expected);
  });

  test("a local time that the clocks jump over", ({ expect }) => {
    const reason = "does not exist in Europe/Berlin: the clocks go forward over it";
    expect(refusal("2027-03-28 02:30", undefined, "Europe/Berlin")).toBe(`"2027-03-28 02:30" ${reason}`);
    expect(refusal("02:30", "2027-03-28T00:30:00Z", "Europe/Berlin")).toBe(`"02:30" ${reason}`);
    expect(refusal("02:30", "2027-03-27T12:00:00Z", "Europe/Berlin")).toBe(`"02:30" ${reason}`);
    expect(refusal("2027-03-28 02:30", "2027-05-01T00:00:00Z", "Europe/Berlin")).toContain("is not in the future");
  });
});
