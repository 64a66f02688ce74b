import { describe } from "vitest";
import { type Case, refusalOf, test, viewOf } from "./compare.ts";

const GET = "GET /v1/files/f/content";

const SAME: Record<string, Case> = {
  "HEAD keeps the length of the body that isn't there": {
    line: "HEAD /v1/models/m",
    answer: ["HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1234\r\n\r\n"],
  },
  "HEAD of a coded body": {
    line: "HEAD /v1/models/m",
    answer: ["HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 99\r\n\r\n"],
  },
  "HEAD of an error": { line: "HEAD /v1/models/m", answer: ["HTTP/1.1 404 Not Found\r\nContent-Length: 77\r\n\r\n"] },
  "201 with a header": { answer: ["HTTP/1.1 201 Created\r\nX-Made: 1\r\nContent-Length: 2\r\n\r\n{}"] },
  "202 without a body": { answer: ["HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"] },
  "204": { line: "DELETE /v1/files/f", answer: ["HTTP/1.1 204 No Content\r\nX-Gone: 1\r\n\r\n"] },
  "205": { answer: ["HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n"] },
  "206 of a range": {
    line: GET,
    headers: ["Range: bytes=2-5", 'If-Range: "e"'],
    answer: [
      'HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 2-5/10\r\nAccept-Ranges: bytes\r\nETag: "e"\r\nContent-Length: 4\r\n\r\ncdef',
    ],
  },
  "206 of several ranges": {
    line: GET,
    headers: ["Range: bytes=0-0,-1"],
    answer: [
      "HTTP/1.1 206 Partial Content\r\nContent-Type: multipart/byteranges; boundary=B\r\nContent-Length: 11\r\n\r\n--B\r\n\r\na\r\n-",
    ],
  },
  "304": { line: GET, headers: ['If-None-Match: "e"'], answer: ['HTTP/1.1 304 Not Modified\r\nETag: "e"\r\n\r\n'] },
  "a 2xx that nobody has named": { line: GET, answer: ["HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\n{}"] },
};

describe("an answer is the same through the gateway as without it", () => {
  for (const [name, wanted] of Object.entries(SAME)) {
    test(`with ${name}`, async ({ raw, expect }) => {
      const { direct, through } = await raw.both(wanted);
      expect(viewOf(through.seen)).toEqual(viewOf(direct.seen));
      expect(viewOf(through.got)).toEqual(viewOf(direct.got));
      expect(refusalOf(through.got)).toBeUndefined();
    });
  }

  for (const status of [
    "400 Bad Request",
    "416 Range Not Satisfiable",
    "418 I'm a teapot",
    "503 Service Unavailable",
  ]) {
    test(`with ${status}, but for its framing`, async ({ raw, expect }) => {
      const answer = [`HTTP/1.1 ${status}\r\nContent-Range: bytes */10\r\nContent-Length: 9\r\n\r\n`, "{oh: no!}"];
      const { through } = await raw.both({ line: GET, answer });
      expect(through.got.start).toBe(`HTTP/1.1 ${status}`);
      expect(through.got.headers).toContainEqual(["Content-Range", "bytes */10"]);
      expect(through.got.body.toString()).toBe("{oh: no!}");
    });
  }
});

describe("what comes before an answer", () => {
  for (const hint of ["103 Early Hints\r\nLink: </a>", "102 Processing"]) {
    test(`${hint.slice(0, 3)} stays behind`, async ({ raw, expect }) => {
      const wanted = [`HTTP/1.1 ${hint}\r\n\r\n`, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"];
      const { direct, through } = await raw.both({ line: GET, answer: wanted });
      expect(direct.got.interim).toHaveLength(1);
      expect(through.got.interim).toEqual([]);
      expect(viewOf(through.got)).toEqual(viewOf(direct.got));
    });
  }
});

describe("what isn't HTTP", () => {
  for (const status of ["600 Odd", "999 Request denied"]) {
    test(`${status} is a 502 that says so`, async ({ raw, expect }) => {
      const { through } = await raw.both({ line: GET, answer: [`HTTP/1.1 ${status}\r\nContent-Length: 2\r\n\r\n{}`] });
      expect(through.got.start).toBe("HTTP/1.1 502 Bad Gateway");
      expect(refusalOf(through.got)).toBe("unreadable_provider_error");
      expect(through.got.body.toString()).toContain(`OpenAI answered ${status.slice(0, 3)} in a form`);
    });
  }

  test("words are a 503", async ({ raw, expect }) => {
    const { through } = await raw.both({ line: GET, answer: ["words\r\n\r\n"] });
    expect(through.got.start).toBe("HTTP/1.1 503 Service Unavailable");
    expect(refusalOf(through.got)).toBe("provider_unreachable");
  });
});
