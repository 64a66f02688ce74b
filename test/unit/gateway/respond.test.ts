import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { scrubber } from "../../../gateway/scrub.ts";
import { localLocation } from "../../../gateway/stages/respond.ts";
import { askAs, fakeUpstream, issue, KEYS } from "../support/gateway.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

describe("headers of an answer", () => {
  it("keep what clients read and lose what tells the account", async ({ expect }) => {
    const kept = {
      "content-type": "application/json",
      "x-request-id": "req_1",
      "request-id": "req_1",
      "retry-after": "3",
      "retry-after-ms": "3000",
      "x-should-retry": "true",
      "openai-processing-ms": "12",
      "openai-version": "2020-10-01",
      "x-goog-upload-status": "active",
    };
    const removed = {
      "openai-organization": "org-owner",
      "openai-project": "proj_owner",
      "anthropic-organization-id": "o",
      "anthropic-ratelimit-requests-remaining": "9",
      "x-ratelimit-remaining-requests": "9",
      "set-cookie": "__cf_bm=1",
      "cf-ray": "1",
      "cf-cache-status": "DYNAMIC",
      server: "cloudflare",
      via: "1.1 google",
      "alt-svc": "h3",
      "strict-transport-security": "max-age=1",
      "www-authenticate": "Bearer",
      "x-echo": `?key=${KEYS.openai}`,
    };
    fakeUpstream(() => Response.json({}, { headers: { ...kept, ...removed } }));
    const { secret } = await issue();
    const headers = Object.fromEntries((await askAs(secret, "/v1/models")).headers);
    expect(headers).toMatchObject(kept);
    for (const name of Object.keys(removed)) expect(headers, name).not.toHaveProperty(name);
  });

  it("keep status, status text and an empty body", async ({ expect }) => {
    const { secret } = await issue();
    for (const status of [201, 204, 304]) {
      fakeUpstream(() => new Response(null, { status, statusText: "As It Was", headers: { etag: "e" } }));
      const response = await askAs(secret, "/v1/files/f", { method: "DELETE" });
      expect(response.status).toBe(status);
      expect(response.statusText).toBe("As It Was");
      expect(response.headers.get("etag")).toBe("e");
      vi.restoreAllMocks();
    }
  });
});

describe("the provider key in an answer", () => {
  it("is taken out of an error body", async ({ expect }) => {
    const message = `Consumer 'api_key:${KEYS.openai}' has been suspended. ${KEYS.openai}`;
    fakeUpstream(() => Response.json({ error: { message } }, { status: 403 }));
    const { secret } = await issue();
    const response = await askAs(secret, "/v1/models");
    expect(response.status).toBe(403);
    expect(await response.json()).toEqual({
      error: { message: "Consumer 'api_key:[provider key]' has been suspended. [provider key]" },
    });
  });

  it("is taken out wherever the chunks are cut", async ({ expect }) => {
    const secret = "abcabcabd";
    const text = `xabcabcabcabd${secret}abcab é ${secret.slice(0, -1)}`;
    const bytes = new TextEncoder().encode(text);
    for (let size = 1; size <= bytes.length; size++) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.slice(index * size, (index + 1) * size),
      );
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(chunk);
          controller.close();
        },
      });
      const scrubbed = await new Response(stream.pipeThrough(scrubber([secret]))).text();
      expect(scrubbed).toBe(text.replaceAll(secret, "[provider key]"));
    }
  });

  it("leaves bytes that are no text alone", async ({ expect }) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const scrubbed = await new Response(new Response(bytes).body?.pipeThrough(scrubber(["key"]))).bytes();
    expect(scrubbed).toEqual(bytes);
  });

  it("can't hide in an error body that can't be read", async ({ expect }) => {
    fakeUpstream(
      () => new Response("???", { status: 403, headers: { "content-encoding": "zstd" }, encodeBody: "manual" }),
    );
    const { secret } = await issue();
    const response = await askAs(secret, "/v1/models");
    expect(response.status).toBe(502);
    expect(response.headers.get("x-doppelgate-error")).toBe("unreadable_provider_error");
  });
});

describe("redirects", () => {
  const asked = "https://generativelanguage.googleapis.com/v1beta/files/f:download";
  for (const [location, local] of [
    ["/download/v1beta/files/f:download?alt=media", "/download/v1beta/files/f:download?alt=media"],
    ["https://generativelanguage.googleapis.com/download/f", "/download/f"],
    ["./f2:download", "/v1beta/files/f2:download"],
    ["https://storage.example/f", null],
    ["//evil.example/f", null],
    ["http://generativelanguage.googleapis.com/f", null],
    ["http://[", null],
    // A path of two slashes would be another host to a client.
    ["https://generativelanguage.googleapis.com//evil.example/f", null],
    ["/.//evil.example/f", null],
    ["/\\evil.example/f", null],
    [`/download/f?alt=media&key=${KEYS.gemini}`, "/download/f?alt=media"],
    [`/download/f?k%65y=${KEYS.gemini}&x=${KEYS.gemini}#f`, "/download/f#f"],
  ] as const) {
    it(`to ${location} lead to ${local ?? "nowhere"}`, ({ expect }) => {
      expect(localLocation(location, asked, { keys: [KEYS.gemini], target: { path: "/", query: "" } })).toBe(local);
    });
  }

  for (const [query, location, local] of [
    ["?key=dg_t&alt=media", "/download/f?alt=media", "/download/f?alt=media&key=dg_t"],
    ["?alt=media&k%65y=dg_t", `/download/f?key=${KEYS.gemini}#f`, "/download/f?k%65y=dg_t#f"],
    ["?alt=media", "/download/f", "/download/f"],
    ["?key=dg_t", "https://storage.example/f", null],
  ] as const) {
    it(`to ${location.replace(KEYS.gemini, "KEY")} after ${query} lead to ${local}: the client's key, not the provider's`, ({
      expect,
    }) => {
      expect(localLocation(location, asked, { keys: [KEYS.gemini], target: { path: "/", query } })).toBe(local);
    });
  }
});
