import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A port that leads straight to another one. */
export interface Front {
  /** Origin without a slash at the end. */
  url: string;
  close(): Promise<void>;
}

/** Ends one side as the other side ended: a connection that was torn down is not one that was closed in peace. */
function joinEnds(one: Socket, other: Socket): void {
  one.pipe(other);
  one.on("error", () => other.resetAndDestroy());
  one.on("close", () => other.destroySoon());
}

/**
 * Opens a port on 127.0.0.1 that passes every byte on to a Worker's own socket. wrangler's dev proxy, which would stand there
 * otherwise, swallows a client that leaves early and rewrites some headers; a deployed Worker has nothing of the kind before it.
 *
 * @param port 0: any free one
 * @param target origin of the Worker's socket
 * @throws where the port can't be listened on
 */
export async function openFront(port: number, target: string): Promise<Front> {
  const { hostname, port: targetPort } = new URL(target);
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const worker = connect({ host: hostname, port: Number(targetPort), allowHalfOpen: true, noDelay: true });
    for (const socket of [client, worker]) {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
    }
    joinEnds(client, worker);
    joinEnds(worker, client);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: listening } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${listening}`,
    async close() {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
