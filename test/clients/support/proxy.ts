import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { text } from "node:stream/consumers";

/** Something that a client tried to reach besides the gateway. */
export interface Stray {
  /** `host:port`, or the address of a plain request. */
  where: string;
  /** What it sent, as far as it isn't encrypted. */
  sent: string;
}

/** A proxy that leads nowhere. */
export interface DeadProxy {
  url: string;
  /** Oldest first; a test may empty it. */
  strays: Stray[];
  close(): Promise<void>;
}

/** Starts a proxy on 127.0.0.1 that writes down what it is asked for and refuses it. */
export async function startDeadProxy(): Promise<DeadProxy> {
  const strays: Stray[] = [];
  const refuse = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const stray = { where: request.url ?? "", sent: request.rawHeaders.join("\n") };
    strays.push(stray);
    stray.sent += `\n${await text(request)}`;
    response.writeHead(502).end();
  };
  const server = createServer((request, response) => {
    refuse(request, response).catch(() => response.destroy());
  });
  server.on("connect", (request, socket) => {
    strays.push({ where: request.url ?? "", sent: request.rawHeaders.join("\n") });
    // A client that leaves at once is no error of ours.
    socket.on("error", () => socket.destroy());
    socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}`, strays, close };
}
