import { test as base } from "vitest";
import { type RawGateway, start } from "../../raw/harness.ts";
import { recordOf } from "../../raw/record.ts";
import { exchange, type RawUpstream, startUpstream } from "../../raw/wire.ts";

/** A token for everything that OpenAI has. */
export const ALL = "typed-token-for-everything";
/** A token for asking models alone. */
export const INFERENCE = "typed-token-for-inference";
/** OpenAI's key. */
export const KEY = "fake-openai-key-of-the-attacks";

const ANSWER = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";

/** What became of a request in bytes. */
export interface Outcome {
  /** 0: the connection was closed without an answer. */
  status: number;
  /** Of the gateway's own refusal; null: the answer is the runtime's, or the provider's. */
  code: string | null;
  /** Every request that the provider got meanwhile: line, headers and body, a byte a character. */
  upstream: { start: string; headers: [string, string][]; body: string }[];
  text: string;
}

/** The gateway on bare workerd, in front of a provider that says yes to all. */
export interface RawHouse {
  gateway: RawGateway;
  upstream: RawUpstream;
  /** Sends bytes as they are. */
  send(head: string, body?: Buffer): Promise<Outcome>;
}

/** A test with it. */
export const test = base.extend(
  "raw",
  { scope: "worker" },
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
  async ({}, { onCleanup }): Promise<RawHouse> => {
    const upstream = await startUpstream();
    const records = [await recordOf("everything", ALL, { endpoints: "all" }), await recordOf("inference0", INFERENCE)];
    const gateway = await start({ upstreams: { openai: upstream.url }, keys: { openai: KEY }, records });
    onCleanup(async () => {
      await gateway.dispose();
      await upstream.close();
    });
    const port = Number(new URL(gateway.url).port);
    upstream.answer = [ANSWER];
    return {
      gateway,
      upstream,
      async send(head, body) {
        upstream.requests.length = 0;
        const answer = await exchange(port, { head, ...(body !== undefined && { body }) }).catch(() => null);
        const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(answer?.start ?? "")?.[1] ?? 0);
        const code = answer?.headers.find(([name]) => name.toLowerCase() === "x-doppelgate-error")?.[1] ?? null;
        const seen = upstream.requests.map((one) => ({ ...one, body: one.body.toString("latin1") }));
        return { status, code, upstream: seen, text: answer?.body.toString("latin1") ?? "" };
      },
    };
  },
);
