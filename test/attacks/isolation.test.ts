import { once } from "node:events";
import { describe } from "vitest";
import { WebSocket } from "ws";
import type { Harness, Issued } from "../harness.ts";
import { type Answer, send } from "./support/http.ts";
import { test } from "./support/pair.ts";

// Two holders of one gateway: neither learns of the other, uses up what is the other's, or goes on with what the other began.

const JSON_BODY = { "content-type": "application/json" };

function chat({ gatewayUrl }: Harness, { secret }: Issued, model = "gpt-5.4-mini"): Promise<Answer> {
  const body = JSON.stringify({ model, max_completion_tokens: 20, messages: [{ role: "user", content: "hello" }] });
  const headers = { ...JSON_BODY, authorization: `Bearer ${secret}` };
  return send(gatewayUrl, { method: "POST", path: "/v1/chat/completions", headers, body });
}

const me = async ({ gatewayUrl }: Harness, { secret }: Issued): Promise<Answer> =>
  send(gatewayUrl, { path: "/-/me", headers: { authorization: `Bearer ${secret}` } });

const requestsOf = (answer: Answer): unknown =>
  (JSON.parse(answer.text) as { usage: { total: { requests: unknown } } }).usage.total.requests;

const codeOf = ({ status, headers }: Answer): unknown[] => [status, headers.get("x-doppelgate-error")];

describe("one holder", () => {
  test("isn't told what another one used, nor who else there is", async ({ harness, expect }) => {
    const [mine, theirs] = [await harness.admin.issue(), await harness.admin.issue()];
    expect((await chat(harness, theirs, "a-model-of-theirs")).status).toBe(200);
    await expect.poll(async () => requestsOf(await me(harness, theirs)), { timeout: 10_000 }).toBe(1);
    const told = await me(harness, mine);
    expect([told.status, requestsOf(told)]).toEqual([200, 0]);
    for (const word of [theirs.id, "a-model-of-theirs", theirs.secret]) expect(told.whole).not.toContain(word);
  });

  test("doesn't use up another one's limits", async ({ harness, expect }) => {
    const limits = { requestsPerMinute: 1 };
    const [mine, theirs] = [await harness.admin.issue({ limits }), await harness.admin.issue({ limits })];
    expect((await chat(harness, mine)).status).toBe(200);
    expect(codeOf(await chat(harness, mine))).toEqual([429, "rate_limited"]);
    expect((await chat(harness, theirs)).status).toBe(200);
  });

  test("gets no answer that another one was given, and a dead token none at all", async ({ harness, expect }) => {
    const [mine, theirs] = [await harness.admin.issue(), await harness.admin.issue()];
    const { recordings } = harness.providers.openai;
    const before = recordings.length;
    const ask = ({ secret }: Issued) =>
      send(harness.gatewayUrl, { path: "/v1/models", headers: { authorization: `Bearer ${secret}` } });
    for (const token of [theirs, mine, mine]) expect((await ask(token)).status).toBe(200);
    expect(recordings.length - before).toBe(3);
    await harness.admin.edit(mine.id, { status: "disabled" });
    await expect.poll(async () => codeOf(await ask(mine)), { timeout: 3_000 }).toEqual([401, "unknown_token"]);
    expect((await ask(theirs)).status).toBe(200);
  });

  test("can't go on with another one's upload, by its address or beside their own token", async ({
    harness,
    expect,
  }) => {
    const [mine, theirs] = [await harness.admin.issue(), await harness.admin.issue()];
    const begun = await send(harness.gatewayUrl, {
      method: "POST",
      path: "/upload/v1beta/files",
      body: "{}",
      headers: {
        "x-goog-api-key": theirs.secret,
        "x-goog-upload-protocol": "resumable",
        "x-goog-upload-command": "start",
        "x-goog-upload-header-content-length": "4",
      },
    });
    const { pathname, search } = new URL(begun.headers.get("x-goog-upload-url") ?? "");
    const goOn = (path: string, more: Record<string, string>) => {
      const headers = { "x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0", ...more };
      return send(harness.gatewayUrl, { method: "POST", path, headers, body: "data" });
    };
    const refused = [401, "invalid_upload_capability"];
    expect(codeOf(await goOn(pathname + search, { "x-goog-api-key": mine.secret }))).toEqual(refused);
    expect(codeOf(await goOn(pathname + search.replace(theirs.id, mine.id), {}))).toEqual(refused);
    expect(codeOf(await goOn(pathname + search.replace(/upload_id=[^&]+/, "upload_id=another"), {}))).toEqual(refused);
    expect((await goOn(pathname + search, {})).status).toBe(200);
  });

  test("whose token ends loses its socket, and another one keeps theirs", async ({ harness, expect }) => {
    const [mine, theirs] = [await harness.admin.issue(), await harness.admin.issue()];
    const dial = async ({ secret }: Issued): Promise<WebSocket> => {
      const address = `${harness.gatewayUrl.replace("http", "ws")}/v1/realtime?model=fake-echo`;
      const socket = new WebSocket(address, { headers: { authorization: `Bearer ${secret}` } });
      socket.on("error", () => undefined);
      await once(socket, "open");
      return socket;
    };
    const [own, other] = [await dial(mine), await dial(theirs)];
    const ended = once(own, "close");
    await harness.admin.edit(mine.id, { status: "disabled" });
    expect((await ended)[0]).toBe(1008);
    other.send("still here");
    // The first message of a session is the provider's greeting.
    await expect.poll(() => other.readyState).toBe(WebSocket.OPEN);
    other.close();
    await once(other, "close");
  });

  test("can't rotate or end another one's token, nor take it by a claim link of their own", async ({
    harness,
    expect,
  }) => {
    const may = { holderMay: ["rotate", "revoke"] } as const;
    const [mine, theirs] = [await harness.admin.issue(may), await harness.admin.issue(may)];
    const act = (path: string, headers: Record<string, string>, body = "{}") =>
      send(harness.gatewayUrl, { method: "POST", path, headers: { ...JSON_BODY, ...headers }, body });
    const both = { authorization: `Bearer ${mine.secret}`, "x-api-key": theirs.secret };
    for (const path of ["/-/me/rotate", "/-/me/revoke"]) {
      expect(codeOf(await act(path, both))).toEqual([400, "ambiguous_token"]);
      const named = await act(path, { authorization: `Bearer ${mine.secret}` }, JSON.stringify({ token: theirs.id }));
      if (path.endsWith("rotate")) expect(codeOf(named)).toEqual([400, "unreadable_request"]);
    }
    const claim = `dgc_${theirs.id}${mine.secret.slice(13)}`;
    const taken = await act("/-/claim", {}, JSON.stringify({ claim, hash: "0".repeat(64) }));
    expect(codeOf(taken)).toEqual([404, "unknown_claim"]);
    expect((await me(harness, theirs)).status).toBe(200);
  });
});

