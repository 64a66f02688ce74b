import { describe, it } from "vitest";
import { hourOfChange } from "../../../../gateway/ledger/hours.ts";

const at = (text: string): number => Date.parse(`${text}Z`);
const hourOf = (day: string, now: string): string => new Date(hourOfChange(day, at(now))).toISOString().slice(0, 13);

describe("the hour of a change", () => {
  it("is that of ten seconds before its report, in which its requests came", ({ expect }) => {
    expect(hourOf("2030-01-02", "2030-01-02T10:30:00")).toBe("2030-01-02T10");
    expect(hourOf("2030-01-02", "2030-01-02T11:00:09.999")).toBe("2030-01-02T10");
    expect(hourOf("2030-01-02", "2030-01-02T11:00:10")).toBe("2030-01-02T11");
  });

  it("is one of its own day, however late or early the report comes", ({ expect }) => {
    expect(hourOf("2030-01-02", "2030-01-03T00:00:05")).toBe("2030-01-02T23");
    expect(hourOf("2030-01-03", "2030-01-03T00:00:05")).toBe("2030-01-03T00");
    expect(hourOf("2029-12-31", "2030-01-03T15:00:00")).toBe("2029-12-31T23");
    expect(hourOf("2030-01-04", "2030-01-03T15:00:00")).toBe("2030-01-04T00");
  });
});
