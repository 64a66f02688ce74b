import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { PROVIDER_ROWS } from "../../../gateway/providers.ts";
import { upstreamUrl } from "../../../gateway/stages/forward.ts";
import { targetOf } from "../../../gateway/target.ts";
import { ask, askAs, fakeUpstream, issue, KEYS } from "../support/gateway.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

describe("nothing that a client sends chooses the host", () => {
  const origin = PROVIDER_ROWS.gemini.origin;
  for (const target of [
    "//evil.example/x",
    "///evil.example/x",
    "/%2F%2Fevil.example/x",
    "/v1/..%2f..%2fevil",
    "/@evil.example/x",
    "/:8080/x",
    "/.evil.example",
    "/v1/models?url=https://evil.example",
    "/v1beta/models?//evil.example/x",
    "/%5cevil.example",
    "/https://evil.example/x",
    "/%0d%0ahost:evil.example",
  ]) {
    it(`${target} goes on byte for byte, to the provider`, ({ expect }) => {
      const url = upstreamUrl(origin, targetOf(`http://gateway.example${target}`), []);
      expect(url).toBe(origin + target);
      expect(new URL(url).origin).toBe(origin);
    });
  }

  for (const path of ["/\\evil.example", "/v1\\x", "/v1/../x", "/v1/%2e%2E/x", "/./x", "/v1/.", "/v1/%2e"]) {
    it(`${path} is refused, since fetch would make another path of it`, async ({ expect }) => {
      const { sent } = fakeUpstream();
      const { secret } = await issue();
      // A Request would rewrite the path before the gateway sees it; the runtime hands it over raw.
      const { handle } = await import("../../../gateway/pipeline.ts");
      const { gatewayEnv } = await import("../support/gateway.ts");
      const request = new Request("https://gateway.example/", { headers: { authorization: `Bearer ${secret}` } });
      const response = await handle(request, targetOf(`https://gateway.example${path}`), gatewayEnv, () => undefined);
      expect(response.status).toBe(400);
      expect(response.headers.get("x-doppelgate-error")).toBe("unsafe_path");
      expect(sent).toEqual([]);
    });
  }
});

describe("what goes upstream", () => {
  it("keeps what providers need and drops credentials, accounts, hops and the holder's network", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue();
    const kept = {
      "anthropic-beta": "a,b",
      "openai-beta": "responses_websockets=2026-02-06",
      "x-stainless-lang": "js",
      "x-goog-api-client": "genai-js/3.1.0",
      "x-goog-upload-protocol": "resumable",
      "x-codex-turn-metadata": "{}",
      "session-id": "s",
      "user-agent": "OpenAI/JS 7.57.0",
      "idempotency-key": "i",
      "content-type": "application/json",
      accept: "application/json",
    };
    const removed = {
      cookie: "a=b",
      "api-key": "azure",
      "proxy-authorization": "Basic eDp5",
      "openai-organization": "org-x",
      "openai-project": "proj_x",
      "x-goog-user-project": "p",
      "anthropic-workspace-id": "w",
      "x-http-method-override": "DELETE",
      "cf-connecting-ip": "203.0.113.7",
      "cf-ipcountry": "DE",
      "x-forwarded-for": "203.0.113.7",
      "x-real-ip": "203.0.113.7",
      forwarded: "for=203.0.113.7",
      te: "trailers",
      "keep-alive": "timeout=5",
      connection: "close, x-hop",
      "x-hop": "1",
      "x-note-to-self": `my token is ${secret}`,
    };
    await askAs(secret, "/v1/responses", { method: "POST", body: "{}", headers: { ...kept, ...removed } });
    const headers = Object.fromEntries(sent[0]?.headers ?? []);
    expect(headers).toMatchObject({ ...kept, authorization: `Bearer ${KEYS.openai}` });
    for (const name of Object.keys(removed)) expect(headers, name).not.toHaveProperty(name);
  });

  it("has no system parameter of Google's and no credential in its query", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue();
    await askAs(
      secret,
      `/v1beta/files/f?$httpMethod=DELETE&%24ct=x&oauth_token=o&access_token=a&note=${secret}&pageSize=1`,
    );
    expect(sent[0]?.url).toBe("https://generativelanguage.googleapis.com/v1beta/files/f?pageSize=1");
  });

  it("never has the token in its path", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue();
    const response = await askAs(secret, `/v1/models/${secret}`);
    expect(response.status).toBe(400);
    expect(response.headers.get("x-doppelgate-error")).toBe("misplaced_token");
    expect(sent).toEqual([]);
  });

  it("never follows a redirect", async ({ expect }) => {
    const { spy } = fakeUpstream();
    const { secret } = await issue();
    await askAs(secret, "/v1/models");
    expect(spy.mock.calls[0]?.[1]?.redirect).toBe("manual");
  });
});

describe("what can't be forwarded", () => {
  it("a provider that can't be reached is a 503 in its own shape", async ({ expect }) => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError("Network connection lost."));
    const { secret } = await issue();
    const response = await ask("/v1beta/models", { headers: { "x-goog-api-key": secret } });
    expect(response.status).toBe(503);
    expect(response.headers.get("x-doppelgate-error")).toBe("provider_unreachable");
    expect(response.headers.get("retry-after")).toBe("2");
    expect(response.headers.has("x-should-retry")).toBe(false);
    expect(await response.json()).toMatchObject({
      error: {
        code: 503,
        status: "UNAVAILABLE",
        message: "Google Gemini could not be reached. Try again in a moment.",
        details: [{ reason: "PROVIDER_UNREACHABLE" }, { retryDelay: "2s" }],
      },
    });
  });

  it("TRACE, which would echo the provider key", async ({ expect }) => {
    const { handle } = await import("../../../gateway/pipeline.ts");
    const { gatewayEnv } = await import("../support/gateway.ts");
    const request = { method: "TRACE", headers: new Headers(), body: null, signal: new AbortController().signal };
    const target = targetOf("https://gateway.example/v1/models");
    const response = await handle(request as unknown as Request, target, gatewayEnv, () => undefined);
    expect(response.status).toBe(405);
    expect(response.headers.get("x-doppelgate-error")).toBe("method_not_allowed");
    expect(response.headers.get("allow")).toBe("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  });

  it("a WebSocket handshake where no provider takes one, so that clients fall back to HTTP", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue();
    const response = await askAs(secret, "/v1/chat/completions", { headers: { upgrade: "websocket" } });
    expect(response.status).toBe(426);
    expect(response.headers.get("x-doppelgate-error")).toBe("websocket_not_supported");
    expect(await response.json()).toMatchObject({
      error: { message: "This address does not take WebSocket connections. Use the HTTP endpoint instead." },
    });
    expect(sent).toEqual([]);
  });

  it("but for an upgrade that may be ignored: h2c, which Java's and curl's clients ask for", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue();
    const headers = { upgrade: "h2c", connection: "Upgrade, HTTP2-Settings", "http2-settings": "AAMAAABk" };
    expect((await askAs(secret, "/v1/responses", { headers })).status).toBe(200);
    expect(sent[0]?.headers.has("upgrade")).toBe(false);
    expect(sent[0]?.headers.has("http2-settings")).toBe(false);
  });
});
