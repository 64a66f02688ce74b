import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { describe } from "vitest";
import { type Case, refusalOf, test, viewOf } from "./compare.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const TEXT = JSON.stringify({ text: "the quick brown fox ".repeat(50) });

const CODED: Record<string, Buffer> = {
  gzip: gzipSync(TEXT),
  br: brotliCompressSync(TEXT),
  zstd: zstdCompressSync(TEXT),
  deflate: deflateSync(TEXT),
  // A coding that nobody knows.
  dcb: Buffer.from([0xff, 0x44, 0x43, 0x42, 0, 1, 2, 3]),
};

const chunk = (body: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]);
const LAST = Buffer.from("0\r\n\r\n");

const CASES: Record<string, Case> = {
  ...Object.fromEntries(
    Object.entries(CODED).flatMap(([coding, body]) => [
      [
        `a request body in ${coding}`,
        {
          headers: [`Content-Encoding: ${coding}`, "Content-Type: application/json", `Content-Length: ${body.length}`],
          body,
          answer: [`${OK}Content-Length: 2\r\n\r\n{}`],
        },
      ],
      [
        `an answer in ${coding} with a length`,
        {
          headers: ["Accept-Encoding: gzip", "Content-Length: 0"],
          answer: [`${OK}Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`, body],
        },
      ],
      [
        `an answer in ${coding} in chunks`,
        {
          headers: ["Accept-Encoding: gzip, deflate, br", "Content-Length: 0"],
          answer: [
            `${OK}Content-Encoding: ${coding}\r\nTransfer-Encoding: chunked\r\n\r\n`,
            chunk(body.subarray(0, 5)),
            Buffer.concat([chunk(body.subarray(5)), LAST]),
          ],
        },
      ],
    ]),
  ),
  "an answer that says gzip and isn't": {
    headers: ["Content-Length: 0"],
    answer: [`${OK}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n(\xb5/\xfd`],
  },
  "a DELETE with a body": {
    line: "DELETE /v1/conversations/c/items",
    headers: ["Content-Type: application/json", "Content-Length: 2"],
    body: Buffer.from("{}"),
    answer: [`${OK}Content-Length: 2\r\n\r\n{}`],
  },
  "a chunked request body": {
    headers: ["Transfer-Encoding: chunked"],
    body: Buffer.concat([chunk(Buffer.from([0, 255, 10])), chunk(Buffer.from("x".repeat(70_000))), LAST]),
    answer: [`${OK}Content-Length: 2\r\n\r\n{}`],
  },
  "an empty chunked request body": {
    headers: ["Transfer-Encoding: chunked"],
    body: LAST,
    answer: [`${OK}Content-Length: 2\r\n\r\n{}`],
  },
  "a POST of no bytes": { headers: ["Content-Length: 0"], answer: [`${OK}Content-Length: 0\r\n\r\n`] },
  "a POST that says nothing of a body": { answer: [`${OK}Content-Length: 2\r\n\r\n{}`] },
  "a GET that says that it has no body": {
    line: "GET /v1/models",
    headers: ["Content-Length: 0"],
    answer: [`${OK}Content-Length: 2\r\n\r\n{}`],
  },
  "an empty chunked answer": { line: "GET /v1/models", answer: [`${OK}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`] },
  "trailers, which get lost on both sides": {
    headers: ["Transfer-Encoding: chunked", "Trailer: x-sum"],
    body: Buffer.from("3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n"),
    answer: [`${OK}Transfer-Encoding: chunked\r\nTrailer: x-sum\r\n\r\n3\r\nabc\r\n0\r\nx-sum: 1\r\n\r\n`],
  },
  "a client that waits for 100 Continue": {
    headers: ["Content-Length: 2", "Expect: 100-continue"],
    body: Buffer.from("{}"),
    waits: true,
    answer: [`${OK}Content-Length: 2\r\n\r\n{}`],
  },
  "a client that says Expect and doesn't wait": {
    headers: ["Content-Length: 2", "Expect: 100-continue"],
    body: Buffer.from("{}"),
    answer: [`${OK}Content-Length: 2\r\n\r\n{}`],
  },
};

describe("bodies are the same through the gateway as without it", () => {
  for (const [name, wanted] of Object.entries(CASES)) {
    test(`in ${name}`, async ({ raw, expect }) => {
      const { direct, through } = await raw.both(wanted);
      expect(through.got.start).toBe("HTTP/1.1 200 OK");
      expect(viewOf(through.seen)).toEqual(viewOf(direct.seen));
      expect(viewOf(through.got)).toEqual(viewOf(direct.got));
      expect(through.got.trailers).toEqual([]);
      // What belongs to one connection isn't compared, since it stays there.
      const names = through.seen?.headers.map(([header]) => header.toLowerCase());
      for (const hop of ["expect", "trailer", "connection"]) expect(names).not.toContain(hop);
    });
  }

  test("in an answer that ends with its connection, which gets chunks instead", async ({ raw, expect }) => {
    const { through } = await raw.both({ line: "GET /v1/files/f", answer: [`${OK}\r\nup to `, "the end"] });
    expect(through.got.start).toBe("HTTP/1.1 200 OK");
    expect(through.got.body.toString()).toBe("up to the end");
  });
});

describe("bodies that can't pass", () => {
  test("of a GET", async ({ raw, expect }) => {
    const body = Buffer.from("{}");
    const wanted = { line: "GET /v1/models", headers: ["Content-Length: 2"], body, answer: [`${OK}\r\n`] };
    const { through } = await raw.both(wanted);
    expect(through.got.start).toBe("HTTP/1.1 400 Bad Request");
    expect(refusalOf(through.got)).toBe("body_not_allowed");
    expect(through.got.body.toString()).toContain("A GET or HEAD request can't carry a body here.");
  });

  test("errors come out of their coding, so that the key can be looked for", async ({ raw, expect }) => {
    for (const coding of ["gzip", "br", "deflate"]) {
      const body = CODED[coding] ?? Buffer.alloc(0);
      const head = `HTTP/1.1 400 Bad Request\r\nContent-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`;
      const { through } = await raw.both({ line: "GET /v1/models", answer: [head, body] });
      expect(through.got.start).toBe("HTTP/1.1 400 Bad Request");
      expect(through.got.headers.map(([name]) => name.toLowerCase())).not.toContain("content-encoding");
      expect(through.got.body.toString()).toBe(TEXT);
    }
  });

  test("errors in a coding that can't be undone are replaced", async ({ raw, expect }) => {
    const body = CODED["zstd"] ?? Buffer.alloc(0);
    const head = `HTTP/1.1 400 Bad Request\r\nContent-Encoding: zstd\r\nContent-Length: ${body.length}\r\n\r\n`;
    const { through } = await raw.both({ line: "GET /v1/models", answer: [head, body] });
    expect(through.got.start).toBe("HTTP/1.1 502 Bad Gateway");
    expect(refusalOf(through.got)).toBe("unreadable_provider_error");
    expect(through.got.body.toString()).toContain("OpenAI answered 400 in a form that can't be passed on.");
  });
});
