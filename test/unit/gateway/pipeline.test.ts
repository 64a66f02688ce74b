import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { generateToken, newTokenId } from "../../../shared/token.ts";
import { ask, askAs, control, fakeUpstream, issue, KEYS, makeToken } from "../support/gateway.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

/** The issue's table, row by row. */
const ROUTES = [
  {
    name: "Bearer → OpenAI",
    path: "/v1/chat/completions",
    slot: (token: string) => ({ authorization: `Bearer ${token}` }),
    url: "https://api.openai.com/v1/chat/completions",
    key: { authorization: `Bearer ${KEYS.openai}` },
  },
  {
    name: "x-api-key → Anthropic",
    path: "/v1/messages",
    slot: (token: string) => ({ "x-api-key": token, "anthropic-version": "2023-06-01" }),
    url: "https://api.anthropic.com/v1/messages",
    key: { "x-api-key": KEYS.anthropic },
  },
  {
    name: "Bearer with anthropic-version → Anthropic",
    path: "/v1/models",
    slot: (token: string) => ({ authorization: `Bearer ${token}`, "anthropic-version": "2026-10-21" }),
    url: "https://api.anthropic.com/v1/models",
    key: { "x-api-key": KEYS.anthropic },
  },
  {
    name: "Bearer on a messages path → Anthropic",
    path: "/v1/messages/count_tokens?beta=true",
    slot: (token: string) => ({ authorization: `Bearer ${token}` }),
    url: "https://api.anthropic.com/v1/messages/count_tokens?beta=true",
    key: { "x-api-key": KEYS.anthropic },
  },
  {
    name: "x-goog-api-key → Gemini",
    path: "/v1/models",
    slot: (token: string) => ({ "x-goog-api-key": token }),
    url: "https://generativelanguage.googleapis.com/v1/models",
    key: { "x-goog-api-key": KEYS.gemini },
  },
  {
    name: "Bearer on /v1beta/openai → Gemini's OpenAI dialect",
    path: "/v1beta/openai/chat/completions",
    slot: (token: string) => ({ authorization: `Bearer ${token}` }),
    url: "https://generativelanguage.googleapis.com/v1beta/openai/chat/completions",
    key: { authorization: `Bearer ${KEYS.gemini}` },
  },
];

const KEY_HEADERS = ["authorization", "x-api-key", "x-goog-api-key"];

describe("routes", () => {
  for (const { name, path, slot, url, key } of ROUTES) {
    it(`by slot: ${name}`, async ({ expect }) => {
      const { sent } = fakeUpstream();
      const token = await issue();
      const body = '{"model":"m"}';
      const response = await ask(path, { method: "POST", headers: slot(token.secret), body });
      expect(response.status).toBe(200);
      expect(sent).toHaveLength(1);
      expect(sent[0]?.url).toBe(url);
      expect(sent[0]?.method).toBe("POST");
      expect(sent[0]?.body).toBe(body);
      const keys = KEY_HEADERS.flatMap((header) => {
        const value = sent[0]?.headers.get(header) ?? null;
        return value === null ? [] : [[header, value]];
      });
      expect(Object.fromEntries(keys)).toEqual(key);
    });
  }

  it("?key= → Gemini; the rest of the query stays byte for byte", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue();
    await ask(`/v1beta/models/m:generateContent?alt=sse&k%65y=${secret}&x=a%20b+c&key=${secret}&&y`);
    expect(sent[0]?.url).toBe(
      "https://generativelanguage.googleapis.com/v1beta/models/m:generateContent?alt=sse&x=a%20b+c&&y",
    );
    expect(sent[0]?.headers.get("x-goog-api-key")).toBe(KEYS.gemini);
  });
});

