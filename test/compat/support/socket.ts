import { connect } from "node:net";

/** An answer, read off a socket. */
export interface RawAnswer {
  /** 0: the connection was closed without an answer. */
  status: number;
  /** Names in lower case. */
  headers: Map<string, string>;
  /** Everything that came, as latin1. */
  text: string;
}

/** What a raw request is made of; everything goes out as it stands. */
export interface RawRequest {
  method?: string;
  /** The request target, byte for byte. */
  target: string;
  headers: string[];
  body?: string;
}

/** The bytes of a request whose connection closes after the answer; a character of the head is a byte of its code. */
export function bytesOf(origin: string, { method = "GET", target, headers, body = "" }: RawRequest): Buffer {
  const length = body === "" ? [] : [`content-length: ${Buffer.byteLength(body)}`];
  const lines = [`${method} ${target} HTTP/1.1`, `host: ${new URL(origin).host}`, "connection: close"];
  const head = `${[...lines, ...headers, ...length].join("\r\n")}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), Buffer.from(body, "utf8")]);
}

function parseAnswer(text: string): RawAnswer {
  const [head = ""] = text.split("\r\n\r\n", 1);
  const [first = "", ...lines] = head.split("\r\n");
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(first)?.[1] ?? 0), headers: new Map(headers), text };
}

/**
 * Sends a request over a plain socket: no client tidies its path or its headers.
 *
 * @param origin where to connect
 * @param request what to send
 */
export function sendRaw(origin: string, request: RawRequest): Promise<RawAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RawAnswer>();
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.setTimeout(5_000, () => socket.destroy(new Error("No answer within 5 s.")));
  socket.on("data", (chunk) => received.push(chunk));
  socket.on("error", reject);
  socket.on("close", () => resolve(parseAnswer(Buffer.concat(received).toString("latin1"))));
  socket.write(bytesOf(origin, request));
  return promise;
}
