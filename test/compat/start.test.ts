import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

interface Ready {
  gateway: string;
  admin: string;
  password: string;
  token: string;
}

/** Ports that were free a moment ago. */
async function freePorts(): Promise<[gateway: string, admin: string]> {
  const servers = [createServer(), createServer()];
  const ports = await Promise.all(
    servers.map(async (server) => {
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const address = server.address();
      return typeof address === "object" && address !== null ? String(address.port) : "";
    }),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return [ports[0] ?? "", ports[1] ?? ""];
}

const run = (...flags: string[]): ChildProcess =>
  spawn("node", ["scripts/start.ts", ...flags], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });

const saidBy = async ({ stderr }: ChildProcess): Promise<string> => (stderr === null ? "" : text(stderr));

const codeOf = async (child: ChildProcess): Promise<unknown> =>
  child.exitCode ?? child.signalCode ?? (await once(child, "exit"))[0];

/** Starts the local run and waits for its line of JSON. */
async function started(flags: string[]): Promise<{ child: ChildProcess; ready: Ready; lines: string[] }> {
  const child = run("--json", ...flags);
  const lines: string[] = [];
  const { promise, resolve, reject } = Promise.withResolvers<Ready>();
  child.stdout?.on("data", (data: Buffer) => {
    lines.push(
      ...data
        .toString()
        .split("\n")
        .filter((line) => line !== ""),
    );
    const [line = ""] = lines;
    if (line.startsWith("{")) resolve(JSON.parse(line) as Ready);
  });
  child.stderr?.on("data", (data: Buffer) => reject(new Error(data.toString())));
  return { child, ready: await promise, lines };
}

async function statusOf(url: string): Promise<number> {
  try {
    return (await fetch(url)).status;
  } catch {
    return 0;
  }
}

describe("npm start", () => {
  test("says where everything is, keeps its state, and ends all of it", { timeout: 180_000 }, async ({ expect }) => {
    const [gatewayPort, adminPort] = await freePorts();
    const state = mkdtempSync(join(tmpdir(), "doppelgate-start-"));
    const flags = ["--gateway-port", gatewayPort, "--admin-port", adminPort, "--state", state];
    try {
      const first = await started(flags);
      const { gateway, admin, password, token } = first.ready;
      expect(gateway).toBe(`http://localhost:${gatewayPort}`);
      expect(admin).toBe(`http://localhost:${adminPort}`);
      expect(await statusOf(`${gateway}/-/health`)).toBe(200);
      const headers = { "content-type": "application/json" };
      const signIn = await fetch(`${admin}/api/session`, {
        method: "POST",
        headers,
        body: JSON.stringify({ password }),
      });
      expect(signIn.status).toBe(201);
      const taken = run("--json", ...flags);
      expect(await saidBy(taken)).toContain(`Port ${gatewayPort} is in use.`);
      expect(await codeOf(taken)).toBe(1);
      first.child.kill("SIGINT");
      // 128 + the signal's number: wrangler's own way of ending may be the faster one.
      expect([0, 130]).toContain(await codeOf(first.child));
      expect(first.lines).toHaveLength(1);
      expect([await statusOf(gateway), await statusOf(admin)]).toEqual([0, 0]);

      const second = await started(flags);
      expect(second.ready).toEqual({ gateway, admin, password, token });
      second.child.kill("SIGTERM");
      expect([0, 143]).toContain(await codeOf(second.child));
      expect([await statusOf(gateway), await statusOf(admin)]).toEqual([0, 0]);

      const third = await started([...flags, "--fresh"]);
      expect(third.ready.token).not.toBe(token);
      third.child.kill("SIGINT");
      await codeOf(third.child);
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  });

  for (const [flags, message] of [
    [["--gateway-port", "none"], '--gateway-port takes a port number from 1 to 65535, not "none".'],
    [["--admin-port", "65536"], '--admin-port takes a port number from 1 to 65535, not "65536".'],
    [["--gateway-port", "9100", "--admin-port", "9100"], "Gateway and admin need different ports."],
    [["--nonsense"], "Unknown option '--nonsense'"],
  ] as const) {
    test(`refuses ${flags.join(" ")}, and says how it is called`, async ({ expect }) => {
      const child = run(...flags);
      const said = await saidBy(child);
      expect(said).toContain(message);
      expect(said).toContain("Usage: npm start --");
      expect(await codeOf(child)).toBe(2);
    });
  }
});
