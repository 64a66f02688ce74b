import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, test } from "vitest";
import type { Limits } from "../../shared/policy.ts";
import type { RequestEntry } from "../../shared/usage.ts";
import { type RawGateway, start } from "./harness.ts";
import { header } from "./message.ts";
import { recordOf } from "./record.ts";
import { type Answer, exchange, type RawUpstream, startUpstream } from "./wire.ts";

// Bodies that aren't what their headers say. None of them is answered by the runtime itself: it hands the head to the Worker
// and fails where the body is read, with the words of a lost connection, which it also has for a provider that is gone.

/** Its bodies are read: it may ask models alone. */
const READ = "typed-token-whose-bodies-are-read";
/** Its bodies go on unread. */
const UNREAD = "typed-token-whose-bodies-go-on";
/** Likewise, and its guard grants each request. */
const COUNTED = "typed-token-that-a-guard-counts";
const COUNTED_ID = "counted000";
const LIMITS: Limits = {
  requestsPerMinute: 100,
  tokensPerMinute: null,
  concurrency: 1,
  queueSeconds: 0,
  budgets: [],
};
const MESSAGE = "The body ended too soon, or one of its chunks is malformed. Send it again, whole.";
const OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

let upstream: RawUpstream;
/** A provider that resets the connection as soon as a request comes. */
let resetting: Server;
let gateway: RawGateway;

beforeAll(async () => {
  upstream = await startUpstream();
  upstream.answer = [OK];
  resetting = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => socket.resetAndDestroy());
  });
  resetting.listen(0, "127.0.0.1");
  await once(resetting, "listening");
  const providers = ["openai", "anthropic", "gemini"] as const;
  const counted = await recordOf(COUNTED_ID, COUNTED, { endpoints: "all", limits: LIMITS });
  gateway = await start({
    upstreams: {
      openai: upstream.url,
      anthropic: upstream.url,
      gemini: `http://127.0.0.1:${(resetting.address() as AddressInfo).port}`,
    },
    // Of Anthropic's two: a body is kept for the next key. Of the others' it is kept for the relay.
    keys: {
      openai: "fake-openai-key",
      anthropic: "fake-anthropic-key, fake-anthropic-key-2",
      gemini: "fake-gemini-key",
    },
    records: [
      await recordOf("readread00", READ, { providers: [...providers] }),
      await recordOf("unread0000", UNREAD, { providers: [...providers], endpoints: "all" }),
      counted,
    ],
    entry: "test/raw/simulation/entry.ts",
  });
  await fetch(`${gateway.url}/simulation/apply?token=${COUNTED_ID}`, { method: "POST", body: JSON.stringify(counted) });
});
beforeEach(() => {
  upstream.requests.length = 0;
  gateway.log.length = 0;
});
afterAll(async () => {
  await gateway.dispose();
  await upstream.close();
  resetting.close();
});

interface Sent {
  token: string;
  path: string;
  headers: string;
  body: string;
  /** The connection is closed behind the body, on the client's side. */
  ends: boolean;
}

const send = ({ token, path, headers, body, ends }: Sent): Promise<Answer> =>
  exchange(Number(new URL(gateway.url).port), {
    head: `POST ${path} HTTP/1.1\r\nHost: gateway.example\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n${headers}\r\n\r\n`,
    body: Buffer.from(body, "latin1"),
    ends,
  });

const outcomeOf = (answer: Answer) => [answer.start.slice(9, 12), header(answer.headers, "x-doppelgate-error")];

/** What a guard has written down of a token. */
async function booksOf(token: string) {
  const response = await fetch(`${gateway.url}/simulation/books?token=${token}&from=2026-01-01&to=2100-01-01`);
  return (await response.json()) as {
    entries: RequestEntry[];
    standing: { concurrency: { running: number } | null } | null;
  };
}

const CHUNKED = "Transfer-Encoding: chunked";
const BROKEN: Readonly<Record<string, Pick<Sent, "headers" | "body" | "ends">>> = {
  "a chunk whose size is no number": { headers: CHUNKED, body: "zz\r\n{}\r\n0\r\n\r\n", ends: false },
  "a chunk whose size has a sign": { headers: CHUNKED, body: "-2\r\n{}\r\n0\r\n\r\n", ends: false },
  "a chunk whose size is beyond all numbers": { headers: CHUNKED, body: "fffffffffffffffff\r\n{}", ends: false },
  "a second chunk whose size is no number": { headers: CHUNKED, body: "2\r\n{}\r\nzz\r\n", ends: false },
  "a chunk that is longer than its size": { headers: CHUNKED, body: "2\r\n{}XX\r\n0\r\n\r\n", ends: false },
  "an end in the middle of a chunk": { headers: CHUNKED, body: "5\r\n{}", ends: true },
  "an end without a last chunk": { headers: CHUNKED, body: "2\r\n{}\r\n", ends: true },
  "an end before its content-length": { headers: "Content-Length: 10", body: "{}", ends: true },
  "a length beside a chunk whose size is no number": {
    headers: `Content-Length: 10\r\n${CHUNKED}`,
    body: "2\r\n{}\r\nzz\r\n",
    ends: false,
  },
};

