import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { mendLinks, type Way } from "../../../gateway/links.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import { MOST_BYTES } from "../../../gateway/read-text.ts";
import { ask, fakeUpstream, issue, KEYS } from "../support/gateway.ts";

let secret = "";

beforeEach(async () => {
  secret = (await issue()).secret;
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

const GATEWAY = "https://gateway.example";
const ANTHROPIC = "https://api.anthropic.com";
const BATCHES = "/v1/messages/batches";

const askAnthropic = (path: string, init: RequestInit = {}): Promise<Response> =>
  ask(path, { ...init, headers: { "x-api-key": secret, "anthropic-version": "2023-06-01" } });

function answer(body: BodyInit, headers: Record<string, string> = {}, init: ResponseInit = {}): void {
  fakeUpstream(() => new Response(body, { ...init, headers: { "content-type": "application/json", ...headers } }));
}

const batch = (url: string): string =>
  `{\n  "id" : "msgbatch_1", "n": 1.0, "note":"grüße 🐈 \\u00e9 ${ANTHROPIC}/x",\r\n  "results_url" :  ${url} }\n`;

const longList = (origin: string): string =>
  `{"data":[${Array.from({ length: 20_000 }, (_, id) => `{"results_url":"${origin}/v1/b${id}","p":"${"é".repeat(50)}"}`).join(",")}]}`;

const brokenOff = (): ReadableStream =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"id":'));
    },
    pull(controller) {
      controller.error(new Error("gone"));
    },
  });

/** Of a gateway whose owner has set `ANTHROPIC_UPSTREAM`. */
const WAY: Way = {
  route: "anthropic",
  tokenId: "0123456789",
  opener: { hash: "", uploadsUntil: 0 },
  origin: "http://127.0.0.1:9000",
  key: KEYS.anthropic,
  keys: [KEYS.anthropic],
  method: "GET",
  target: { path: BATCHES, query: "" },
  url: `${GATEWAY}${BATCHES}`,
};

