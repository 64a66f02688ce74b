// Loaded before a peer's own server (`node --import`): it listens on 127.0.0.1 alone, whatever address it asks for, or doesn't.
import { type ListenOptions, Server } from "node:net";

const listen = Reflect.get(Server.prototype, "listen") as (
  this: Server,
  options: ListenOptions,
  heard?: () => void,
) => Server;

Server.prototype.listen = function (this: Server, port?: unknown, ...rest: unknown[]): Server {
  const heard = rest.find((one) => typeof one === "function") as (() => void) | undefined;
  return listen.call(this, { port: Number(port), host: "127.0.0.1" }, heard);
};