/** Every refusal of a token, with the code and the words that the holder gets. */
describe("tokens that open nothing", () => {
  const unknown = "This token is not valid here. Check that it was copied whole, or ask its owner for a new one.";

  it("no token", async ({ expect }) => {
    const response = await ask("/v1/models");
    expect(response.status).toBe(401);
    expect(response.headers.get("x-doppelgate-error")).toBe("missing_token");
    expect(await response.json()).toMatchObject({
      type: "error",
      error: { message: "No token was sent. Use your Doppelgate token as the API key.", code: "invalid_api_key" },
    });
  });

  for (const [name, change] of [
    ["disabled", { state: "disabled" }],
    ["deleted", { state: "deleted" }],
    ["rotated away", { secrets: [] }],
    ["past its grace", { secrets: "ended" }],
    ["never issued", null],
  ] as const) {
    it(`${name}: one and the same 401`, async ({ expect }) => {
      const token = await makeToken();
      const secrets =
        change !== null && "secrets" in change && change.secrets === "ended"
          ? token.record.secrets.map((secret) => ({ ...secret, endsAt: Date.now() - 1 }))
          : [];
      if (change !== null) {
        await control.apply({ ...token.record, ...("state" in change ? { state: change.state } : { secrets }) });
      }
      const response = await askAs(token.secret, "/v1/models");
      expect(response.status).toBe(401);
      expect(response.headers.get("x-doppelgate-error")).toBe("unknown_token");
      expect(response.headers.get("x-should-retry")).toBe("false");
      expect(await response.json()).toEqual({
        error: { message: unknown, type: "invalid_request_error", param: null, code: "invalid_api_key" },
      });
    });
  }

  it("expired: a 401 that says so", async ({ expect }) => {
    const { secret } = await issue({ expiresAt: Date.UTC(2026, 0, 1) });
    const response = await ask("/v1/messages", { headers: { "x-api-key": secret, "anthropic-version": "2023-06-01" } });
    expect(response.status).toBe(401);
    expect(response.headers.get("x-doppelgate-error")).toBe("expired_token");
    expect(await response.json()).toMatchObject({
      type: "error",
      error: {
        type: "authentication_error",
        message: "This token expired on Thu, 01 Jan 2026 00:00:00 GMT. Ask its owner to extend it.",
      },
      request_id: response.headers.get("request-id"),
    });
  });

  it("a provider that the token isn't for: 403", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue({ providers: ["openai", "anthropic"] });
    const response = await ask("/v1beta/models", { headers: { "x-goog-api-key": secret } });
    expect(response.status).toBe(403);
    expect(response.headers.get("x-doppelgate-error")).toBe("provider_not_allowed");
    expect(await response.json()).toMatchObject({
      error: {
        code: 403,
        status: "PERMISSION_DENIED",
        message: "This token does not allow Google Gemini; it allows OpenAI and Anthropic. Ask its owner.",
      },
    });
    expect(sent).toEqual([]);
  });

  it("junk is refused without a look at KV or a guard", async ({ expect }) => {
    const id = newTokenId();
    const good = generateToken(id);
    const wrongChecksum = good.slice(0, -1) + (good.endsWith("a") ? "b" : "a");
    for (const junk of ["short", wrongChecksum, "x".repeat(300), "has/slashes/in/its/middle"]) {
      const response = await askAs(junk, "/v1/models");
      expect(response.status).toBe(401);
      expect(response.headers.get("x-doppelgate-error")).toBe("unknown_token");
    }
  });
});

describe("two credentials in one request", () => {
  it("the one that is a live token counts, and neither goes upstream", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue();
    const response = await ask("/v1/messages", {
      headers: { authorization: `Bearer ${secret}`, "x-api-key": "sk-ant-some-other-key-of-the-holder" },
    });
    expect(response.status).toBe(200);
    expect([...(sent[0]?.headers.values() ?? [])].join(" ")).not.toContain("sk-ant-some-other");
    expect(sent[0]?.headers.get("x-api-key")).toBe(KEYS.anthropic);
    expect(sent[0]?.headers.has("authorization")).toBe(false);
  });

  it("two different live tokens are refused", async ({ expect }) => {
    const [one, two] = [await issue(), await issue()];
    const response = await ask("/v1/messages", {
      headers: { authorization: `Bearer ${one.secret}`, "x-api-key": two.secret },
    });
    expect(response.status).toBe(400);
    expect(response.headers.get("x-doppelgate-error")).toBe("ambiguous_token");
  });

  it("the same token twice is one token", async ({ expect }) => {
    fakeUpstream();
    const { secret } = await issue();
    const headers = { authorization: `Bearer ${secret}`, "x-api-key": secret };
    expect((await ask("/v1/messages", { headers })).status).toBe(200);
  });

  it("a heap of them is refused without a look-up", async ({ expect }) => {
    const many = Array.from({ length: 5 }, () => `key=${generateToken(newTokenId())}`).join("&");
    const response = await ask(`/v1beta/models?${many}`);
    expect(response.status).toBe(400);
    expect(response.headers.get("x-doppelgate-error")).toBe("ambiguous_token");
  });
});
