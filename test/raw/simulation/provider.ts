import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { between } from "./random.ts";

/** What the provider has written down of one call. */
export interface Booked {
  /** Names the call in what it reported: `…details.serial_tokens`. */
  serial: number;
  /** The model that was asked for. */
  model: string;
  /** The tokens that it reported, or would have reported at the end. */
  input: number;
  output: number;
  /** Whether the report went out whole. */
  reported: boolean;
  /** Output tokens that had left when the caller went; what a real provider would bill then. */
  sent: number;
}

/** A provider with random answers and books of its own. */
export interface SimulatedProvider {
  /** Origin without a slash at the end. */
  url: string;
  /** By serial number. */
  books: Map<number, Booked>;
  close(): Promise<void>;
}

interface Asked {
  model: string;
  stream: boolean;
  most: number;
  bytes: number;
  anthropic: boolean;
  /** Whether the stream of a chat shall report what it used. */
  usage: boolean;
}

async function readAsked(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const { model, stream, max_tokens, stream_options } = JSON.parse(body.toString()) as {
    model: string;
    stream?: boolean;
    max_tokens: number;
    stream_options?: { include_usage?: boolean };
  };
  const anthropic = (request.url ?? "").startsWith("/v1/messages");
  const usage = stream_options?.include_usage === true;
  return { model, stream: stream === true, most: max_tokens, bytes: body.length, anthropic, usage };
}

const details = (serial: number): object => ({ serial_tokens: serial });

function openAiUsage({ input, output, serial }: Booked): object {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    completion_tokens_details: details(serial),
  };
}

function answerOf(booked: Booked, anthropic: boolean): object {
  const { input, output, serial, model } = booked;
  const words = "word ".repeat(output);
  return anthropic
    ? {
        type: "message",
        role: "assistant",
        model,
        content: [{ type: "text", text: words }],
        usage: { input_tokens: input, output_tokens: output, output_tokens_details: details(serial) },
      }
    : {
        object: "chat.completion",
        model,
        choices: [{ index: 0, message: { role: "assistant", content: words }, finish_reason: "stop" }],
        usage: openAiUsage(booked),
      };
}

const event = (name: string | null, data: object | string): string =>
  `${name === null ? "" : `event: ${name}\n`}data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;

/** A chat's chunk; `usage` stands in each one where it was asked for. */
const chunk = (usage: boolean, data: object): string => event(null, usage ? { ...data, usage: null } : data);

function firstEvents({ input, model, serial }: Booked, { anthropic, usage: asked }: Asked): string {
  if (!anthropic) return chunk(asked, { model, choices: [{ index: 0, delta: { role: "assistant" } }] });
  const usage = { input_tokens: input, output_tokens: 1, output_tokens_details: details(serial) };
  return event("message_start", { type: "message_start", message: { model, usage } });
}

function delta({ anthropic, usage }: Asked): string {
  const text = "word ";
  return anthropic
    ? event("content_block_delta", { type: "content_block_delta", index: 0, delta: { type: "text_delta", text } })
    : chunk(usage, { choices: [{ index: 0, delta: { content: text } }] });
}

function lastEvents(booked: Booked, { anthropic, usage: asked }: Asked): string {
  if (!anthropic) {
    const report = asked ? event(null, { model: booked.model, choices: [], usage: openAiUsage(booked) }) : "";
    return report + event(null, "[DONE]");
  }
  const usage = { output_tokens: booked.output, output_tokens_details: details(booked.serial) };
  return (
    event("message_delta", { type: "message_delta", delta: {}, usage }) +
    event("message_stop", { type: "message_stop" })
  );
}

/**
 * Starts a provider on 127.0.0.1 that speaks OpenAI's chat and Anthropic's messages, JSON and streams, takes random time,
 * fails at random, sends back what comes over a socket until it closes that at random, and never reports more than it was allowed: input below the bytes of the request, output up to
 * `max_tokens`.
 *
 * @param random gives numbers below 1
 */
export async function startProvider(random: () => number): Promise<SimulatedProvider> {
  const books = new Map<number, Booked>();
  let serial = 0;

  async function stream(response: ServerResponse, booked: Booked, asked: Asked): Promise<void> {
    const breaksAt = random() < 0.03 ? between(random, 1, booked.output) : null;
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(firstEvents(booked, asked));
    while (booked.sent < booked.output) {
      if (response.destroyed) return;
      if (booked.sent === breaksAt) return void response.destroy();
      const some = Math.min(booked.output - booked.sent, between(random, 1, 10));
      response.write(delta(asked).repeat(some));
      booked.sent += some;
      await sleep(between(random, 0, 3));
    }
    if (response.destroyed) return;
    booked.reported = asked.anthropic || asked.usage;
    response.end(lastEvents(booked, asked));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await readAsked(request);
    await sleep(between(random, 0, 20));
    const luck = random();
    if (luck < 0.02) return void response.destroy();
    const status = luck < 0.04 ? 500 : luck < 0.06 ? 429 : luck < 0.08 ? 400 : 200;
    if (status !== 200) {
      response.writeHead(status, { "content-type": "application/json" });
      return void response.end(JSON.stringify({ error: { message: "simulated", type: "simulated" } }));
    }
    const input = between(random, 1, asked.bytes);
    const output = between(random, 1, asked.most);
    const booked: Booked = { serial: ++serial, model: asked.model, input, output, reported: false, sent: 0 };
    books.set(booked.serial, booked);
    if (asked.stream) return stream(response, booked, asked);
    const body = JSON.stringify(answerOf(booked, asked.anthropic));
    if (response.destroyed) return;
    booked.sent = output;
    booked.reported = true;
    response.writeHead(200, { "content-type": "application/json", "content-length": Buffer.byteLength(body) });
    response.end(body);
  }

  const server = createServer((request, response) => {
    // A caller that leaves in the middle of its request.
    serve(request, response).catch(() => response.destroy());
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
  server.on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (opened) => {
      opened.on("error", () => opened.terminate());
      opened.on("message", (data, binary) => {
        const luck = random();
        if (luck < 0.02) opened.terminate();
        else if (luck < 0.1) opened.close(1000);
        else opened.send(data, { binary });
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    books,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
