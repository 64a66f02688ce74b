import { describe, type ExpectStatic } from "vitest";
import type { Provider } from "../../shared/providers.ts";
import { type Harness, KEYS } from "../harness.ts";
import type { PageCall } from "./page.ts";
import { test } from "./support.ts";

const ECHO = "Echo: hello from a page";
const WORDS = ["Echo:", " hello", " from", " a", " page"];
const NOT_VALID = "This token is not valid here. Check that it was copied whole, or ask its owner for a new one.";

/** A call of an SDK that goes through: what the provider sees, and what the page gets. */
interface Call {
  provider: Provider;
  method: string;
  path: string;
  result: (expect: ExpectStatic) => unknown;
}

const CALLS: Partial<Record<PageCall, Call>> = {
  "openai plain": {
    provider: "openai",
    method: "POST",
    path: "/v1/chat/completions",
    result: (expect) => ({
      text: ECHO,
      // A page sees the headers that are exposed to it; the account's never arrive.
      headers: {
        "x-request-id": expect.stringMatching(/^req_/),
        "openai-processing-ms": "12",
        "openai-version": "2020-10-01",
        "set-cookie": null,
        "openai-organization": null,
      },
    }),
  },
  "openai stream": { provider: "openai", method: "POST", path: "/v1/chat/completions", result: () => WORDS },
  "openai delete": {
    provider: "openai",
    method: "DELETE",
    path: "/v1/files/file-1",
    result: () => ({ id: "file-1", object: "file", deleted: true }),
  },
  "anthropic plain": {
    provider: "anthropic",
    method: "POST",
    path: "/v1/messages",
    result: (expect) => ({ content: [{ type: "text", text: ECHO }], id: expect.stringMatching(/^req_/) }),
  },
  "anthropic stream": {
    provider: "anthropic",
    method: "POST",
    path: "/v1/messages",
    result: () => WORDS.map((text) => JSON.stringify({ type: "text_delta", text })),
  },
  "anthropic delete": {
    provider: "anthropic",
    method: "DELETE",
    path: "/v1/files/file_1",
    result: (expect) => expect.objectContaining({ id: "file_1", type: "file_deleted" }),
  },
  "gemini plain": {
    provider: "gemini",
    method: "POST",
    path: "/v1/models/gemini-3.8-flash:generateContent",
    result: () => ECHO,
  },
  "gemini stream": {
    provider: "gemini",
    method: "POST",
    path: "/v1/models/gemini-3.8-flash:streamGenerateContent",
    result: () => WORDS,
  },
  "gemini patch": {
    provider: "gemini",
    method: "PATCH",
    path: "/v1/cachedContents/c",
    result: (expect) => expect.objectContaining({ name: "cachedContents/c", ttl: "60s" }),
  },
  "fetch head": {
    provider: "openai",
    method: "HEAD",
    path: "/v1/models",
    result: (expect) => expect.objectContaining({ type: "application/json" }),
  },
};

/** What a page must be able to read off a refusal. */
const ERRORS: Partial<Record<PageCall, { type: string; code: string | null }>> = {
  "openai error": { type: "AuthenticationError", code: "unknown_token" },
  "anthropic error": { type: "AuthenticationError", code: "unknown_token" },
  // This SDK's error has no headers.
  "gemini error": { type: "ApiError", code: null },
};

const isCall = <Value>(pair: [string, Value | undefined]): pair is [PageCall, Value] => pair[1] !== undefined;

function clear(harness: Harness): void {
  for (const provider of Object.values(harness.providers)) provider.recordings.length = 0;
}

describe("a page of another origin can use the SDKs", () => {
  for (const [name, { provider, method, path, result }] of Object.entries(CALLS).filter(isCall)) {
    test(`with ${name}`, async ({ harness, page, expect }) => {
      clear(harness);
      const { secret } = await harness.admin.issue();
      expect(await page.run(name, { url: harness.gatewayUrl, key: secret })).toEqual(result(expect));
      // Exactly one request: the preflight is the gateway's own affair.
      const [seen, second] = harness.providers[provider].recordings;
      expect(second).toBeUndefined();
      expect(seen?.method).toBe(method);
      expect(seen?.target.split("?")[0]).toBe(path);
      const headers = JSON.stringify(seen?.headers);
      expect(headers).toContain(KEYS[provider]);
      expect(headers).not.toContain(secret);
      expect(headers.toLowerCase()).not.toContain('"cookie"');
    });
  }
});

describe("a page can read why it was refused", () => {
  for (const [name, { type, code }] of Object.entries(ERRORS).filter(isCall)) {
    test(`with ${name}`, async ({ harness, page, expect }) => {
      const error = await page.run(name, { url: harness.gatewayUrl, key: "no-token-of-anybodys" });
      expect(error).toEqual({ type, status: 401, code, message: expect.stringContaining(NOT_VALID) });
    });
  }
});

describe("cookies", () => {
  test("don't work: a page that insists on them is stopped by the browser", async ({ harness, page, expect }) => {
    clear(harness);
    const { secret } = await harness.admin.issue();
    expect(await page.run("fetch with cookies", { url: harness.gatewayUrl, key: secret })).toBe("TypeError");
    expect(harness.providers.openai.recordings).toEqual([]);
  });

  test("are never set", async ({ harness, page, expect }) => {
    const { secret } = await harness.admin.issue();
    await page.run("openai plain", { url: harness.gatewayUrl, key: secret });
    expect(await page.cookies()).toBe(0);
  });
});
