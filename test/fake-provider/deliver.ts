import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Answer, Call, Frame } from "./call.ts";
import type { Recording } from "./recording.ts";

/** Where an answer goes, and what it is written down in. */
export interface Delivery {
  call: Call;
  response: ServerResponse;
  recording: Recording;
  headers: [name: string, value: string][];
  errorFrame: string;
}

function writeHead({ response, recording, headers }: Delivery, status: number, own: Record<string, string>): void {
  recording.status = status;
  response.statusCode = status;
  // Twice the same name becomes two header lines, as with a provider's two cookies.
  for (const [name, value] of headers) response.appendHeader(name, value);
  for (const [name, value] of Object.entries(own)) response.setHeader(name, value);
}

async function write({ response, recording }: Delivery, text: string | Buffer, piece: boolean): Promise<void> {
  if (response.destroyed) return;
  recording.sent.push({ at: performance.now(), bytes: Buffer.byteLength(text), piece });
  if (!response.write(text)) await Promise.race([once(response, "drain"), recording.closed]);
}

function cut({ response, recording }: Delivery): void {
  recording.cut = true;
  response.socket?.resetAndDestroy();
}

async function never(delivery: Delivery, frame: Frame, gapMs: number): Promise<void> {
  while (!delivery.response.destroyed) {
    await Promise.race([pause(gapMs), delivery.recording.closed]);
    await write(delivery, frame.text, true);
  }
}

async function sendFrames(delivery: Delivery, frames: Frame[]): Promise<void> {
  const { plan } = delivery.call;
  const half = Math.ceil(frames.filter((frame) => frame.piece).length / 2);
  let pieces = 0;
  for (const frame of frames) {
    if (frame.piece && pieces > 0 && plan.gapMs > 0) await Promise.race([pause(plan.gapMs), delivery.recording.closed]);
    if (delivery.response.destroyed) return;
    await write(delivery, frame.text, frame.piece);
    if (!frame.piece) continue;
    pieces += 1;
    if (pieces === half && plan.end === "reset") return cut(delivery);
    if (pieces === half && plan.end === "error") {
      await write(delivery, delivery.errorFrame, false);
      break;
    }
    if (pieces === half && plan.end === "never") await never(delivery, frame, plan.gapMs);
  }
  delivery.response.end();
}

async function sendWhole(delivery: Delivery, body: string | Buffer): Promise<void> {
  const { response, call } = delivery;
  let bytes = Buffer.from(body);
  if (call.plan.gzip && /\bgzip\b/.test(String(call.headers["accept-encoding"]))) {
    bytes = gzipSync(bytes);
    response.setHeader("content-encoding", "gzip");
  }
  response.setHeader("content-length", bytes.length);
  if (call.plan.end === "complete") {
    await write(delivery, bytes, false);
    response.end();
    return;
  }
  await write(delivery, bytes.subarray(0, Math.ceil(bytes.length / 2)), false);
  if (call.plan.end === "never") {
    await delivery.recording.closed;
    return;
  }
  // A reset takes along what hasn't been read yet.
  await Promise.race([pause(call.plan.gapMs), delivery.recording.closed]);
  cut(delivery);
}

/** Sends an answer in the way that the call's plan asks for, writing down when each part went. */
export async function deliver(delivery: Delivery, answer: Answer): Promise<void> {
  const { call, recording, response } = delivery;
  if (call.plan.firstByteMs > 0) await Promise.race([pause(call.plan.firstByteMs), recording.closed]);
  if (response.destroyed) return;
  if (answer.kind === "whole") {
    writeHead(delivery, answer.status, answer.headers);
    await sendWhole(delivery, answer.body);
    return;
  }
  writeHead(delivery, 200, answer.headers);
  response.flushHeaders();
  await sendFrames({ ...delivery, errorFrame: answer.errorFrame ?? delivery.errorFrame }, answer.frames);
}
