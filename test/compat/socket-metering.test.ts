import { describe } from "vitest";
import type { Way } from "./support/clients.ts";
import { GENAI_3_LIVE, live } from "./support/gemini-sockets.ts";
import { realtimeNative, realtimeWs, responsesWs } from "./support/openai-sockets.ts";
import type { Line } from "./support/talk.ts";
import { test as base } from "./support/test.ts";
import { openTls } from "./support/tls.ts";

/** TLS in front of the gateway: OpenAI's Realtime classes dial `wss:`, whatever the base URL. */
const test = base.extend("secure", { scope: "file" }, async ({ harness }, { onCleanup }) => {
  const gateway = await openTls(harness.gatewayUrl);
  onCleanup(() => gateway.close());
  return gateway.url;
});

/** A socket client, and where the provider's report stands in what it hears at the end of a turn. */
interface SocketClient {
  name: string;
  tls: boolean;
  turns: number;
  talk(way: Way): Promise<Line[]>;
  input: RegExp;
  output: RegExp;
}

const OPENAI = {
  input: /"type":"response\.(?:done|completed)".*?"input_tokens":(\d+)/,
  output: /"type":"response\.(?:done|completed)".*?"output_tokens":(\d+)/,
};

const CLIENTS: readonly SocketClient[] = [
  { name: "openai 7 OpenAIRealtimeWS", tls: true, turns: 1, talk: (way) => realtimeWs(way), ...OPENAI },
  { name: "openai 7 OpenAIRealtimeWebSocket", tls: true, turns: 1, talk: (way) => realtimeNative(way), ...OPENAI },
  { name: "openai 7 ResponsesWS", tls: false, turns: 2, talk: (way) => responsesWs(way), ...OPENAI },
  {
    name: "@google/genai 3 Live",
    tls: false,
    turns: 2,
    talk: (way) => live(GENAI_3_LIVE, way),
    input: /"promptTokenCount":(\d+)/,
    output: /"responseTokenCount":(\d+)/,
  },
];

interface Entry {
  id: string;
  counts: { input: number; output: number } | null;
  estimated: boolean;
}

describe("a turn on a socket is metered as the provider reported it, by a token for inference", () => {
  for (const client of CLIENTS) {
    test(client.name, { timeout: 30_000 }, async ({ harness, secure, expect }) => {
      const { id, secret } = await harness.admin.issue({ endpoints: "inference" });
      const lines = await client.talk({ url: client.tls ? secure : harness.gatewayUrl, key: secret });
      const reported = lines
        .map((line) => JSON.stringify(line))
        .flatMap((text) => {
          const [input, output] = [client.input.exec(text)?.[1], client.output.exec(text)?.[1]];
          return input === undefined ? [] : [{ input: Number(input), output: Number(output) }];
        });
      expect(reported).toHaveLength(client.turns);
      const metered = async (): Promise<Pick<Entry, "counts" | "estimated">[]> => {
        const { requests } = (await harness.admin.read(`tokens/${id}/requests`)) as { requests: Entry[] };
        // Newest first; the socket itself, which used nothing beside its turns, is the last to be told.
        return requests
          .filter(({ counts }) => counts !== null)
          .toReversed()
          .map(({ counts, estimated }) => ({
            counts: counts && { input: counts.input, output: counts.output },
            estimated,
          }));
      };
      await expect.poll(metered, { timeout: 15_000 }).toEqual(reported.map((counts) => ({ counts, estimated: false })));
    });
  }
});
