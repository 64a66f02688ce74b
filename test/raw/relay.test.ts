import { brotliCompressSync, gzipSync, zstdCompressSync } from "node:zlib";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, test } from "vitest";
import { type Case, type Raw, refusalOf, startRaw, TOKEN, viewOf } from "./compare.ts";
import { PAUSE_MS } from "./wire.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const REFUSAL = '{"error":{"code":"unsupported_country_region_territory"}}';
// It says that the connection ends with it, as it does: the request that is sent again would run into its end.
const refused = (headers: string, body: string | Buffer): (string | Buffer)[] => [
  `HTTP/1.1 403 Forbidden\r\nConnection: close\r\n${headers}Content-Length: ${body.length}\r\n\r\n`,
  body,
];

let raw: Awaited<ReturnType<typeof startRaw>>;
beforeAll(async () => {
  raw = await startRaw();
});
afterAll(() => raw.dispose());

/** How many requests went by the relay: bare workerd has no jurisdictions, and each time the log says so. */
const relayed = ({ gateway }: Raw): number =>
  gateway.log.filter((line) => line.includes("relay_without_jurisdiction")).length;

/** A gateway that has learnt nothing yet. */
async function withFresh(use: (fresh: Raw) => Promise<void>): Promise<void> {
  const fresh = await startRaw();
  try {
    await use(fresh);
  } finally {
    await fresh.dispose();
  }
}

const BODY = Buffer.from(`{"input":"${"x".repeat(100_000)}"}`);

describe("a request that is sent again", () => {
  for (const [coding, code] of [
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ] as const) {
    test(`because of a refusal in ${coding} is the same one`, async ({ expect }) => {
      await withFresh(async (fresh) => {
        fresh.upstream.first = [refused(`Content-Encoding: ${coding}\r\n`, code(REFUSAL))];
        const headers = ["Content-Type: application/json", `Content-Length: ${BODY.length}`, "X-Latin: caf\xe9"];
        const line = "POST //v1/responses?q=%zz&'=|";
        const { got } = await fresh.through({
          line,
          headers,
          body: BODY,
          answer: [`${OK}Content-Length: 2\r\n\r\n{}`],
        });
        expect(got.start).toBe("HTTP/1.1 200 OK");
        const [first, second, third] = fresh.upstream.requests;
        expect(third).toBeUndefined();
        expect(second?.body.equals(BODY)).toBe(true);
        expect(viewOf(second)).toEqual(viewOf(first));
        expect(relayed(fresh)).toBe(1);
      });
    });
  }

  test("isn't one whose refusal can't be read", async ({ expect }) => {
    await withFresh(async (fresh) => {
      const { got } = await fresh.through({ answer: refused("Content-Encoding: zstd\r\n", zstdCompressSync(REFUSAL)) });
      expect(got.start).toBe("HTTP/1.1 502 Bad Gateway");
      expect(refusalOf(got)).toBe("unreadable_provider_error");
      expect(fresh.upstream.requests).toHaveLength(1);
    });
  });

  test("isn't one in chunks, which goes by the relay the next time", async ({ expect }) => {
    await withFresh(async (fresh) => {
      const headers = ["Transfer-Encoding: chunked"];
      const body = Buffer.from("2\r\n{}\r\n0\r\n\r\n");
      fresh.upstream.first = [refused("", REFUSAL)];
      const wanted: Case = { headers, body, answer: [`${OK}Content-Length: 2\r\n\r\n{}`] };
      const first = await fresh.through(wanted);
      expect(first.got.start).toBe("HTTP/1.1 403 Forbidden");
      expect(first.got.body.toString()).toBe(REFUSAL);
      const second = await fresh.through(wanted);
      expect(second.got.start).toBe("HTTP/1.1 200 OK");
      expect(second.seen?.body.toString()).toBe("{}");
      expect(relayed(fresh)).toBe(1);
    });
  });
});

describe("by the relay, everything is the same as without a gateway", () => {
  beforeAll(async () => {
    raw.upstream.first = [refused("", REFUSAL)];
    await raw.through({ answer: [`${OK}Content-Length: 2\r\n\r\n{}`] });
  });

  const gzipped = gzipSync(BODY);
  const CASES: Record<string, Case> = {
    "a plain answer": { answer: [`${OK}X-Dup: 1\r\nX-Dup: 2\r\nX-Latin: caf\xe9\r\nContent-Length: 2\r\n\r\n{}`] },
    "a body and an answer in gzip": {
      headers: ["Content-Encoding: gzip", `Content-Length: ${gzipped.length}`],
      body: gzipped,
      answer: [`${OK}Content-Encoding: gzip\r\nContent-Length: ${gzipped.length}\r\n\r\n`, gzipped],
    },
    "a GET": { line: "GET //v1/models/a|b?x=1&&y", answer: [`${OK}Content-Length: 2\r\n\r\n{}`] },
    "a HEAD": { line: "HEAD /v1/models", answer: [`${OK}Content-Length: 77\r\n\r\n`] },
    "204": { line: "DELETE /v1/files/f", answer: ["HTTP/1.1 204 No Content\r\n\r\n"] },
    "a body in chunks": {
      headers: ["Transfer-Encoding: chunked"],
      body: Buffer.from("3\r\nabc\r\n0\r\n\r\n"),
      answer: [`${OK}Content-Length: 2\r\n\r\n{}`],
    },
  };
  for (const [name, wanted] of Object.entries(CASES)) {
    test(`in ${name}`, async ({ expect }) => {
      const before = relayed(raw);
      const { direct, through } = await raw.both(wanted);
      expect(viewOf(through.seen)).toEqual(viewOf(direct.seen));
      expect(viewOf(through.got)).toEqual(viewOf(direct.got));
      expect(relayed(raw)).toBe(before + 1);
    });
  }

  test("a stream, in time", async ({ expect }) => {
    const events = Array.from({ length: 5 }, (_, index) => `9\r\ndata: ${index}\n\n\r\n`);
    const head = `${OK}Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const { got } = await raw.through({ answer: [head, ...events, "0\r\n\r\n"] });
    expect(got.body.toString()).toBe("data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n");
    expect((got.arrivals.at(-1) ?? 0) - (got.arrivals[0] ?? Infinity)).toBeGreaterThan(3 * PAUSE_MS);
  });

  test("a client that leaves, which the provider notices", async ({ expect }) => {
    raw.upstream.answer = [`${OK}Transfer-Encoding: chunked\r\n\r\n`, "3\r\nabc\r\n"];
    raw.upstream.holds = true;
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(raw.gateway.url).port) });
    const began = new Promise((resolve) => socket.once("data", resolve));
    socket.write(`GET /v1/models HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`);
    await began;
    expect(raw.upstream.connections()).toBe(1);
    socket.destroy();
    await expect.poll(() => raw.upstream.connections(), { timeout: 5_000 }).toBe(0);
    raw.upstream.holds = false;
  });

  test("a provider that can't be reached is the usual 503", async ({ expect }) => {
    const { got } = await raw.through({ line: "GET /v1/models", answer: ["no words of HTTP\r\n\r\n"] });
    expect(got.start).toBe("HTTP/1.1 503 Service Unavailable");
    expect(refusalOf(got)).toBe("provider_unreachable");
  });
});
