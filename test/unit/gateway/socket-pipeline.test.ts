import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { ask, fakeUpstream, issue, KEYS } from "../support/gateway.ts";
import { acceptedBy, clientOf, type ProviderSocket } from "../support/sockets.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

const LIVE = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
const dial = (path: string, headers: Record<string, string> = {}) =>
  ask(path, { headers: { upgrade: "websocket", ...headers } });
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const items = (secret: string) => ({
  "sec-websocket-protocol": `realtime, openai-insecure-api-key.${secret}, openai-organization.org-1`,
});

/** Every slot in which clients send a token. */
const SLOTS: { name: string; path: string; headers: (secret: string) => Record<string, string> }[] = [
  { name: "Bearer", path: "/v1/responses", headers: bearer },
  { name: "a subprotocol", path: "/v1/realtime?model=m", headers: items },
  { name: "?key= of OpenAI's path", path: "/v1/realtime?model=m&key=SECRET", headers: () => ({}) },
  { name: "?key=", path: `/${LIVE}?key=SECRET`, headers: () => ({}) },
  { name: "?access_token=", path: `${LIVE}Constrained?access_token=SECRET`, headers: () => ({}) },
  { name: "Token", path: LIVE, headers: (secret) => ({ authorization: `Token ${secret}` }) },
  { name: "x-goog-api-key", path: LIVE, headers: (secret) => ({ "x-goog-api-key": secret }) },
];

describe("the token comes in any slot, the key goes in one header", () => {
  for (const { name, path, headers } of SLOTS) {
    it(`by ${name}`, async ({ expect }) => {
      const provider: ProviderSocket = {};
      const { sent } = fakeUpstream(acceptedBy(provider));
      const { secret } = await issue();
      const response = await dial(path.replace("SECRET", secret), headers(secret));
      expect(response.status).toBe(101);
      const client = clientOf(response);
      client.socket.send("hello");
      client.socket.close(1000);
      await provider.end?.closed;
      expect(provider.end?.messages).toEqual(["hello"]);
      const [handshake] = sent;
      const isGemini = path.includes("google");
      expect(handshake?.headers.get("authorization")).toBe(isGemini ? null : `Bearer ${KEYS.openai}`);
      expect(handshake?.headers.get("x-goog-api-key")).toBe(isGemini ? KEYS.gemini : null);
      expect(handshake?.headers.get("upgrade")).toBe("websocket");
      const plain = path.replace(/[?&](?:key|access_token)=SECRET/, "").replace(/^\/+/, "/");
      const origin = isGemini ? "https://generativelanguage.googleapis.com" : "https://api.openai.com";
      expect(handshake?.url).toBe(origin + plain);
      expect(JSON.stringify([handshake?.url, ...(handshake?.headers ?? [])])).not.toContain(secret);
      expect([...response.headers].flat().join("\n")).not.toContain(isGemini ? KEYS.gemini : KEYS.openai);
    });
  }
});

describe("subprotocols", () => {
  it("credential and account items stay here; the provider's choice is echoed", async ({ expect }) => {
    const { sent } = fakeUpstream(acceptedBy({}, { "sec-websocket-protocol": "other" }));
    const { secret } = await issue();
    const offered = `realtime, openai-insecure-api-key.${secret}, openai-project.p, other`;
    const response = await dial("/v1/realtime", { "sec-websocket-protocol": offered });
    expect(sent[0]?.headers.get("sec-websocket-protocol")).toBe("realtime, other");
    expect(response.headers.get("sec-websocket-protocol")).toBe("other");
    clientOf(response).socket.close();
  });

  it("where the provider chose none, the client gets its first", async ({ expect }) => {
    fakeUpstream(acceptedBy({}));
    const { secret } = await issue();
    const response = await dial("/v1/realtime", items(secret));
    expect(response.headers.get("sec-websocket-protocol")).toBe("realtime");
    clientOf(response).socket.close();
  });

  it("a client that offered none gets none", async ({ expect }) => {
    const { sent } = fakeUpstream(acceptedBy({}, { "sec-websocket-protocol": "realtime" }));
    const { secret } = await issue();
    const response = await dial("/v1/realtime", bearer(secret));
    expect(sent[0]?.headers.has("sec-websocket-protocol")).toBe(false);
    expect(response.headers.has("sec-websocket-protocol")).toBe(false);
    clientOf(response).socket.close();
  });
});

it("headers of the provider's 101 go by the table", async ({ expect }) => {
  const headers = {
    "x-request-id": "req_1",
    "openai-organization": "org-1",
    "set-cookie": "a=b",
    "x-echo": KEYS.openai,
  };
  fakeUpstream(acceptedBy({}, { ...headers, "x-codex-turn-state": "state" }));
  const { secret } = await issue();
  const response = await dial("/v1/responses", bearer(secret));
  expect(Object.fromEntries(response.headers)).toEqual({ "x-request-id": "req_1", "x-codex-turn-state": "state" });
  clientOf(response).socket.close();
});

it("a page's socket opens like any other", async ({ expect }) => {
  const { sent } = fakeUpstream(acceptedBy({}));
  const { secret } = await issue();
  const response = await dial("/v1/realtime", { ...items(secret), origin: "https://page.example" });
  expect(response.status).toBe(101);
  expect(response.headers.get("access-control-allow-origin")).toBe("*");
  expect(sent).toHaveLength(1);
  clientOf(response).socket.close();
});