describe("what the gateway says itself", () => {
  test("is never kept by a cache, whoever asked and however it went", async ({ harness, expect }) => {
    const { secret } = await harness.admin.issue();
    const own = { authorization: `Bearer ${secret}` };
    const asked: [path: string, method: string, headers: Record<string, string>][] = [
      ["/v1/models", "GET", {}],
      [`/v1beta/models?key=${secret}x`, "GET", {}],
      ["/v1/messages", "POST", { "x-api-key": "a-token-that-isnt-one" }],
      ["/v1/realtime/client_secrets", "POST", own],
      ["/v1/models", "TRACE", own],
      ["/-/me", "GET", own],
      ["/-/me", "GET", {}],
      ["/-/me", "DELETE", own],
      ["/-/nothing", "GET", own],
      ["/-/", "GET", {}],
      ["/-/claim", "GET", {}],
      ["/-/claim", "POST", {}],
      ["/-/health", "GET", {}],
    ];
    for (const [path, method, headers] of asked) {
      const answer = await send(harness.gatewayUrl, { path, method, headers });
      expect([method, path, answer.headers.get("cache-control")]).toEqual([method, path, "no-store"]);
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
  });

  test("leads nobody to another host, whatever Host the request names", async ({ harness, expect }) => {
    const { secret } = await harness.admin.issue();
    const headers = { authorization: `Bearer ${secret}`, host: "evil.example", "x-forwarded-host": "evil.example" };
    for (const path of ["/-/", "/-/me", "/-/claim", "/-/health"]) {
      const { whole } = await send(harness.gatewayUrl, { path, headers });
      expect([path, whole.includes("evil.example")]).toEqual([path, false]);
    }
  });
});
