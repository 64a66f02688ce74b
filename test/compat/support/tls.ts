import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createServer, getCACertificates, setDefaultCACertificates } from "node:tls";
import { selfSigned } from "./certificate.ts";

/** A port that speaks TLS in front of one that doesn't. */
export interface Tls {
  /** Origin with `https:`. */
  url: string;
  close(): Promise<void>;
}

const identity = selfSigned("localhost");
let isTrusted = false;

/** The native WebSocket can't be told whom to trust, so this process trusts the certificate. */
function trust(): void {
  if (isTrusted) return;
  setDefaultCACertificates([...getCACertificates("default"), identity.cert]);
  isTrusted = true;
}

/**
 * Opens a TLS port on this machine that leads to another port.
 *
 * @param target origin of what answers
 */
export async function openTls(target: string): Promise<Tls> {
  trust();
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  const server = createServer(identity, (client) => {
    const inner = connect(Number(port), hostname);
    for (const socket of [client, inner]) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
    }
    client.pipe(inner);
    inner.pipe(client);
    client.on("error", () => inner.resetAndDestroy());
    inner.on("error", () => client.destroy());
    client.on("close", () => inner.destroySoon());
    inner.on("close", () => client.destroySoon());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const listening = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `https://localhost:${listening}`,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
