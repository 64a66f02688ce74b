import { vi } from "vitest";
import { handle } from "../../../gateway/pipeline.ts";
import { targetOf } from "../../../gateway/target.ts";
import { gatewayEnv } from "./gateway.ts";
import type { WildRequest } from "./wild-requests.ts";

/** A request as it went upstream. */
export interface Upstream {
  url: string;
  method: string;
  headers: Headers;
  body: Uint8Array;
}

/** What can be seen around the gateway while a property runs. */
export interface Surroundings {
  sent: Upstream[];
  /** Lines of the Worker's log. */
  logged: string[];
  answer: () => Response;
}

const BODYLESS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/** Stands in for all providers and for the log. `vi.restoreAllMocks` ends it. */
export function surround(): Surroundings {
  const around: Surroundings = { sent: [], logged: [], answer: () => Response.json({}) };
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((line: string) => void around.logged.push(line));
  }
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init = {}) => {
    const body = await new Response(init.body as BodyInit | null).bytes();
    around.sent.push({
      url: typeof input === "string" ? input : new Request(input).url,
      method: init.method ?? "",
      headers: new Headers(init.headers),
      body,
    });
    return around.answer();
  });
  return around;
}

/** The body that a wild request really has: a GET can't carry one. */
export const bodyOf = (wild: WildRequest): Uint8Array<ArrayBuffer> | null =>
  BODYLESS.has(wild.method) ? null : wild.body;

/** Path and query of a wild request, as a client would write them. */
export function targetText(wild: WildRequest): string {
  const query = wild.pairs.map((pair) => pair.text).join("&");
  return wild.path + (wild.pairs.length === 0 ? "" : `?${query}`);
}

/** Method, headers and body of a wild request. */
export function initOf(wild: WildRequest): RequestInit {
  const headers = new Headers();
  for (const { name, value } of wild.headers) headers.append(name, value);
  for (const name of wild.hops) headers.append("connection", name);
  const body = bodyOf(wild);
  // As clients send it; it also lets the gateway keep the body for the relay.
  if (body !== null) headers.set("content-length", String(body.length));
  return { method: wild.method, headers, body };
}

/** Sends a wild request through the pipeline; its target is raw, as the deployed runtime gives it. */
export function sendRaw(wild: WildRequest): Promise<Response> {
  const target = targetOf(`https://gateway.example${targetText(wild)}`);
  return handle(new Request("https://gateway.example/", initOf(wild)), target, gatewayEnv, () => undefined);
}
