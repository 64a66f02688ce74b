import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { type Message, MessageReader } from "./message.ts";

const NO_BODY = /^HTTP\/1\.1 (?:1\d\d|204|304)/;

/** A provider made of bytes. */
export interface RawUpstream {
  /** Origin without a slash at the end. */
  url: string;
  port: number;
  /** Every request, as it arrived. */
  requests: Message[];
  /** What is answered, byte for byte; a pause is kept between the pieces. The connection is closed after them. */
  answer: readonly (string | Buffer)[];
  /** Answers that come before it, each for one request. */
  first: (readonly (string | Buffer)[])[];
  /** Keeps the connection open after the last piece. */
  holds: boolean;
  /** How many connections are open. */
  connections(): number;
  close(): Promise<void>;
}

/** How long the provider waits between two pieces of an answer, in ms. */
export const PAUSE_MS = 60;

async function serve(upstream: RawUpstream, socket: Socket): Promise<void> {
  const reader = new MessageReader(socket);
  const head = await reader.head();
  if (head.headers.some(([name]) => name.toLowerCase() === "expect")) socket.write("HTTP/1.1 100 Continue\r\n\r\n");
  upstream.requests.push({ ...head, ...(await reader.body(head.headers, false)) });
  const answer = upstream.first.shift() ?? upstream.answer;
  for (const [index, piece] of answer.entries()) {
    if (index > 0) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    socket.write(typeof piece === "string" ? Buffer.from(piece, "latin1") : piece);
  }
  if (!upstream.holds) socket.end();
}

/** Starts a provider on 127.0.0.1 that writes exactly the bytes that a test gives it. */
export async function startUpstream(): Promise<RawUpstream> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    // A client that leaves in the middle is no failure of the provider's.
    serve(upstream, socket).catch(() => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const upstream: RawUpstream = {
    url: `http://127.0.0.1:${port}`,
    port,
    requests: [],
    answer: [],
    first: [],
    holds: false,
    connections: () => open.size,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return upstream;
}

/** What a client saw of an answer. */
export interface Answer extends Message {
  /** Status lines of 1xx answers that came before. */
  interim: string[];
  /** When each piece of the answer arrived, ms after the request was written. */
  arrivals: number[];
}

/** A request in bytes. */
export interface RawRequest {
  head: string;
  body?: Buffer;
  /** Waits for `100 Continue` before the body is written. */
  waits?: boolean;
  /** Closes its side of the connection behind the body, and goes on reading. */
  ends?: boolean;
}

/**
 * Sends bytes and reads the answer.
 *
 * @param port on 127.0.0.1
 */
export async function exchange(port: number, { head, body, waits = false, ends = false }: RawRequest): Promise<Answer> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true });
  socket.on("error", () => undefined);
  const begun = Date.now();
  const arrivals: number[] = [];
  socket.on("data", () => arrivals.push(Date.now() - begun));
  const reader = new MessageReader(socket);
  try {
    socket.write(Buffer.from(head, "latin1"));
    if (!waits && body !== undefined) socket.write(body);
    if (ends) socket.end();
    const interim: string[] = [];
    let answer = await reader.head();
    while (answer.start.startsWith("HTTP/1.1 1")) {
      interim.push(answer.start);
      if (waits && body !== undefined) socket.write(body);
      answer = await reader.head();
    }
    const empty = NO_BODY.test(answer.start) || head.startsWith("HEAD ");
    const rest = empty ? { body: Buffer.alloc(0), trailers: [] } : await reader.body(answer.headers, true);
    return { ...answer, ...rest, interim, arrivals };
  } finally {
    socket.destroy();
  }
}
