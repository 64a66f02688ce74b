// Portkey's gateway, as its package starts it: its one server on Node.
import { join } from "node:path";
import { questionOf } from "../answers.ts";
import { headersWith, PATH } from "../requests.ts";
import { costsOf } from "./costs.ts";
import type { Peer, Row } from "./peer.ts";
import { freePort, startProgram, untilReady } from "./processes.ts";

const START_TIMEOUT_MS = 60_000;

const VERSION = "1.15.2";

/** With newer versions of its HTTP server it answers no stream (its issue 1389). */
const PACKAGE = JSON.stringify({
  private: true,
  dependencies: { "@portkey-ai/gateway": VERSION },
  overrides: { "@hono/node-server": "1.14.1" },
});

const ROW = {
  id: "portkey",
  name: "Portkey gateway",
  facts: {
    runtime: "Node, one process",
    token: "none: whoever reaches it may use it",
    key: "the client, who sends it with each request",
    limits: "none",
    meters: "nothing",
    revokes: "nothing to revoke",
  },
} as const;

/** The provider, by a path that says what it shall answer: Portkey hands no query on. */
const hostOf = (provider: number, answer: string): string => `http://127.0.0.1:${provider}/bench=${answer}/v1`;

/** Portkey. */
export const PORTKEY: Peer = {
  package: {
    name: "@portkey-ai/gateway",
    version: VERSION,
    registry: "npm",
    files: { "package.json": PACKAGE },
    // Its scripts aren't run: the package is whole as it is.
    steps: [["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]],
  },
  rows: [ROW],
  async start(folder, provider) {
    const port = await freePort();
    const started = startProgram({
      command: process.execPath,
      args: [
        // It has no setting for the address that it listens on, and takes all.
        "--import",
        join(import.meta.dirname, "on-loopback.ts"),
        join(folder, "node_modules/@portkey-ai/gateway/build/start-server.js"),
        "--headless",
        `--port=${port}`,
      ],
      folder,
      // It asks nobody but the provider: the one host that a client may name.
      env: { PATH: process.env["PATH"], NODE_ENV: "production", TRUSTED_CUSTOM_HOSTS: "127.0.0.1" },
    });
    try {
      await untilReady(started, `http://127.0.0.1:${port}/`, START_TIMEOUT_MS);
    } catch (error) {
      await started.end();
      throw error;
    }
    const row: Row = {
      ...ROW,
      port,
      wrongKey: "answered",
      question: (answer, key = "sk-bench") => ({
        target: PATH,
        headers: {
          ...headersWith(key),
          "x-portkey-provider": "openai",
          "x-portkey-custom-host": hostOf(provider, answer),
        },
        body: questionOf(answer !== "json"),
      }),
      ...costsOf(started.pid),
    };
    return { rows: [row], end: () => started.end() };
  },
};
