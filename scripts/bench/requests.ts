import { questionOf } from "./answers.ts";
import type { Stand } from "./stand.ts";

/** Whom a request goes to: the provider itself, a bare Worker before it, or the gateway with one of its tokens. */
export type Way = "direct" | "baseline" | "least" | "relay" | "open" | "unlimited" | "limited";

type BareWay = Exclude<Way, keyof Stand["tokens"]>;
const BARE: ReadonlySet<Way> = new Set<BareWay>(["direct", "baseline", "least", "relay"]);
const isBare = (way: Way): way is BareWay => BARE.has(way);

/** Where every way is asked. */
export const PATH = "/v1/chat/completions";

/** The port of a way. */
export const portOf = ({ ports }: Stand, way: Way): number => (isBare(way) ? ports[way] : ports.gateway);

/** The API key of a way: behind no gateway, a provider key. */
export const keyOf = ({ tokens }: Stand, way: Way): string => (isBare(way) ? "sk-bench" : tokens[way].secret);

/** A POST that asks for an answer. */
export interface Question {
  /** Path and query. */
  target: string;
  /** Without those that follow from the body. */
  headers: Record<string, string>;
  body: string;
}

/**
 * What is asked on a way.
 *
 * @param answer what the provider shall answer, see provider.ts
 */
export const questionOn = (stand: Stand, way: Way, answer: string): Question => ({
  target: `${PATH}?bench=${answer}`,
  headers: headersWith(keyOf(stand, way)),
  body: questionOf(!answer.startsWith("json")),
});

/** The headers that a client sends, with its key. */
export const headersWith = (key: string): Record<string, string> => ({
  authorization: `Bearer ${key}`,
  "content-type": "application/json",
  accept: "application/json",
  "user-agent": "OpenAI/JS 7.57.0",
  "x-stainless-lang": "js",
});

/** A question, whole, as it goes over the wire. */
export function textOf({ target, headers, body }: Question): string {
  return [
    `POST ${target} HTTP/1.1`,
    "host: gateway.example",
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
}

/** A whole request on a way, see `questionOn`. */
export const requestOf = (stand: Stand, way: Way, answer: string): string => textOf(questionOn(stand, way, answer));
