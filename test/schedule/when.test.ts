import { describe, test } from "vitest";
import { formatSpan, formatWhen } from "../../scripts/schedule/when.ts";
import { inZone, parse } from "./zone.ts";

describe("from now", () => {
  test.for([
    ["+90s", "2026-11-22T12:01:30Z"],
    ["+30m", "2026-11-22T12:30:00Z"],
    ["+2h", "2026-11-22T14:00:00Z"],
    ["+1d", "2026-11-23T12:00:00Z"],
    ["+1h30m", "2026-11-22T13:30:00Z"],
    ["+1d2h3m4s", "2026-11-23T14:03:04Z"],
    ["+90m", "2026-11-22T13:30:00Z"],
    ["+366d", "2027-11-23T12:00:00Z"],
  ] as const)("%s", ([text, expected], { expect }) => {
    expect(parse(text, "2026-11-22T12:00:00Z")).toBe(expected);
  });

  test("a day is 24 hours, also where the clocks change", ({ expect }) => {
    expect(parse("+1d", "2027-03-27T12:00:00Z", "Europe/Berlin")).toBe("2027-03-28T12:00:00Z");
  });
});

describe("a time of day is the next one", () => {
  test.for([
    ["22:00", "2026-11-22T12:00:00Z", "UTC", "2026-11-22T22:00:00Z"],
    ["22:00", "2026-11-22T22:30:00Z", "UTC", "2026-11-23T22:00:00Z"],
    ["22:00", "2026-11-22T22:00:00Z", "UTC", "2026-11-23T22:00:00Z"],
    ["9:05", "2026-11-22T12:00:00Z", "UTC", "2026-11-23T09:05:00Z"],
    ["00:00", "2026-12-31T23:59:59Z", "UTC", "2027-01-01T00:00:00Z"],
    ["22:00:30", "2026-11-22T22:00:00Z", "UTC", "2026-11-22T22:00:30Z"],
    ["22:00", "2026-11-22T12:00:00Z", "America/New_York", "2026-11-23T03:00:00Z"],
    ["07:00", "2026-11-22T22:30:00Z", "Asia/Kolkata", "2026-11-23T01:30:00Z"],
    // 24 or 23 hours away, over the change of the clocks.
    ["12:00", "2027-03-27T11:30:00Z", "Europe/Berlin", "2027-03-28T10:00:00Z"],
    ["12:00", "2026-10-24T10:30:00Z", "Europe/Berlin", "2026-10-25T11:00:00Z"],
    // 02:30 is there twice that night: the first, then the second.
    ["02:30", "2026-10-24T23:00:00Z", "Europe/Berlin", "2026-10-25T00:30:00Z"],
    ["02:30", "2026-10-25T00:45:00Z", "Europe/Berlin", "2026-10-25T01:30:00Z"],
    ["02:30", "2026-10-25T01:45:00Z", "Europe/Berlin", "2026-10-26T01:30:00Z"],
    // The gap of this morning is past.
    ["02:30", "2027-03-28T10:00:00Z", "Europe/Berlin", "2027-03-29T00:30:00Z"],
  ] as const)("%s at %s in %s", ([text, now, zone, expected], { expect }) => {
    expect(parse(text, now, zone)).toBe(expected);
  });
});

describe("a date with a time", () => {
  test.for([
    ["2027-01-31 18:00", "UTC", "2027-01-31T18:00:00Z"],
    ["2027-01-31T18:00", "UTC", "2027-01-31T18:00:00Z"],
    ["2027-01-31 18:00", "Europe/Berlin", "2027-01-31T17:00:00Z"],
    ["2027-07-31 18:00:59", "Europe/Berlin", "2027-07-31T16:00:59Z"],
    ["2027-01-31T18:00Z", "Europe/Berlin", "2027-01-31T18:00:00Z"],
    ["2027-01-31 18:00:00z", "Europe/Berlin", "2027-01-31T18:00:00Z"],
    ["2027-01-31T18:00+05:30", "Europe/Berlin", "2027-01-31T12:30:00Z"],
    ["2027-01-31 18:00 -0800", "Europe/Berlin", "2027-02-01T02:00:00Z"],
    ["2027-02-28 23:59", "UTC", "2027-02-28T23:59:00Z"],
    // Half an hour is there twice on Lord Howe Island.
    ["2027-04-04 01:45", "Australia/Lord_Howe", "2027-04-03T14:45:00Z"],
  ] as const)("%s in %s", ([text, zone, expected], { expect }) => {
    expect(parse(text, "2026-11-22T12:00:00Z", zone)).toBe(expected);
  });

  test("the second 02:30 of a night when the first is past", ({ expect }) => {
    expect(parse("2027-10-31 02:30", "2027-10-31T00:45:00Z", "Europe/Berlin")).toBe("2027-10-31T01:30:00Z");
    expect(parse("2027-04-04 01:45", "2027-04-03T14:50:00Z", "Australia/Lord_Howe")).toBe("2027-04-03T15:15:00Z");
  });
});

describe("shown", () => {
  test.for([
    ["Europe/Berlin", "2027-01-31 18:00:00 CET (Europe/Berlin)"],
    ["UTC", "2027-01-31 17:00:00 UTC"],
  ] as const)("an instant in %s", ([zone, expected], { expect }) => {
    expect(inZone(zone, () => formatWhen(new Date("2027-01-31T17:00:00Z")))).toBe(expected);
  });

  test.for([
    [0, "0 s"],
    [-5, "0 s"],
    [45_000, "45 s"],
    [1_800_000, "30 min"],
    [7_500_000, "2 h 5 min"],
    [86_400_000, "1 d"],
    [90_061_000, "1 d 1 h"],
  ] as const)("a span of %i ms", ([span, expected], { expect }) => {
    expect(formatSpan(span)).toBe(expected);
  });
});