describe("results_url", () => {
  const results = `${BATCHES}/msgbatch_1/results`;

  for (const [name, method, path] of [
    ["create", "POST", BATCHES],
    ["create, beta", "POST", `${BATCHES}?beta=true`],
    ["retrieve", "GET", `${BATCHES}/msgbatch_1`],
    ["cancel", "POST", `${BATCHES}/msgbatch_1/cancel`],
  ] as const) {
    it(`leads to the gateway: ${name}; every other byte stays`, async ({ expect }) => {
      answer(batch(`"${ANTHROPIC}${results}"`));
      const response = await askAnthropic(path, { method });
      expect(response.status).toBe(200);
      expect(await response.text()).toBe(batch(`"${GATEWAY}${results}"`));
      expect(response.headers.get("content-type")).toBe("application/json");
    });
  }

  it("leads to the gateway in every batch of a list", async ({ expect }) => {
    const list = (origin: string): string =>
      `{"data":[${[1, 2, 3].map((id) => `{"id":"b${id}","results_url":"${origin}${BATCHES}/b${id}/results"}`).join(", ")},{"results_url":null}],"has_more":false}`;
    answer(list(ANTHROPIC));
    expect(await (await askAnthropic(`${BATCHES}?limit=3`)).text()).toBe(list(GATEWAY));
  });

  for (const [name, url, changed] of [
    ["escaped slashes", `"https:\\/\\/api.anthropic.com\\/v1\\/r"`, `"${GATEWAY}/v1/r"`],
    ["escaped letters", `"\\u0068ttps://api.anthropic.com/v1/r"`, `"${GATEWAY}/v1/r"`],
    ["upper case and the usual port", `"HTTPS://API.Anthropic.com:443/v1/r?a=b#c"`, `"${GATEWAY}/v1/r?a=b#c"`],
    ["a user name before the host", `"https://u:p@api.anthropic.com/v1/r"`, `"${GATEWAY}/v1/r"`],
    ["the provider key in it", `"${ANTHROPIC}/v1/r?a=b&key=${KEYS.anthropic}"`, `"${GATEWAY}/v1/r?a=b"`],
  ] as const) {
    it(`is recognised with ${name}`, async ({ expect }) => {
      answer(batch(url));
      expect(await (await askAnthropic(`${BATCHES}/msgbatch_1`)).text()).toBe(batch(changed));
    });
  }

  for (const url of [
    `"https://api.anthropic.com.evil.example/v1/r"`,
    `"https://api.anthropic.com@evil.example/v1/r"`,
    `"https://evil.example/?https://api.anthropic.com/v1/r"`,
    `"https://xapi.anthropic.com/v1/r"`,
    `"http://api.anthropic.com/v1/r"`,
    `"https://api.anthropic.com:444/v1/r"`,
    `"/v1/r"`,
    `"api.anthropic.com"`,
    `""`,
    "null",
    "{}",
  ]) {
    it(`that is ${url} stays`, async ({ expect }) => {
      answer(batch(url));
      expect(await (await askAnthropic(`${BATCHES}/msgbatch_1`)).text()).toBe(batch(url));
    });
  }

  it("is mended in a large list", async ({ expect }) => {
    answer(longList(ANTHROPIC));
    expect(await (await askAnthropic(BATCHES)).text()).toBe(longList(GATEWAY));
  });

  it("stays in answers that are no batches: byte for byte, compressed as they came", async ({ expect }) => {
    const text = batch(`"${ANTHROPIC}${results}"`);
    for (const path of [results, "/v1/messages", "/v1/messages/batches2", "/v1/messages/batches/a/b"]) {
      answer(text);
      expect(await (await askAnthropic(path)).text()).toBe(text);
      vi.restoreAllMocks();
    }
    for (const type of ["text/event-stream", "application/x-jsonl", "application/jsonl"]) {
      answer(text, { "content-type": type });
      expect(await (await askAnthropic(`${BATCHES}/msgbatch_1`)).text()).toBe(text);
      vi.restoreAllMocks();
    }
  });

  it("stays in the same path of another provider", async ({ expect }) => {
    const text = batch('"https://generativelanguage.googleapis.com/v1/r"');
    answer(text);
    const response = await ask(BATCHES, { headers: { "x-goog-api-key": secret } });
    expect(await response.text()).toBe(text);
  });

  it("is mended after a byte order mark, which stays", async ({ expect }) => {
    answer(`\ufeff${batch(`"${ANTHROPIC}${results}"`)}`);
    const bytes = await (await askAnthropic(`${BATCHES}/msgbatch_1`)).bytes();
    expect(bytes).toEqual(new TextEncoder().encode(`\ufeff${batch(`"${GATEWAY}${results}"`)}`));
  });

  it("is mended, and nothing is said any more of the bytes that were", async ({ expect }) => {
    const gone = { "content-md5": "x", "content-digest": "x", "repr-digest": "x", digest: "x", "content-length": "7" };
    answer(batch(`"${ANTHROPIC}${results}"`), { ...gone, etag: "e" });
    const { headers } = await askAnthropic(`${BATCHES}/msgbatch_1`);
    for (const name of Object.keys(gone))
      expect([name, headers.get(name)]).not.toEqual([name, Reflect.get(gone, name)]);
    expect(headers.get("etag")).toBe("e");
  });

  it("isn't there in an answer to HEAD, which names no length then", async ({ expect }) => {
    fakeUpstream(
      () => new Response(null, { headers: { "content-type": "application/json", "content-length": "123" } }),
    );
    const response = await askAnthropic(`${BATCHES}/msgbatch_1`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(response.headers.has("content-length")).toBe(false);
  });

  for (const origin of ["http://127.0.0.1:9000", ANTHROPIC]) {
    it(`leads to the gateway from ${origin}, where the owner sends requests elsewhere`, async ({ expect }) => {
      const mended = await mendLinks(Response.json({ results_url: `${origin}/v1/r` }), WAY);
      expect(await mended.json()).toEqual({ results_url: `${GATEWAY}/v1/r` });
    });
  }

  for (const url of [`http://${BATCHES}`, `http://a b${BATCHES}`, ""]) {
    it(`can't lead to a gateway that was asked at "${url}"`, async ({ expect }) => {
      const mended = mendLinks(Response.json({ results_url: `${ANTHROPIC}/v1/r` }), { ...WAY, url });
      await expect(mended).rejects.toThrow("unreadable_provider_error");
    });
  }

  it("in an error stays too: nobody follows it", async ({ expect }) => {
    const text = batch(`"${ANTHROPIC}${results}"`);
    answer(text, {}, { status: 404 });
    expect(await (await askAnthropic(`${BATCHES}/msgbatch_1`)).text()).toBe(text);
  });
});

describe("a body that has to be read and can't be", () => {
  const MESSAGE = "Anthropic answered 200 in a form that can't be passed on.";

  for (const [name, body, headers] of [
    ["in a coding that the runtime can't undo", "???", { "content-encoding": "zstd" }],
    ["longer than any list of batches", " ".repeat(MOST_BYTES + 1), {}],
    ["that is no UTF-8", Uint8Array.of(0x22, 0xff, 0x22), {}],
  ] as [string, BodyInit, Record<string, string>][]) {
    it(`${name} is refused rather than passed on with a way out in it`, async ({ expect }) => {
      fakeUpstream(
        () => new Response(body, { headers: { "content-type": "application/json", ...headers }, encodeBody: "manual" }),
      );
      const response = await askAnthropic(BATCHES);
      expect(response.status).toBe(502);
      expect(response.headers.get("x-doppelgate-error")).toBe("unreadable_provider_error");
      expect(await response.json()).toMatchObject({ error: { type: "api_error", message: MESSAGE } });
    });
  }

  it("the longest one passes", async ({ expect }) => {
    answer(" ".repeat(MOST_BYTES));
    const response = await askAnthropic(BATCHES);
    expect(response.status).toBe(200);
    expect((await response.text()).length).toBe(MOST_BYTES);
  });

  it("because the provider broke it off is a 503", async ({ expect }) => {
    fakeUpstream(() => new Response(brokenOff(), { headers: { "content-type": "application/json" } }));
    const response = await askAnthropic(BATCHES);
    expect(response.status).toBe(503);
    expect(response.headers.get("x-doppelgate-error")).toBe("provider_unreachable");
    expect(await response.json()).toMatchObject({
      error: { message: "Anthropic could not be reached. Try again in a moment." },
    });
  });
});
