import type { Socket } from "node:net";

/** An HTTP/1.1 message as its bytes say, names and values not touched. Latin-1, so that each byte is one character. */
export interface Message {
  /** The request line or the status line. */
  start: string;
  headers: [name: string, value: string][];
  /** Without the frames of a chunked body. */
  body: Buffer;
  trailers: string[];
}

/** Reads a socket piece by piece. */
class Reader {
  #bytes = Buffer.alloc(0);
  #ended = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    const finish = (): void => {
      this.#ended = true;
      this.#wake();
    };
    socket.on("data", (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#wake();
    });
    socket.on("end", finish);
    socket.on("close", finish);
    socket.on("error", finish);
  }

  async #more(): Promise<void> {
    if (this.#ended) throw new Error(`The connection ended early, after ${this.#bytes.toString("latin1")}`);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    await promise;
  }

  /** @returns what comes before a mark, which is read too */
  async until(mark: string): Promise<string> {
    for (;;) {
      const at = this.#bytes.indexOf(mark);
      if (at >= 0) return (await this.exactly(at + mark.length)).subarray(0, at).toString("latin1");
      await this.#more();
    }
  }

  async exactly(length: number): Promise<Buffer> {
    while (this.#bytes.length < length) await this.#more();
    const bytes = this.#bytes.subarray(0, length);
    this.#bytes = this.#bytes.subarray(length);
    return bytes;
  }

  async toEnd(): Promise<Buffer> {
    while (!this.#ended) await this.#more();
    return this.exactly(this.#bytes.length);
  }
}

/** The first value of a header; its name in any case. */
export function header(headers: Message["headers"], name: string): string | undefined {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1];
}

function linesOf(head: string): Pick<Message, "start" | "headers"> {
  const [start = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { start, headers };
}

async function chunked(reader: Reader): Promise<Pick<Message, "body" | "trailers">> {
  const chunks: Buffer[] = [];
  for (;;) {
    const size = Number.parseInt(await reader.until("\r\n"), 16);
    if (size === 0) break;
    chunks.push(await reader.exactly(size));
    await reader.exactly(2);
  }
  const trailers: string[] = [];
  for (let line = await reader.until("\r\n"); line !== ""; line = await reader.until("\r\n")) trailers.push(line);
  return { body: Buffer.concat(chunks), trailers };
}

/** Takes messages off one connection, one after the other. */
export class MessageReader {
  readonly #reader: Reader;

  constructor(socket: Socket) {
    this.#reader = new Reader(socket);
  }

  /** Start line and headers alone. */
  async head(): Promise<Pick<Message, "start" | "headers">> {
    return linesOf(await this.#reader.until("\r\n\r\n"));
  }

  /**
   * The body that belongs to a head (RFC 9112 §6.3).
   *
   * @param untilEnd whether a body without a length ends with the connection, as a response's does
   */
  async body(headers: Message["headers"], untilEnd: boolean): Promise<Pick<Message, "body" | "trailers">> {
    if (/chunked/i.test(header(headers, "transfer-encoding") ?? "")) return chunked(this.#reader);
    const length = header(headers, "content-length");
    if (length !== undefined) return { body: await this.#reader.exactly(Number(length)), trailers: [] };
    return { body: untilEnd ? await this.#reader.toEnd() : Buffer.alloc(0), trailers: [] };
  }
}
