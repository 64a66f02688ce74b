import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { send } from "./support/http.ts";
import { test } from "./support/pair.ts";

// The admin reaches the gateway by a service binding. Nobody else does: no address leads to an entrypoint or an object.

const source = readFileSync(join(import.meta.dirname, "../../shared/control.ts"), "utf8");
/** What the admin may call. */
const METHODS = [...source.matchAll(/^ {2}(\w+)\(/gm)].map(([, name = ""]) => name);
const CLASSES = ["Control", "Decoder", "Guard", "Ledger", "Relay", "KeyHealth", "Registry"];

/** Where somebody would look for them. */
const PATHS = [
  ...METHODS.flatMap((name) => [`/${name}`, `/Control/${name}`, `/rpc/${name}`, `/-/${name}`, `/-/control/${name}`]),
  ...CLASSES.flatMap((name) => [`/${name}`, `/${name}/fetch`, `/cdn-cgi/${name}`, `/-/${name}`]),
  "/-/follow",
  "/follow",
  "/cdn-cgi/explorer",
  "/cdn-cgi/explorer/api/storage/kv/namespaces",
  "/cdn-cgi/handler/scheduled",
  "/cdn-cgi/mf/scheduled",
];

/** What would turn a request into a call, if anything did. */
const HEADERS: readonly Record<string, string>[] = [
  {},
  { "mf-entrypoint": "Control", "cf-worker-entrypoint": "Control", "x-entrypoint": "Control" },
  {
    upgrade: "websocket",
    connection: "upgrade",
    "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
    "sec-websocket-version": "13",
  },
  { "content-type": "application/capnp", "x-rpc-method": "facts" },
];

describe("what the admin may call", () => {
  test("is known here by name", ({ expect }) => {
    expect(METHODS.length).toBeGreaterThan(20);
    expect(METHODS).toContain("apply");
  });

  test("answers nobody at the gateway's door: without a token it is 401 or 404", async ({ harness, expect }) => {
    const door = async (path: string, headers: Record<string, string>, method: string): Promise<void> => {
      const { status, headers: got } = await send(harness.gatewayUrl, { path, method, headers });
      const wanted = path.startsWith("/-/") ? [404, "not_found"] : [401, "missing_token"];
      expect([method, path, status, got.get("x-doppelgate-error")]).toEqual([method, path, ...wanted]);
    };
    for (const path of PATHS) {
      const posts = HEADERS.filter(({ upgrade }) => upgrade === undefined).map((headers) =>
        door(path, headers, "POST"),
      );
      await Promise.all([...HEADERS.map((headers) => door(path, headers, "GET")), ...posts]);
    }
  });

  test("with a token it is a path of the provider's, like any other", async ({ harness, expect }) => {
    const { secret } = await harness.admin.issue();
    const { recordings } = harness.providers.openai;
    for (const path of PATHS.filter((one) => !one.startsWith("/-/"))) {
      const { status } = await send(harness.gatewayUrl, { path, headers: { authorization: `Bearer ${secret}` } });
      expect([path, status, recordings.at(-1)?.target]).toEqual([path, 404, path]);
    }
  });

  test("answers nobody at the admin's door: there is no such page", async ({ harness, expect }) => {
    for (const path of PATHS) {
      const { status, headers } = await send(harness.adminUrl, { path });
      expect([path, status, headers.get("location")]).toEqual([path, 303, "/sign-in"]);
    }
  });

  test("tells a guard's follower nothing without the secret of its token", async ({ harness, expect }) => {
    const { id } = await harness.admin.issue();
    const handshake = HEADERS[2] ?? {};
    for (const path of [`/-/guard/${id}`, `/-/follow/${id}`, `/-/follow?token=${id}`]) {
      const { status, headers } = await send(harness.gatewayUrl, { path, headers: handshake });
      expect([path, status, headers.get("x-doppelgate-error")]).toEqual([path, 404, "not_found"]);
    }
  });
});
