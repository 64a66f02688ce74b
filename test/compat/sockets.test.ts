import { once } from "node:events";
import { createServer } from "node:http";
import { connect } from "node:net";
import { describe } from "vitest";
import type { Recording } from "../fake-provider/index.ts";
import { type Harness, KEYS } from "../harness.ts";
import { bytesOf, type RawAnswer, sendRaw } from "./support/socket.ts";
import { test as base } from "./support/test.ts";

/** A host that nobody may be led to. It listens, so that being led there would show. */
// oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
const test = base.extend("evil", { scope: "file" }, async ({}, { onCleanup }) => {
  const targets: string[] = [];
  const server = createServer((request, response) => {
    targets.push(request.url ?? "");
    response.end("evil");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onCleanup(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { host: `127.0.0.1:${typeof address === "object" ? address?.port : 0}`, targets };
});

/** Targets that reach the provider byte for byte. EVIL stands for the other host. */
const EXACT = [
  "//EVIL/x",
  "///EVIL/x",
  "//EVIL/v1/models",
  "/@EVIL/x",
  "/:80@EVIL/x",
  "/http://EVIL/x",
  "/%2f%2fEVIL/x",
  "/%5cEVIL/x",
  "/v1/..%2f..%2fx",
  "/v1/models%2fa",
  "/v1//models",
  "/v1/models/",
  "/v1/models;p=1",
  "/v1/m%C3%A9l%zz",
  "/v1/models?",
  "/v1/models?x=%2e%2e&y=//EVIL&z=\\a&a=b?c",
];

/** Targets that a parser on the way tidies or refuses: what is left must stay at home. */
const TIDIED = [
  "/\\EVIL/x",
  "\\\\EVIL\\x",
  "/..//EVIL/x",
  "/v1/../../x",
  "/v1/%2e%2e/x",
  "/v1/.%2E/%2e/x",
  "/v1/./models",
  "http://EVIL/v1/models",
  "http://EVIL//EVIL/x",
  "https://EVIL/v1/models",
  "http://user:pw@EVIL/v1/models",
  "HTTP://EVIL/v1/models",
  "v1/models",
  "@EVIL/v1/models",
  "/v1/a b",
  "/v1/mél",
];

interface Sent {
  answer: RawAnswer;
  /** What all providers saw of it. */
  seen: Recording[];
}

async function send(harness: Harness, origin: string, target: string, secret: string): Promise<Sent> {
  const providers = Object.values(harness.providers);
  const before = providers.map(({ recordings }) => recordings.length);
  const answer = await sendRaw(origin, { target, headers: [`authorization: Bearer ${secret}`] });
  const seen = providers.flatMap(({ recordings }, index) => recordings.slice(before[index]));
  return { answer, seen };
}

const hostOf = (recording: Recording): string | undefined =>
  recording.headers.find(([name]) => name.toLowerCase() === "host")?.[1];

describe("nothing in a request target leads elsewhere", () => {
  for (const raw of EXACT) {
    test(`${raw} arrives as it is`, async ({ harness, token, evil, expect }) => {
      const target = raw.replaceAll("EVIL", evil.host);
      const { answer, seen } = await send(harness, harness.gatewayUrl, target, token.secret);
      expect(seen.map((recording) => recording.target)).toEqual([target]);
      expect(seen.map(hostOf)).toEqual([new URL(harness.providers.openai.url).host]);
      expect(answer.text).not.toContain(KEYS.openai);
      expect(evil.targets).toEqual([]);
    });
  }

  for (const raw of TIDIED) {
    test(`${raw} stays at home`, async ({ harness, token, evil, expect }) => {
      const target = raw.replaceAll("EVIL", evil.host);
      const { answer, seen } = await send(harness, harness.gatewayUrl, target, token.secret);
      const home = new URL(harness.providers.openai.url).host;
      expect(seen.map(hostOf)).toEqual(seen.map(() => home));
      // Refused, or answered by the provider; never «could not be reached», which would mean that it tried.
      expect(answer.headers.get("x-doppelgate-error") ?? "none").not.toBe("provider_unreachable");
      expect(seen.length === 1 || answer.status >= 400).toBe(true);
      expect(answer.text).not.toContain(KEYS.openai);
      expect(evil.targets).toEqual([]);
    });
  }
});

test("a client that resets before the first byte ends the provider's work", async ({ harness, token, expect }) => {
  const { recordings } = harness.providers.openai;
  const before = recordings.length;
  // A mere FIN may be a client that still listens.
  const { hostname, port } = new URL(harness.gatewayUrl);
  const headers = [`authorization: Bearer ${token.secret}`, "x-fake-model: fake-slow-first-byte-9000"];
  const socket = connect(Number(port), hostname);
  socket.write(bytesOf(harness.gatewayUrl, { target: "/v1/models", headers }));
  await expect.poll(() => recordings.length, { timeout: 5_000 }).toBe(before + 1);
  const leftAt = performance.now();
  socket.resetAndDestroy();
  const recording = recordings.at(-1);
  await expect.poll(() => recording?.abortedAt, { timeout: 3_000 }).not.toBeNull();
  expect((recording?.abortedAt ?? Infinity) - leftAt).toBeLessThan(2_000);
});
