import { connect } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, test } from "vitest";
import type { Settlement } from "../../gateway/permits.ts";
import { type RawGateway, start } from "./harness.ts";
import { header } from "./message.ts";
import { exchange, PAUSE_MS, type RawUpstream, startUpstream } from "./wire.ts";

let upstream: RawUpstream;
let gateway: RawGateway;
beforeAll(async () => {
  upstream = await startUpstream();
  gateway = await start({
    upstreams: { openai: upstream.url },
    keys: { openai: "fake-openai-key" },
    records: [],
    entry: "test/unit/support/follow-worker.ts",
  });
});
afterEach(async ({ expect }) => {
  upstream.holds = false;
  await expect.poll(() => upstream.connections(), { timeout: 5_000 }).toBe(0);
});
afterAll(async () => {
  await gateway.dispose();
  await upstream.close();
});

const EVENTS = "Content-Type: text/event-stream\r\n";
const JSON_TYPE = "Content-Type: application/json\r\n";
const chunked = (headers: string): string => `HTTP/1.1 200 OK\r\n${headers}Transfer-Encoding: chunked\r\n\r\n`;
const LAST = "0\r\n\r\n";
const framed = (text: string | Buffer): Buffer => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
};
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const words = (content: string): string =>
  event({ model: "gpt-x", choices: [{ index: 0, delta: { content }, finish_reason: null }], usage: null });
const USAGE = { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 };
const END = event({ model: "gpt-x", choices: [], usage: USAGE });
const EXACT = { estimated: false, model: "gpt-x", counts: { input: 11, output: 7 } };

const headOf = (headers: readonly string[]): string =>
  ["GET /v1/chat/completions HTTP/1.1", "Host: gateway", ...headers].join("\r\n") + "\r\n\r\n";

const settlements = (): Settlement[] =>
  gateway.log.flatMap((line) =>
    line.startsWith('{"settlement"') ? [(JSON.parse(line) as { settlement: Settlement }).settlement] : [],
  );

