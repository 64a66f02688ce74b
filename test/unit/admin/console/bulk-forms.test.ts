import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { askedFrom, bulkFrom, extensionPreview } from "../../../../admin/console/bulk-forms.ts";
import { newTokenFrom } from "../../../../admin/console/forms.ts";
import { newToken } from "./browser.ts";

const NOW = Date.parse("2026-11-21T10:00:00Z");

// The schema looks at the clock by itself.
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date"], now: NOW }));
afterEach(() => void vi.useRealTimers());

function form(more: Record<string, string>): URLSearchParams {
  return new URLSearchParams({ action: "extend", id: "0123456789", expect: "1", ...more });
}

/** When an extension ends, or what is wrong with it. */
function endOf(expiresAt: string, expiresZone: string): unknown {
  const fields = form({ until: "at", expiresAt, expiresZone });
  const checked = bulkFrom(fields, askedFrom(fields), NOW);
  if (!checked.ok) return checked.errors;
  const { action } = checked.input;
  return action.kind === "extendTo" && action.at !== null ? new Date(action.at).toISOString() : action;
}

/** When a new token ends, or what is wrong with that. */
function endOfOne(expiresAt: string, expiresZone: string): unknown {
  const fields = Object.entries(newToken("x", { expiry: "at", expiresAt, expiresZone })).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, one] as [string, string]),
  );
  const checked = newTokenFrom(new URLSearchParams(fields), NOW);
  if (!checked.ok) return checked.errors;
  const { expiresAt: at } = checked.input;
  return typeof at === "number" ? new Date(at).toISOString() : at;
}

function meaning(more: Record<string, string>): unknown {
  const fields = form(more);
  const { sentence, errors } = extensionPreview(fields, askedFrom(fields), NOW);
  return sentence ?? errors;
}

describe("the time of an extension", () => {
  for (const [typed, timeZone, expected] of [
    ["2027-01-31T18:00", "", "2027-01-31T18:00:00.000Z"],
    ["2027-01-31T18:00", "Europe/Berlin", "2027-01-31T17:00:00.000Z"],
    ["2027-07-31T18:00", "Europe/Berlin", "2027-07-31T16:00:00.000Z"],
    ["2027-01-01T00:00", "Pacific/Kiritimati", "2026-12-31T10:00:00.000Z"],
    // An hour that the clocks skip, and one that they show twice.
    ["2027-03-28T02:30", "Europe/Berlin", "2027-03-28T01:30:00.000Z"],
    ["2027-10-31T02:30", "Europe/Berlin", "2027-10-31T00:30:00.000Z"],
    ["2027-03-14T02:30", "America/New_York", "2027-03-14T07:30:00.000Z"],
    ["2027-11-07T01:30", "America/New_York", "2027-11-07T05:30:00.000Z"],
  ] as const) {
    it(`${typed} in ${timeZone || "no zone"} is ${expected}, as in the form of one token`, ({ expect }) => {
      expect([endOf(typed, timeZone), endOfOne(typed, timeZone)]).toEqual([expected, expected]);
    });
  }

  it("is past or to come by the zone's clocks", ({ expect }) => {
    const past = [{ field: "expiresAt", message: "This time is past. Choose one to come." }];
    expect(endOf("2026-11-21T18:59", "Asia/Tokyo")).toEqual(past);
    expect(endOf("2026-11-21T06:00", "America/New_York")).toBe("2026-11-21T11:00:00.000Z");
  });

  it("in a zone that isn't one is refused", ({ expect }) => {
    const message = "Your browser's time zone isn't known here. Enter the time in UTC.";
    expect(endOf("2027-01-31T18:00", "Mars/Olympus")).toEqual([{ field: "expiresAt", message }]);
  });

  it("is refused where something else was chosen", ({ expect }) => {
    for (const [until, chosen] of [
      ["days", "days"],
      ["never", "for ever"],
    ] as const) {
      const message = `You entered a time but chose ${chosen}. Choose "Until the time below", or clear the time.`;
      const more = { until, days: "30", expiresAt: "2027-01-31T18:00", expiresZone: "Asia/Tokyo" };
      expect(meaning(more)).toEqual([{ field: "expiresAt", message }]);
    }
  });
});

describe("what an extension means", () => {
  it("is said with its zone and in UTC, also where the clocks were set", ({ expect }) => {
    const berlin = { until: "at", expiresZone: "Europe/Berlin" };
    expect(meaning({ ...berlin, expiresAt: "2027-03-28T02:30" })).toBe(
      "Until 28 March 2027, 03:30 in Europe/Berlin, which is 28 March 2027, 01:30 UTC. What ends later stays.",
    );
    expect(meaning({ ...berlin, expiresAt: "2027-10-31T02:30" })).toBe(
      "Until 31 October 2027, 02:30 in Europe/Berlin, which is 31 October 2027, 00:30 UTC. What ends later stays.",
    );
  });

  it("is said in UTC alone where no script named a zone", ({ expect }) => {
    const words = "Until 31 January 2027, 18:00 UTC. What ends later stays.";
    expect(meaning({ until: "at", expiresAt: "2027-01-31T18:00" })).toBe(words);
  });

  it("is said of days and of no end too, whatever the zone", ({ expect }) => {
    const rest = { expiresAt: "", expiresZone: "Asia/Tokyo" };
    expect(meaning({ until: "days", days: "1", ...rest })).toBe("By 1 day, each from where it ends now.");
    expect(meaning({ until: "never", ...rest })).toBe("For ever.");
  });
});
