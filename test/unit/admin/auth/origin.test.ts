import { describe, it } from "vitest";
import { isSafeMethod, requestSource } from "../../../../admin/auth/origin.ts";

const ask = (headers: Record<string, string>) =>
  requestSource(new Request("https://admin.test/api/tokens", { headers }));

describe("where a request comes from", () => {
  for (const [headers, source] of [
    [{}, "unsaid"],
    [{ "sec-fetch-site": "same-origin" }, "own"],
    [{ "sec-fetch-site": "none" }, "own"],
    [{ "sec-fetch-site": "same-site" }, "foreign"],
    [{ "sec-fetch-site": "cross-site" }, "foreign"],
    [{ "sec-fetch-site": "something-new" }, "foreign"],
    // A foreign page can't set sec-fetch-site, so what it says counts above origin.
    [{ "sec-fetch-site": "cross-site", origin: "https://admin.test" }, "foreign"],
    [{ origin: "https://admin.test" }, "own"],
    [{ origin: "https://evil.test" }, "foreign"],
    [{ origin: "http://admin.test" }, "foreign"],
    [{ origin: "https://admin.test:8443" }, "foreign"],
    [{ origin: "https://admin.test.evil.test" }, "foreign"],
    [{ origin: "null" }, "foreign"],
  ] satisfies [Record<string, string>, string][]) {
    it(`is ${source} for ${JSON.stringify(headers)}`, ({ expect }) => {
      expect(ask(headers)).toBe(source);
    });
  }
});

describe("safe methods", () => {
  it("are those that change nothing", ({ expect }) => {
    const methods = ["GET", "HEAD", "OPTIONS", "POST", "PATCH", "PUT", "DELETE"];
    expect(methods.filter(isSafeMethod)).toEqual(["GET", "HEAD", "OPTIONS"]);
  });
});