/** Does something, and waits for the one settlement that it leads to. */
async function settledBy(work: () => Promise<void>): Promise<Settlement> {
  const before = settlements().length;
  await work();
  const until = Date.now() + 5_000;
  while (settlements().length === before && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
  // A second one would come soon.
  await new Promise((resolve) => setTimeout(resolve, 150));
  const [settlement, ...more] = settlements().slice(before);
  if (settlement === undefined || more.length > 0)
    throw new Error(`There were ${more.length + (settlement ? 1 : 0)} settlements.`);
  return settlement;
}

async function get(meter: string, answer: RawUpstream["answer"], headers: readonly string[] = []) {
  let got: Awaited<ReturnType<typeof exchange>> | undefined;
  const settlement = await settledBy(async () => {
    upstream.answer = answer;
    got = await exchange(Number(new URL(gateway.url).port), { head: headOf([`X-Meter: ${meter}`, ...headers]) });
  });
  if (got === undefined) throw new Error("There was no answer.");
  return { got, settlement };
}

describe("an answer is metered behind its body", () => {
  test("as events, each of which arrives when it was sent", async ({ expect }) => {
    const pieces = ["a", "b", "c", "d"].map(words);
    const { got, settlement } = await get("chat", [chunked(EVENTS), ...pieces.map(framed), framed(END), LAST]);
    expect(got.body.toString()).toBe(pieces.join("") + END);
    const [first = Infinity] = got.arrivals;
    expect((got.arrivals.at(-1) ?? 0) - first).toBeGreaterThan(3 * PAUSE_MS);
    expect(settlement.entry).toMatchObject({ ...EXACT, status: 200, error: null, code: null });
  });

  test("as events over a longer time than a branch is left to gather", async ({ expect }) => {
    const pieces = Array.from({ length: 40 }, (_, at) => words("x".repeat(at * 100)));
    const { got, settlement } = await get("chat", [chunked(EVENTS), ...pieces.map(framed), framed(END), LAST]);
    expect(got.body.toString()).toBe(pieces.join("") + END);
    expect(settlement.entry).toMatchObject(EXACT);
    expect(settlement.entry.durationMs).toBeGreaterThan(2_000);
  });

  for (const [coding, code] of [
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
  ] as const) {
    test(`as events in ${coding}, whose bytes stay as they are`, async ({ expect }) => {
      const bytes = code(words("a") + END);
      const half = bytes.length >> 1;
      const parts = [framed(bytes.subarray(0, half)), framed(bytes.subarray(half))];
      const { got, settlement } = await get("chat", [
        chunked(`${EVENTS}Content-Encoding: ${coding}\r\n`),
        ...parts,
        LAST,
      ]);
      expect(got.body.equals(bytes)).toBe(true);
      expect(settlement.entry).toMatchObject(EXACT);
    });
  }

  for (const [name, pad] of [
    ["short", 10],
    ["long", 1_500_000],
  ] as const) {
    test(`as JSON of a known length: ${name}`, async ({ expect }) => {
      const body = JSON.stringify({
        choices: [{ message: { content: "y".repeat(pad) } }],
        model: "gpt-x",
        usage: USAGE,
      });
      const { got, settlement } = await get("chat", [
        `HTTP/1.1 200 OK\r\n${JSON_TYPE}Content-Length: ${body.length}\r\n\r\n`,
        body,
      ]);
      expect(got.body.toString()).toBe(body);
      expect(header(got.headers, "content-length")).toBe(String(body.length));
      expect(settlement.entry).toMatchObject({ ...EXACT, error: null });
    });
  }

  test("but for files and media, of which nothing is read", async ({ expect }) => {
    const { settlement } = await get("speech", [chunked("Content-Type: audio/mpeg\r\n"), framed("MP3"), LAST]);
    expect(settlement.entry).toMatchObject({ estimated: true, raw: {}, error: null });
  });

  test("and what the gateway asked for is taken out of it again", async ({ expect }) => {
    const pieces = ["é", "日本"].map(words);
    const answer = [chunked(EVENTS), ...pieces.map(framed), framed(END), framed("data: [DONE]\n\n"), LAST];
    const { got, settlement } = await get("chat", answer, ["X-Usage-Added: yes"]);
    expect(got.body.toString()).toBe(pieces.join("").replaceAll(',"usage":null', "") + "data: [DONE]\n\n");
    expect((got.arrivals.at(-1) ?? 0) - (got.arrivals[0] ?? Infinity)).toBeGreaterThan(PAUSE_MS);
    expect(settlement.entry).toMatchObject(EXACT);
  });
});

describe("an answer that doesn't come to its end", () => {
  const START = {
    type: "message_start",
    message: { model: "claude-x", usage: { input_tokens: 25, output_tokens: 1 } },
  };
  const said = event({ type: "content_block_delta", delta: { type: "text_delta", text: "z".repeat(80) } });
  const answer = [chunked(EVENTS), framed(event(START)), framed(said), framed(said)];
  const SEEN = { estimated: true, model: "claude-x", counts: { input: 25, output: 40 } };

  for (const added of [[], ["X-Usage-Added: yes"]]) {
    test(`because the client leaves${added.length === 0 ? "" : ", where the stream is changed too"}: the provider notices, and what was seen is settled`, async ({
      expect,
    }) => {
      upstream.answer = answer;
      upstream.holds = true;
      const { entry } = await settledBy(async () => {
        const socket = connect({ host: "127.0.0.1", port: Number(new URL(gateway.url).port) });
        let got = "";
        socket.on("data", (bytes) => (got += bytes.toString()));
        socket.write(headOf(["X-Meter: messages", ...added]));
        await expect.poll(() => got.split("text_delta").length, { timeout: 5_000 }).toBe(3);
        expect(upstream.connections()).toBe(1);
        socket.resetAndDestroy();
        await expect.poll(() => upstream.connections(), { timeout: 2_000 }).toBe(0);
      });
      expect(entry).toMatchObject({ ...SEEN, error: "clientGone", code: "client_gone", status: 200 });
    });
  }

  test("because the provider breaks off", async ({ expect }) => {
    const { settlement } = await get("messages", answer).catch(async () => ({ settlement: settlements().at(-1) }));
    expect(settlement?.entry).toMatchObject({ ...SEEN, error: "providerFailed", code: "failed" });
  });
});
