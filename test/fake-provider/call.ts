import { createHash, randomUUID } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { field, parse, string } from "./json.ts";
import { planOf, type Plan } from "./plan.ts";

/** A request, read whole and parsed: what a handler answers from. */
export interface Call {
  method: string;
  /** Decoded by nobody: the path as it came, without the query. */
  path: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** The parsed body; undefined where it isn't JSON. */
  json: unknown;
  model: string;
  plan: Plan;
  /** Origin of this fake provider, for answers that hold absolute addresses. */
  origin: string;
  /** An id that the same request gets again. */
  id(prefix: string): string;
}

/** One write of a stream. */
export interface Frame {
  text: string;
  /** True for a piece of the answer's text: pauses and cuts go by these. */
  piece: boolean;
}

/** What a handler wants to be sent. */
export type Answer =
  | { kind: "whole"; status: number; headers: Record<string, string>; body: string | Buffer }
  | { kind: "stream"; headers: Record<string, string>; frames: Frame[]; errorFrame?: string };

/** A fixed moment, so that two runs of the same request compare equal: 2026-11-01T00:00:00Z. */
export const CREATED = 1_793_491_200;
/** The same moment in ISO 8601. */
export const CREATED_ISO = new Date(CREATED * 1000).toISOString();

/** Ten hexadecimal digits and more out of any text. */
export function digest(text: string | Buffer): string {
  return createHash("sha256").update(text).digest("hex");
}

/** What `readCall` is made from. */
export interface RawCall {
  method: string;
  target: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  origin: string;
}

function modelOf(raw: RawCall, path: string, json: unknown): string {
  const asked = raw.headers["x-fake-model"];
  if (typeof asked === "string") return asked;
  const inBody = string(field(json, "model"));
  if (inBody !== "") return inBody.replace(/^models\//, "");
  const inPath = /\/models\/([^/:?]+)/.exec(path)?.[1];
  if (inPath !== undefined) return inPath;
  return /name="model"(?:\r\n[^\r]+)*\r\n\r\n([^\r]+)/.exec(raw.body.toString("latin1"))?.[1] ?? "";
}

/** Parses a request. */
export function readCall(raw: RawCall): Call {
  const mark = raw.target.indexOf("?");
  const path = mark < 0 ? raw.target : raw.target.slice(0, mark);
  const query = new URLSearchParams(mark < 0 ? "" : raw.target.slice(mark + 1));
  const json = parse(raw.body.toString("utf8"));
  const model = modelOf(raw, path, json);
  const plan = planOf(model);
  const seed = plan.randomIds ? randomUUID() : `${raw.method} ${path} ${digest(raw.body)}`;
  const id = (prefix: string): string => `${prefix}${digest(`${prefix} ${seed}`).slice(0, 24)}`;
  return {
    method: raw.method,
    path,
    query,
    headers: raw.headers,
    body: raw.body,
    json,
    model,
    plan,
    origin: raw.origin,
    id,
  };
}

/** An answer in one piece of JSON. */
export function whole(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  const body = `${JSON.stringify(value, null, 2)}\n`;
  return { kind: "whole", status, headers: { "content-type": "application/json", ...headers }, body };
}
