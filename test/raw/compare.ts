import { test as base } from "vitest";
import { type RawGateway, start } from "./harness.ts";
import { recordOf } from "./record.ts";
import { header, type Message } from "./message.ts";
import { type Answer, exchange, type RawRequest, type RawUpstream, startUpstream } from "./wire.ts";

const CRLF = "\r\n";
/** A token that the gateway knows. */
export const TOKEN = "typed-token-of-the-raw-tests";
const KEY = "fake-openai-key-of-the-raw-tests";

/** A request, with a provider's answer to it. */
export interface Case {
  /** Method, target. */
  line?: string;
  headers?: readonly string[];
  body?: Buffer;
  waits?: boolean;
  /** Status line, headers and body, in pieces between which the provider waits. */
  answer: readonly (string | Buffer)[];
}

/** One way: what the provider saw, and what the client got. */
interface Way {
  seen: Message | undefined;
  got: Answer;
}

/** Both ways of one case. */
export interface Ways {
  direct: Way;
  through: Way;
}

/** The running pieces. */
export interface Raw {
  gateway: RawGateway;
  upstream: RawUpstream;
  /** Sends a case through the gateway alone. */
  through(wanted: Case): Promise<Way>;
  /** Sends a case straight to the provider and then through the gateway. */
  both(wanted: Case): Promise<Ways>;
}

function requestOf(
  { line = "POST /v1/responses", headers = [], body, waits = false }: Case,
  credential: string,
): RawRequest {
  const lines = [`${line} HTTP/1.1`, "Host: provider.example", `Authorization: Bearer ${credential}`, ...headers];
  return { head: lines.join(CRLF) + CRLF + CRLF, waits, ...(body !== undefined && { body }) };
}

async function oneWay(upstream: RawUpstream, port: number, wanted: Case, credential: string): Promise<Way> {
  upstream.requests.length = 0;
  upstream.answer = wanted.answer;
  const got = await exchange(port, requestOf(wanted, credential));
  return { seen: upstream.requests[0], got };
}

/**
 * Starts a provider made of bytes and a gateway before it.
 *
 * @param key the gateway's secret for the provider
 */
export async function startRaw(key = KEY): Promise<Raw & { dispose(): Promise<void> }> {
  const upstream = await startUpstream();
  const gateway = await start({
    upstreams: { openai: upstream.url },
    keys: { openai: key },
    // These tests are about the wire: nothing that a provider has is closed to them.
    records: [await recordOf("rawrawrawr", TOKEN, { endpoints: "all" })],
  });
  const port = Number(new URL(gateway.url).port);
  const through = (wanted: Case): Promise<Way> => oneWay(upstream, port, wanted, TOKEN);
  return {
    gateway,
    upstream,
    through,
    async both(wanted) {
      return { direct: await oneWay(upstream, upstream.port, wanted, KEY), through: await through(wanted) };
    },
    async dispose() {
      await gateway.dispose();
      await upstream.close();
    },
  };
}

/** A test with the gateway on bare workerd, in front of a provider made of bytes. */
export const test = base.extend(
  "raw",
  { scope: "worker" },
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
  async ({}, { onCleanup }): Promise<Raw> => {
    const raw = await startRaw();
    onCleanup(() => raw.dispose());
    return raw;
  },
);

/**
 * Headers that are compared by what they mean, not by their lines: these belong to one connection (RFC 9110 §7.6.1), and a
 * request without a body may say so or not (RFC 9110 §8.6).
 */
const isHop = ([name, value]: readonly [string, string]): boolean =>
  ["host", "connection", "expect", "trailer"].includes(name) || (name === "content-length" && value === "0");

/**
 * A message for comparing: names in lower case and sorted, since the runtime writes the ones that it knows first; lines of
 * one name joined, which means the same (RFC 9110 §5.3).
 */
export function viewOf(message: Message | undefined): object | undefined {
  if (message === undefined) return undefined;
  const lines = message.headers
    .map(([name, value]): [string, string] => [name.toLowerCase(), value])
    .filter((pair) => !isHop(pair));
  const joined = [...Map.groupBy(lines, ([name]) => name)].map(([name, same]) => [
    name,
    same.map(([, value]) => value).join(", "),
  ]);
  const headers: object = Object.fromEntries(joined);
  return { start: message.start, headers, body: message.body.toString("latin1") };
}

/** The code of a refusal by the gateway. */
export const refusalOf = ({ headers }: Answer): string | undefined => header(headers, "x-doppelgate-error");