const DIALECTS = {
  "/v1/responses": { error: { message: MESSAGE, type: "invalid_request_error", code: "unreadable_request" } },
  "/v1/messages": { type: "error", error: { message: MESSAGE, type: "invalid_request_error" } },
  "/v1beta/models/gemini-x:generateContent": { error: { message: MESSAGE, code: 400, status: "INVALID_ARGUMENT" } },
} as const;

describe("a body that the gateway reads", () => {
  for (const [name, broken] of Object.entries(BROKEN)) {
    test(`is refused with what is wrong with it, in each dialect: ${name}`, async ({ expect }) => {
      for (const [path, said] of Object.entries(DIALECTS)) {
        const answer = await send({ token: READ, path, ...broken });
        expect(outcomeOf(answer)).toEqual(["400", "unreadable_request"]);
        expect(JSON.parse(answer.body.toString())).toMatchObject(said);
      }
      expect(upstream.requests).toEqual([]);
      expect(gateway.log.join("\n")).not.toMatch(/"(?:internal_error|provider_\w+)"/);
    });
  }

  test("on a page of the gateway's own is refused in the same words", async ({ expect }) => {
    const answer = await send({
      token: READ,
      path: "/-/me/rotate",
      headers: CHUNKED,
      body: "zz\r\n",
      ends: false,
    });
    expect(outcomeOf(answer)).toEqual(["400", "unreadable_request"]);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { message: MESSAGE } });
  });
});

describe("a body that goes on unread", () => {
  const SHORT = { headers: "Content-Length: 10", body: "{}", ends: true };

  test("is refused where it ends before its length, and the provider is blamed for nothing", async ({ expect }) => {
    for (const [path, said] of Object.entries(DIALECTS)) {
      const answer = await send({ token: UNREAD, path, ...SHORT });
      expect(outcomeOf(answer)).toEqual(["400", "unreadable_request"]);
      expect(JSON.parse(answer.body.toString())).toMatchObject(said);
    }
    expect(upstream.requests).toEqual([]);
    expect(gateway.log.join("\n")).not.toMatch(/"(?:internal_error|provider_\w+)"/);
  });

  test("is settled as refused by the gateway, and holds nothing any more", async ({ expect }) => {
    const answer = await send({ token: COUNTED, path: "/v1/files", ...SHORT });
    expect(outcomeOf(answer)).toEqual(["400", "unreadable_request"]);
    await expect
      .poll(async () => (await booksOf(COUNTED_ID)).entries, { timeout: 5_000 })
      .toMatchObject([
        { status: 400, refusedBy: "gateway", code: "unreadable_request", error: "policy", micros: null, counts: null },
      ]);
    expect((await booksOf(COUNTED_ID)).standing?.concurrency?.running).toBe(0);
    // Where the provider is asked for what costs money, it counts as that of a client that left: as an estimate.
    const asking = await send({ token: COUNTED, path: "/v1/chat/completions", ...SHORT });
    expect(outcomeOf(asking)).toEqual(["400", "unreadable_request"]);
    await expect
      .poll(async () => (await booksOf(COUNTED_ID)).entries[0], { timeout: 5_000 })
      .toMatchObject({ endpoint: "chat", status: 400, refusedBy: "gateway", estimated: true });
    expect((await booksOf(COUNTED_ID)).standing?.concurrency?.running).toBe(0);
    const next = await send({
      token: COUNTED,
      path: "/v1/files",
      headers: "Content-Length: 2",
      body: "{}",
      ends: false,
    });
    expect(next.start).toBe("HTTP/1.1 200 OK");
  });

  // The provider is gone, whatever its client does meanwhile.
  for (const [name, sent] of Object.entries({
    "whole, with a length": { headers: "Content-Length: 2", body: "{}", ends: false },
    "whole, in chunks": { headers: CHUNKED, body: "2\r\n{}\r\n0\r\n\r\n", ends: false },
    "still on its way": { headers: "Content-Length: 10", body: "{}", ends: false },
    "large and still on its way": { headers: "Content-Length: 9000000", body: "x".repeat(800_000), ends: false },
  })) {
    test(`isn't blamed for a provider that resets: ${name}`, async ({ expect }) => {
      const answer = await send({ token: UNREAD, path: "/upload/v1beta/files", ...sent });
      expect(outcomeOf(answer)).toEqual(["503", "provider_unreachable"]);
    });
  }

  // Of these nothing is kept, and then bare workerd has nothing by which they could be told from a provider that is gone: the
  // error is the same one, and the stream stays locked. A pipe or a branch of it errs for both too, and ends for the provider as
  // if the body were whole, so that half a body would be taken for all of it: that is worse than the wrong words.
  const UNKEPT = {
    ...Object.fromEntries(Object.entries(BROKEN).filter(([, { headers }]) => headers.endsWith(CHUNKED))),
    "a large one that ends before its content-length": {
      headers: "Content-Length: 600000",
      body: "x".repeat(500_000),
      ends: true,
    },
  };
  for (const [name, broken] of Object.entries(UNKEPT)) {
    test(`never reaches the provider as if it were whole: ${name}`, async ({ expect }) => {
      const answer = await send({ token: UNREAD, path: "/v1/files", ...broken });
      expect(outcomeOf(answer)).toEqual(["503", "provider_unreachable"]);
      expect(upstream.requests).toEqual([]);
    });
  }
});
