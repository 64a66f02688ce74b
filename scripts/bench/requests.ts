import { questionOf } from "./answers.ts";
import type { Stand } from "./stand.ts";

/** Whom a request goes to: the provider itself, the bare Worker before it, or the gateway with one of its tokens. */
export type Way = "direct" | "baseline" | "open" | "unlimited" | "limited";

const PATH = "/v1/chat/completions";

/** The port of a way. */
export const portOf = ({ ports }: Stand, way: Way): number =>
  way === "direct" || way === "baseline" ? ports[way] : ports.gateway;

/** The API key of a way: behind no gateway, a provider key. */
export const keyOf = ({ tokens }: Stand, way: Way): string =>
  way === "direct" || way === "baseline" ? "sk-bench" : tokens[way].secret;

/**
 * A whole request.
 *
 * @param answer what the provider shall answer, see provider.ts
 */
export function requestOf(stand: Stand, way: Way, answer: string): string {
  const body = questionOf(!answer.startsWith("json"));
  return [
    `POST ${PATH}?bench=${answer} HTTP/1.1`,
    "host: gateway.example",
    `authorization: Bearer ${keyOf(stand, way)}`,
    "content-type: application/json",
    "accept: application/json",
    "user-agent: OpenAI/JS 7.57.0",
    "x-stainless-lang: js",
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
}
