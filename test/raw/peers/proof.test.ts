import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, it } from "vitest";
import { JSON_ANSWER, STREAM_END, word } from "../../../scripts/bench/answers.ts";
import type { Row } from "../../../scripts/bench/peers/peer.ts";
import { lackOf, provesLimits, provesRow } from "../../../scripts/bench/peers/proof.ts";

const STREAM = word().repeat(50) + STREAM_END;
const facts = { runtime: "", token: "", key: "", limits: "", meters: "", revokes: "" };

/** A row whose server answers by a function of the request. */
async function withRow(
  wrongKey: Row["wrongKey"],
  answer: (request: IncomingMessage) => [status: number, text: string],
  act: (row: Row) => Promise<void>,
): Promise<void> {
  const server = createServer((request, response) => {
    const [status, text] = answer(request);
    response.writeHead(status).end(text);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const row: Row = {
    id: "row",
    name: "row",
    facts,
    port: (server.address() as AddressInfo).port,
    wrongKey,
    question: (answer, key = "right") => ({ target: `/${answer}`, headers: { authorization: key }, body: "{}" }),
    cpuMs: () => null,
    memory: () => null,
  };
  await act(row).finally(() => {
    server.closeAllConnections();
    server.close();
  });
}

const whole = ({ url }: IncomingMessage): [number, string] => [200, url === "/json" ? JSON_ANSWER : STREAM];

describe("what an answer lacks", () => {
  it("is nothing where it is the provider's", ({ expect }) => {
    expect(lackOf("json", JSON_ANSWER)).toBeNull();
    expect(lackOf("sse-50", STREAM)).toBeNull();
  });

  it("is told", ({ expect }) => {
    expect(lackOf("json", "{}")).toBe("the answer's words are missing");
    expect(lackOf("sse-50", word().repeat(49) + STREAM_END)).toBe("49 words of 50 came");
    expect(lackOf("sse-50", word().repeat(50))).toBe("the stream's end is missing");
  });
});

describe("the proof of a row", () => {
  it("passes one that does what is said of it", async ({ expect }) => {
    const checked = (request: IncomingMessage): [number, string] =>
      request.headers.authorization === "right" ? whole(request) : [401, "no"];
    await withRow("answered", whole, (row) => expect(provesRow(row)).resolves.toBeUndefined());
    await withRow("refused", checked, (row) => expect(provesRow(row)).resolves.toBeUndefined());
    await withRow("answered", checked, (row) =>
      expect(provesRow(row)).rejects.toThrow(new Error("a wrong key came to 401, and should be answered")),
    );
  });

  it("finds one that takes a wrong key, or fails over it", async ({ expect }) => {
    await withRow("refused", whole, (row) =>
      expect(provesRow(row)).rejects.toThrow(new Error("a wrong key came to 200, and should be refused")),
    );
    const fails = (request: IncomingMessage): [number, string] =>
      request.headers.authorization === "right" ? whole(request) : [500, "oops"];
    await withRow("refused", fails, (row) =>
      expect(provesRow(row)).rejects.toThrow(new Error("a wrong key came to 500, and should be refused")),
    );
  });

  it("finds one that doesn't answer as the provider does", async ({ expect }) => {
    await withRow(
      "answered",
      () => [500, "Something went wrong"],
      (row) => expect(provesRow(row)).rejects.toThrow(new Error("asked for json: 500: Something went wrong")),
    );
  });
});

describe("the proof of limits", () => {
  it("wants one answer and then a refusal, of each key", async ({ expect }) => {
    const counts = new Map<string, number>();
    const limited = ({ headers }: IncomingMessage): [number, string] => {
      const key = headers.authorization ?? "";
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return [(counts.get(key) ?? 0) > 2 ? 429 : 200, ""];
    };
    await withRow("refused", limited, (row) => expect(provesLimits(row, ["a", "b"])).resolves.toBeUndefined());
    expect([...counts]).toEqual([
      ["a", 3],
      ["b", 3],
    ]);
  });

  it("finds limits that aren't kept, and keys that have nothing", async ({ expect }) => {
    await withRow(
      "refused",
      () => [200, ""],
      (row) => expect(provesLimits(row, ["a"])).rejects.toThrow("a limit isn't kept: 200, 200"),
    );
    await withRow(
      "refused",
      () => [401, ""],
      (row) => expect(provesLimits(row, ["a"])).rejects.toThrow(new Error("a limit isn't kept: 401")),
    );
  });
});
