import { afterEach, describe, it, vi } from "vitest";
import { Refused } from "../../../../gateway/refusals.ts";
import { connect } from "../../../../gateway/sockets/connect.ts";
import { makePermit, OUTWARD } from "../../support/permits.ts";

const PERMIT = makePermit({
  route: "gemini",
  origin: "https://generativelanguage.googleapis.com",
  key: "unit-test-gemini-key",
});
const SECRET = "a-token-typed-by-the-owner";
const TARGET = { path: "/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent", query: "" };

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** A provider that never answers, but leaves when it is told to. */
function silence(): { signal: AbortSignal | null } {
  const asked: { signal: AbortSignal | null } = { signal: null };
  vi.spyOn(globalThis, "fetch").mockImplementation((_input, init) => {
    const signal = init?.signal ?? null;
    asked.signal = signal;
    return new Promise((_, reject) => {
      signal?.addEventListener("abort", () => reject(new Error("aborted")));
    });
  });
  return asked;
}

const handshake = (signal: AbortSignal, headers: Record<string, string> = {}): Request =>
  new Request("https://gateway.example/", { headers: { upgrade: "websocket", ...headers }, signal });
const dial = (signal: AbortSignal) => connect(handshake(signal), TARGET, PERMIT, [SECRET], [], OUTWARD);

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => null,
    (error: unknown) => (error instanceof Refused ? error.refusal : error),
  );
}

describe("a handshake that isn't answered", () => {
  it("is given 30 seconds", async ({ expect }) => {
    vi.useFakeTimers();
    const asked = silence();
    const refusal = refusalOf(dial(new AbortController().signal));
    await vi.advanceTimersByTimeAsync(29_900);
    expect(asked.signal?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(await refusal).toEqual({ code: "provider_timeout", provider: "gemini", afterMs: 30_000 });
  });

  it("ends with the client", async ({ expect }) => {
    const asked = silence();
    const client = new AbortController();
    const outcome = refusalOf(dial(client.signal));
    client.abort();
    expect(await outcome).toEqual(new Error("aborted"));
    expect(asked.signal?.aborted).toBe(true);
  });
});

it("the signal ends with the handshake: a client that leaves later ends the socket by its close", async ({
  expect,
}) => {
  const signals: (AbortSignal | null | undefined)[] = [];
  vi.useFakeTimers();
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_input, init) => {
    signals.push(init?.signal);
    const { 0: socket } = new WebSocketPair();
    return new Response(null, { status: 101, webSocket: socket });
  });
  const client = new AbortController();
  const answer = await dial(client.signal);
  expect(answer.status).toBe(101);
  client.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(signals.map((signal) => signal?.aborted)).toEqual([false]);
});

it("neither key nor token is in what is logged of a failure", async ({ expect }) => {
  vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError(`bad header value ${PERMIT.key}`));
  expect(await refusalOf(dial(new AbortController().signal))).toEqual({
    code: "provider_unreachable",
    provider: "gemini",
    reason: "TypeError: bad header value [provider key]",
  });
});

it("asks for no redirect to be followed, and sends nothing of the client's handshake along", async ({ expect }) => {
  const seen: { url: string; init: RequestInit | undefined }[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    seen.push({ url: typeof input === "string" ? input : "", init });
    return new Response("{}", { status: 400 });
  });
  const headers = { "sec-websocket-key": "abc", "sec-websocket-extensions": "permessage-deflate", "x-token": SECRET };
  const target = { ...TARGET, query: `?key=${SECRET}&alt=1` };
  await connect(handshake(new AbortController().signal, headers), target, PERMIT, [SECRET], ["a", "b"], OUTWARD);
  const [asked] = seen;
  expect(asked?.url).toBe(`${PERMIT.origin}${TARGET.path}?alt=1`);
  expect(asked?.init?.redirect).toBe("manual");
  expect(Object.fromEntries(new Headers(asked?.init?.headers))).toEqual({
    upgrade: "websocket",
    "x-goog-api-key": PERMIT.key,
    "sec-websocket-protocol": "a, b",
  });
});
