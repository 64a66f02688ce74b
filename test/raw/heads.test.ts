import { describe } from "vitest";
import { type Case, refusalOf, test, viewOf } from "./compare.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const END = "Content-Length: 2\r\n\r\n{}";

const many = (count: number, size: number): string[] =>
  Array.from({ length: count }, (_, index) => `X-Many-${index}: ${"v".repeat(size)}`);

const CASES: Record<string, Case> = {
  "an address of 16 KiB": {
    line: `GET /v1/${"a".repeat(8_000)}/${"%C3%A9".repeat(1_000)}?after=${"b".repeat(2_400)}`,
    answer: [OK + END],
  },
  "an address with odd characters": {
    line: "GET //v1/models/a|b;c=d,e@f:g(h)!$&*~%zz%%2F%2e?x=1&&y&=z&w=%zz&[]={}|^",
    answer: [OK + END],
  },
  "100 KB of request headers": { line: "GET /v1/models", headers: many(12, 8_300), answer: [OK + END] },
  "one request header of 60 KB": { line: "GET /v1/models", headers: many(1, 60_000), answer: [OK + END] },
  "100 KB of response headers": {
    line: "GET /v1/models",
    answer: [`${OK + many(12, 8_300).join("\r\n")}\r\n${END}`],
  },
  "values with odd bytes": {
    line: "GET /v1/models",
    headers: [
      "X-Latin: caf\xe9",
      "X-Utf8: caf\xc3\xa9",
      "X-Tab: a\tb",
      "X-Empty:",
      "X-Quotes: \"a, b\"; c='d'",
      "X-High: \xff\x80",
    ],
    answer: [`${OK}X-Latin: caf\xe9\r\nX-Utf8: caf\xc3\xa9\r\nX-Tab: a\tb\r\nX-Empty:\r\nX-High: \xff\x80\r\n${END}`],
  },
  "headers that repeat": {
    line: "GET /v1/models",
    headers: ["Anthropic-Beta: a", "anthropic-beta: b,c", "X-Dup: 1", "x-dup: 1"],
    answer: [`${OK}X-Dup: 1\r\nX-Other: o\r\nx-dup: 2\r\nVary: a\r\nVary: b\r\n${END}`],
  },
  "no content-type": { line: "GET /v1/models", answer: [OK + END] },
  "an odd content-type": { line: "GET /v1/models", answer: [`${OK}Content-Type: ;;\r\n${END}`] },
};

describe("a head is the same through the gateway as without it", () => {
  for (const [name, wanted] of Object.entries(CASES)) {
    test(`with ${name}`, async ({ raw, expect }) => {
      const { direct, through } = await raw.both(wanted);
      expect(through.got.start).toBe("HTTP/1.1 200 OK");
      expect(viewOf(through.seen)).toEqual(viewOf(direct.seen));
      expect(viewOf(through.got)).toEqual(viewOf(direct.got));
    });
  }
});

describe("no form of a target leads elsewhere", () => {
  const FORMS: readonly (readonly [line: string, seen: string])[] = [
    ["GET http://elsewhere.example/v1/models?a=1", "GET /v1/models?a=1 HTTP/1.1"],
    ["GET //elsewhere.example/v1/models", "GET //elsewhere.example/v1/models HTTP/1.1"],
    ["GET /v1/models#fragment", "GET /v1/models HTTP/1.1"],
    ["OPTIONS *", "OPTIONS / HTTP/1.1"],
  ];
  for (const [line, seen] of FORMS) {
    test(line, async ({ raw, expect }) => {
      const { through } = await raw.both({ line, answer: [OK + END] });
      expect(through.seen?.start).toBe(seen);
      expect(through.got.start).toBe("HTTP/1.1 200 OK");
    });
  }

  for (const path of ["/v1\\models", "/v1/../models", "/v1/%2E%2e/models", "/./v1/models"]) {
    test(`${path} is refused`, async ({ raw, expect }) => {
      const { through } = await raw.both({ line: `GET ${path}`, answer: [OK + END] });
      expect(through.seen).toBeUndefined();
      expect(through.got.start).toBe("HTTP/1.1 400 Bad Request");
      expect(refusalOf(through.got)).toBe("unsafe_path");
      expect(through.got.body.toString()).toContain("The path has a backslash or a . or .. segment.");
    });
  }
});
