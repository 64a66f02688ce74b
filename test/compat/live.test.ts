import { describe, type ExpectStatic } from "vitest";
import type { Provider } from "../../shared/providers.ts";
import { type Harness, type Issued, KEYS } from "../harness.ts";
import type { Way } from "./support/clients.ts";
import { GENAI_1_LIVE, GENAI_3_LIVE, live, music } from "./support/gemini-sockets.ts";
import { handshakeOf } from "./support/handshakes.ts";
import { attachWs, forkWs, liveWs, realtimeNative, realtimeWs, responsesWs } from "./support/openai-sockets.ts";
import type { Line } from "./support/talk.ts";
import { test as base } from "./support/test.ts";
import { openTls } from "./support/tls.ts";
import { credentialsOf, placesOf } from "./support/wire.ts";

/** TLS in front of the gateway and of OpenAI: its Realtime classes dial `wss:`, whatever the base URL. */
const test = base.extend("secure", { scope: "file" }, async ({ harness }, { onCleanup }) => {
  const [gateway, openai] = [await openTls(harness.gatewayUrl), await openTls(harness.providers.openai.url)];
  onCleanup(async () => {
    await Promise.all([gateway.close(), openai.close()]);
  });
  return { gateway: gateway.url, openai: openai.url };
});

interface SocketClient {
  name: string;
  provider: Provider;
  tls?: true;
  talk(way: Way, model?: string): Promise<Line[]>;
}

const CLIENTS: readonly SocketClient[] = [
  { name: "openai 7 OpenAIRealtimeWS", provider: "openai", tls: true, talk: realtimeWs },
  { name: "openai 7 OpenAIRealtimeWebSocket", provider: "openai", tls: true, talk: realtimeNative },
  { name: "openai 7 ResponsesWS", provider: "openai", talk: responsesWs },
  { name: "openai 7 LiveWS", provider: "openai", talk: liveWs },
  {
    name: "@google/genai 3 Live",
    provider: "gemini",
    talk: (way, model) => live(GENAI_3_LIVE, way, undefined, model),
  },
  {
    name: "@google/genai 1 Live",
    provider: "gemini",
    talk: (way, model) => live(GENAI_1_LIVE, way, undefined, model),
  },
];

const MORE: readonly SocketClient[] = [
  { name: "openai 7 SidebandWS", provider: "openai", talk: attachWs },
  { name: "openai 7 ForksWS", provider: "openai", talk: forkWs },
  { name: "@google/genai 3 Live v1alpha", provider: "gemini", talk: (way) => live(GENAI_3_LIVE, way, "v1alpha") },
  { name: "@google/genai 3 Live v1beta", provider: "gemini", talk: (way) => live(GENAI_3_LIVE, way, "v1beta") },
  { name: "@google/genai 3 music", provider: "gemini", talk: (way) => music(GENAI_3_LIVE, way) },
];

/** What a test is given. */
interface Given {
  harness: Harness;
  token: Issued;
  secure: { gateway: string; openai: string };
  expect: ExpectStatic;
}

function waysOf({ harness, token, secure }: Given, { provider, tls }: SocketClient): { direct: Way; through: Way } {
  const direct = { url: tls ? secure.openai : harness.providers[provider].url, key: KEYS[provider] };
  return { direct, through: { url: tls ? secure.gateway : harness.gatewayUrl, key: token.secret } };
}

async function bothWays(given: Given, client: SocketClient, model?: string): Promise<Line[]> {
  const { expect, harness, token } = given;
  const { recordings } = harness.providers[client.provider];
  const ways = waysOf(given, client);
  const before = recordings.length;
  const direct = await client.talk(ways.direct, model);
  await expect.poll(() => recordings.at(-1)?.socket?.closing).not.toBeNull();
  const through = await client.talk(ways.through, model);
  await expect.poll(() => recordings.at(-1)?.socket?.closing).not.toBeNull();
  const [one, other] = recordings.slice(before);
  if (one === undefined || other === undefined) throw new Error("Each way must reach the provider once.");
  expect(recordings).toHaveLength(before + 2);
  expect(through).toEqual(direct);
  expect(handshakeOf(other)).toEqual(handshakeOf(one));
  expect(other.target).toMatch(/^\/[^/][^?]*(?:\?model=[^&]*)?$/);
  const key = KEYS[client.provider];
  const slot = client.provider === "gemini" ? `x-goog-api-key: ${key}` : `authorization: Bearer ${key}`;
  expect(credentialsOf(other)).toEqual([slot]);
  expect(placesOf(token.secret, other)).toEqual([]);
  expect(placesOf("of-the-holder", other)).toEqual([]);
  expect(placesOf("openai-insecure-api-key", other)).toEqual([]);
  expect(JSON.stringify(other.socket?.received)).not.toContain(token.secret);
  expect(JSON.stringify(through)).not.toContain(key);
  return through;
}

describe("nobody can tell a socket through the gateway from a direct one", () => {
  for (const client of [...CLIENTS, ...MORE]) {
    test(`by ${client.name}`, async ({ harness, token, secure, expect }) => {
      const lines = await bothWays({ harness, token, secure, expect }, client);
      expect(lines.length).toBeGreaterThan(1);
      expect(lines.at(-1)?.[0]).toBe("close");
      expect(lines.filter(([kind]) => kind === "error" || kind === "threw")).toEqual([]);
    });
  }

  test("a provider that closes with a code and a reason", async ({ harness, token, secure, expect }) => {
    for (const client of CLIENTS) {
      const lines = await bothWays({ harness, token, secure, expect }, client, "fake-close-4001");
      expect(JSON.stringify(lines)).toContain("4001");
    }
  });
});

const UNKNOWN = "This token is not valid here.";

describe("a refusal can be read", () => {
  for (const client of CLIENTS) {
    test(`the gateway's, by ${client.name}`, async ({ harness, secure, token, expect }) => {
      const { through } = waysOf({ harness, token, secure, expect }, client);
      const lines = await client.talk({ ...through, key: "a-token-that-nobody-issued" });
      expect(JSON.stringify(lines)).toContain(UNKNOWN);
      expect(JSON.stringify(lines)).toContain("1008");
    });
  }

  for (const client of CLIENTS.filter(({ tls }) => tls)) {
    test(`the provider's, by ${client.name}`, async ({ harness, secure, token, expect }) => {
      const { through } = waysOf({ harness, token, secure, expect }, client);
      const lines = JSON.stringify(await client.talk(through, "fake-status-429"));
      expect(lines).toContain("Rate limit reached for requests.");
      expect(lines).toContain('["close",1013,');
      const suspended = JSON.stringify(await client.talk(through, "fake-key-in-error"));
      expect(suspended).not.toContain(KEYS.openai);
      expect(suspended).toMatch(/\["close",10(08|13),/);
    });
  }
});
