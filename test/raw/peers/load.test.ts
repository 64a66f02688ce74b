import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, it } from "vitest";
import { JSON_ANSWER } from "../../../scripts/bench/answers.ts";
import type { LoadJob } from "../../../scripts/bench/jobs.ts";

const LOAD = join(import.meta.dirname, "../../../scripts/bench/load.ts");

let server: Server | null = null;
let load: ChildProcess | null = null;
const open = new Set<Socket>();
afterEach(() => {
  load?.kill("SIGKILL");
  for (const socket of open) socket.destroy();
  server?.close();
});

/** Starts the load generator, and a server that answers each request by a function of how many there were. */
async function started(answer: (socket: Socket, count: number) => void): Promise<(job?: object) => Promise<object>> {
  let count = 0;
  server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => undefined);
    socket.on("data", () => answer(socket, (count += 1)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  const request = "GET / HTTP/1.1\r\n\r\n";
  const child = fork(LOAD);
  load = child;
  return async (changes) => {
    child.send({ kind: "load", port, request, connections: 4, forMs: 200, rate: null, ...changes } satisfies LoadJob);
    const [message] = (await once(child, "message")) as [object];
    return message;
  };
}

describe("the load generator", () => {
  for (const [name, end] of [
    ["resets a connection", (socket: Socket) => void socket.resetAndDestroy()],
    ["closes a connection", (socket: Socket) => void socket.end()],
  ] as const) {
    it(`tells of a server that ${name}, and does the next job`, async ({ expect }) => {
      const run = await started((socket, count) => (count === 10 ? end(socket) : void socket.write(JSON_ANSWER)));
      expect(await run()).toEqual({ error: "Error: the connection ended before the answer did" });
      expect(await run()).toMatchObject({ result: { failed: 0 } });
    });
  }

  it("leaves nothing of a job that broke to the next one", async ({ expect }) => {
    const run = await started((socket, count) => (count === 10 ? socket.destroy() : void socket.write(JSON_ANSWER)));
    await run({ forMs: 60_000 });
    await run({ connections: 1, forMs: 50 });
    // The server hears of an end a moment later than the one who ended it.
    await expect.poll(() => [...open].filter((socket) => !socket.destroyed)).toEqual([]);
  });

  it("counts answers that aren't 200", async ({ expect }) => {
    const run = await started((socket, count) =>
      socket.write(count > 2 ? JSON_ANSWER : "HTTP/1.1 429 Too Many Requests\r\ncontent-length: 0\r\n\r\n"),
    );
    expect(await run()).toMatchObject({ result: { failed: 2 } });
  });

  it("tells of a server that isn't there", async ({ expect }) => {
    const run = await started(() => undefined);
    server?.close();
    expect(await run()).toEqual({ error: expect.stringContaining("ECONNREFUSED") as string });
  });
});
