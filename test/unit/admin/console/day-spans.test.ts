import { describe, it } from "vitest";
import type { FieldError } from "../../../../admin/api/problem.ts";
import { type Days, timesFrom } from "../../../../admin/console/day-spans.ts";

const NONE: Days = { createdFrom: undefined, createdTo: undefined, expiresFrom: undefined, expiresTo: undefined };

function read(days: Partial<Days>, zone = "") {
  const errors: FieldError[] = [];
  const times = timesFrom({ ...NONE, ...days }, zone, errors);
  return { times, errors };
}

describe("a span of days", () => {
  for (const [zone, createdFrom, createdTo] of [
    ["", "2027-03-28T00:00:00.000Z", "2027-03-29T00:00:00.000Z"],
    ["UTC", "2027-03-28T00:00:00.000Z", "2027-03-29T00:00:00.000Z"],
    // The clocks go forward in that night: the day has 23 hours.
    ["Europe/Berlin", "2027-03-27T23:00:00.000Z", "2027-03-28T22:00:00.000Z"],
    ["America/New_York", "2027-03-28T04:00:00.000Z", "2027-03-29T04:00:00.000Z"],
    ["Asia/Kolkata", "2027-03-27T18:30:00.000Z", "2027-03-28T18:30:00.000Z"],
  ] as const) {
    it(`of one day goes from midnight to midnight in ${zone || "UTC where no zone is said"}`, ({ expect }) => {
      const { times, errors } = read({ createdFrom: "2027-03-28", createdTo: "2027-03-28" }, zone);
      expect([times, errors]).toEqual([{ createdFrom, createdTo }, []]);
    });
  }

  it("begins an hour later where the clocks skip midnight", ({ expect }) => {
    // In Santiago they go from 24:00 to 1:00.
    const { times } = read({ createdFrom: "2026-09-06", createdTo: "2026-09-06" }, "America/Santiago");
    expect(times).toEqual({ createdFrom: "2026-09-06T04:00:00.000Z", createdTo: "2026-09-07T03:00:00.000Z" });
  });

  it("may be open on either side, and is nothing where no day is set", ({ expect }) => {
    expect(read({ expiresFrom: " 2027-01-31 " }).times).toEqual({ expiresFrom: "2027-01-31T00:00:00.000Z" });
    expect(read({ expiresTo: "2026-12-31" }).times).toEqual({ expiresTo: "2027-01-01T00:00:00.000Z" });
    expect(read({}, "no zone")).toEqual({ times: {}, errors: [] });
  });

  for (const day of [
    "tomorrow",
    "2027-02-29",
    "2027-1-1",
    "31.01.2027",
    "0001-01-01",
    "9999-12-31",
    "2027-01-31T00:00",
  ]) {
    it(`refuses ${day}, and filters by nothing else meanwhile`, ({ expect }) => {
      const { times, errors } = read({ createdFrom: "2027-01-01", expiresTo: day });
      const message = "There is no such day. Write it like 2027-01-31.";
      expect([times, errors]).toEqual([{}, [{ field: "expiresTo", message }]]);
    });
  }

  it("refuses a last day before the first, and a zone that isn't known", ({ expect }) => {
    const turned = "The last day is before the first. Choose a later one, or clear one of the two.";
    expect(read({ createdFrom: "2027-02-01", createdTo: "2027-01-31" }).errors).toEqual([
      { field: "createdTo", message: turned },
    ]);
    expect(read({ expiresFrom: "2027-02-01", expiresTo: "2027-01-31" }).errors).toEqual([
      { field: "expiresTo", message: turned },
    ]);
    const unknown = "The time zone of these days isn't known here. Filter again to have them in UTC.";
    expect(read({ createdTo: "2027-01-31", expiresTo: "2027-01-31" }, "Moon/Base").errors).toEqual([
      { field: "createdTo", message: unknown },
    ]);
  });
});
