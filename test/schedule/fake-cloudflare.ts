import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One call that reached the fake. */
export interface Call {
  method: string;
  path: string;
  headers: Record<string, unknown>;
  body: unknown;
}

/**
 * What goes wrong. `gone` is a Worker that was deleted; `echo` repeats the login in its error, `portal` is a page from something in between, `stuck` answers but switches
 * nothing.
 */
type Fault = "unauthorized" | "forbidden" | "gone" | "server" | "reset" | "slow" | "echo" | "portal" | "stuck";

const SUBDOMAIN = /^\/client\/v4\/accounts\/([^/]+)\/workers\/scripts\/([^/]+)\/subdomain$/;

const NO_WORKER = { code: 10007, message: "This Worker does not exist on your account." };

/** Cloudflare's API as far as `schedule.sh` uses it, on loopback. It records every call. */
export class FakeCloudflare {
  readonly calls: Call[] = [];
  accounts = [{ id: "account-one", name: "Example" }];
  /** The deployed Workers' addresses, by `account/script`. */
  readonly workers = new Map<string, { enabled: boolean; previews_enabled: boolean }>();
  private faults: { fault: Fault; times: number; match: string }[] = [];
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get base(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/client/v4`;
  }

  /** The calls that switched something, as `script enabled previews`. */
  get switches(): string[] {
    return this.calls
      .filter(({ method }) => method === "POST")
      .map(({ path, body }) => {
        const { enabled, previews_enabled: previews } = body as Record<string, boolean>;
        return `${SUBDOMAIN.exec(path)?.[2]} ${enabled ? "on" : "off"} ${previews ? "on" : "off"}`;
      });
  }

  /** The next `times` calls whose `METHOD path` contains `match` go wrong. */
  fail(fault: Fault, times = 1, match = ""): void {
    this.faults.push({ fault, times, match });
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const [path = ""] = (request.url ?? "").split("?");
    const method = request.method ?? "";
    const body: unknown = text ? JSON.parse(text) : undefined;
    this.calls.push({ method, path, headers: request.headers, body });
    const planned = this.faults.find(({ times, match }) => times > 0 && `${method} ${path}`.includes(match));
    if (planned) {
      planned.times -= 1;
      this.misbehave(planned.fault, request, response);
    } else if (path === "/client/v4/accounts") send(response, 200, this.accounts);
    else this.subdomain(path, method, body, response);
  }

  private subdomain(path: string, method: string, body: unknown, response: ServerResponse): void {
    const [, account, script] = SUBDOMAIN.exec(path) ?? [];
    const key = `${account}/${script}`;
    const worker = this.workers.get(key);
    if (account === undefined) send(response, 404, null, { code: 7003, message: "Could not route to the address." });
    else if (!worker) send(response, 404, null, NO_WORKER);
    else {
      if (method === "POST") this.workers.set(key, body as typeof worker);
      send(response, 200, this.workers.get(key));
    }
  }

  private misbehave(fault: Fault, request: IncomingMessage, response: ServerResponse): void {
    const login = String(request.headers.authorization).replace("Bearer ", "");
    const answers: Record<Fault, () => void> = {
      unauthorized: () => send(response, 401, null, { code: 10000, message: "Authentication error" }),
      forbidden: () => send(response, 403, null, { code: 9109, message: "Unauthorized to access requested resource" }),
      gone: () => send(response, 404, null, NO_WORKER),
      server: () => send(response, 500, null, { code: 10013, message: "An unknown error has occurred." }),
      echo: () => send(response, 400, null, { code: 6003, message: `Invalid header\n"Bearer ${login}"` }),
      reset: () => request.socket.destroy(),
      slow: () => void setTimeout(() => request.socket.destroy(), 2000).unref(),
      portal: () => void response.setHeader("content-type", "text/html").end("<h1>Welcome to our hotel</h1>"),
      stuck: () => send(response, 200, { enabled: true, previews_enabled: true }),
    };
    answers[fault]();
  }
}

function send(
  response: ServerResponse,
  status: number,
  result: unknown,
  error?: { code: number; message: string },
): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ success: !error, errors: error ? [error] : [], messages: [], result }));
}
