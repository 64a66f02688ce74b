import { describe, it } from "vitest";
import { refusalResponse } from "../../../../gateway/dialects.ts";
import { socketRequestOf, type SocketEndpoint } from "../../../../gateway/sockets/endpoints.ts";
import { goodbyeOf, refuseSocket } from "../../../../gateway/sockets/refuse.ts";
import { clientOf } from "../../support/sockets.ts";

function endpointAt(path: string): SocketEndpoint {
  const request = { method: "GET", headers: new Headers({ upgrade: "websocket" }) };
  const found = socketRequestOf(request, { path, query: "" });
  if (found === null) throw new Error(`${path} takes no sockets`);
  return found.endpoint;
}

const REALTIME = endpointAt("/v1/realtime");
const RESPONSES = endpointAt("/v1/responses");
const LIVE = endpointAt("/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent");
const UNKNOWN = "This token is not valid here. Check that it was copied whole, or ask its owner for a new one.";

const unknownToken = () => refusalResponse({ code: "unknown_token" }, "openai");
const providerError = (status: number, error: object | string, headers = {}) =>
  typeof error === "string"
    ? new Response(error, { status, headers })
    : Response.json(error, { status, headers: { "content-type": "application/json", ...headers } });

const statusOf = async (refusal: Response): Promise<unknown> =>
  JSON.parse((await goodbyeOf(refusal, RESPONSES)).frame ?? "").status;

const BUDGET = {
  code: "budget_used_up",
  unit: "tokens",
  per: "day",
  limit: 10,
  left: 0,
  needed: 1,
  resetsAt: null,
} as const;

describe("a refusal is told on the socket", () => {
  it("OpenAI: an error frame, and a close with the reason", async ({ expect }) => {
    const response = await refuseSocket(unknownToken(), REALTIME, ["realtime", "other"]);
    expect(response.status).toBe(101);
    expect(response.headers.get("sec-websocket-protocol")).toBe("realtime");
    expect(response.headers.get("x-doppelgate-error")).toBe("unknown_token");
    expect(response.headers.get("x-request-id")).toMatch(/^req_dg_/);
    expect(response.headers.has("content-type")).toBe(false);
    const client = clientOf(response);
    expect(await client.closed).toEqual({ code: 1008, reason: UNKNOWN });
    expect(client.messages.map((text) => JSON.parse(String(text)))).toEqual([
      {
        type: "error",
        status: 401,
        error: { type: "invalid_request_error", code: "invalid_api_key", message: UNKNOWN, param: null },
      },
    ]);
  });

  it("Codex's endpoint: status 400 in the frame, on which it stops at once", async ({ expect }) => {
    const { frame, code } = await goodbyeOf(unknownToken(), RESPONSES);
    expect(JSON.parse(frame ?? "")).toMatchObject({
      status: 400,
      error: { code: "invalid_api_key", message: UNKNOWN },
    });
    expect(code).toBe(1008);
    const notAllowed = refusalResponse({ code: "provider_not_allowed", provider: "openai", allowed: [] }, "openai");
    expect(JSON.parse((await goodbyeOf(notAllowed, RESPONSES)).frame ?? "")).toMatchObject({
      status: 400,
      error: { code: "provider_not_allowed" },
    });
  });

  it("… but the true one where trying again may help, and for a quota that is used up", async ({ expect }) => {
    expect(await statusOf(refusalResponse({ code: "token_check_unavailable" }, "openai"))).toBe(503);
    expect(await statusOf(refusalResponse(BUDGET, "openai"))).toBe(429);
    expect(await statusOf(providerError(429, { error: { code: "insufficient_quota" } }))).toBe(429);
    expect(await statusOf(providerError(404, { error: { code: "model_not_found" } }))).toBe(400);
  });

  it("Gemini: the close reason alone, as Google does it", async ({ expect }) => {
    const refusal = refusalResponse({ code: "unknown_token" }, "gemini");
    const response = await refuseSocket(refusal, LIVE, []);
    expect(response.headers.has("sec-websocket-protocol")).toBe(false);
    const client = clientOf(response);
    expect(await client.closed).toEqual({ code: 1008, reason: UNKNOWN });
    expect(client.messages).toEqual([]);
  });

  it("426 stays an answer: clients go on by HTTP", async ({ expect }) => {
    const refusal = refusalResponse({ code: "websocket_not_supported" }, "openai");
    expect(await refuseSocket(refusal, RESPONSES, ["realtime"])).toBe(refusal);
  });
});

describe("whether to try again", () => {
  for (const [name, refusal, code] of [
    [
      "the provider can't be reached",
      () => refusalResponse({ code: "provider_unreachable", provider: "openai", reason: "" }, "openai"),
      1013,
    ],
    ["tokens can't be checked", () => refusalResponse({ code: "token_check_unavailable" }, "openai"), 1013],
    [
      "the provider isn't set up",
      () =>
        refusalResponse(
          { code: "provider_not_configured", provider: "openai", secret: "OPENAI_API_KEY", problem: "" },
          "openai",
        ),
      1008,
    ],
    [
      "the provider's rate limit",
      () => providerError(429, { error: { code: "rate_limit_exceeded", message: "m" } }),
      1013,
    ],
    ["no money left", () => providerError(429, { error: { code: "insufficient_quota", message: "m" } }), 1008],
    [
      "the token's rate",
      () => refusalResponse({ code: "rate_limited", unit: "tokens", perMinute: 1, retryAfter: 5 }, "openai"),
      1013,
    ],
    [
      "the token's requests at the same time",
      () => refusalResponse({ code: "concurrency_limited", limit: 1, waitedSeconds: 0 }, "gemini"),
      1013,
    ],
    ["the token's budget, at OpenAI", () => refusalResponse(BUDGET, "openai"), 1008],
    ["the token's budget, at Gemini", () => refusalResponse(BUDGET, "gemini"), 1008],
    ["the provider's own trouble", () => providerError(502, "<html>Bad Gateway</html>"), 1013],
    [
      "the provider says not to",
      () => providerError(500, { error: { message: "m" } }, { "x-should-retry": "false" }),
      1008,
    ],
    ["a bad request", () => providerError(400, { error: { message: "m" } }), 1008],
  ] as const) {
    it(`${name}: ${code}`, async ({ expect }) => expect((await goodbyeOf(refusal(), REALTIME)).code).toBe(code));
  }
});

describe("what a provider says is passed on", () => {
  it("message, type, code and param", async ({ expect }) => {
    const error = { message: "No such model.", type: "invalid_request_error", code: "model_not_found", param: "model" };
    const { frame, reason } = await goodbyeOf(providerError(404, { error }), REALTIME);
    expect(JSON.parse(frame ?? "")).toEqual({ type: "error", status: 404, error });
    expect(reason).toBe("No such model.");
  });

  it("Google's list form, and a code that is a number", async ({ expect }) => {
    const error = { code: 403, message: "Permission denied.", status: "PERMISSION_DENIED" };
    const { reason } = await goodbyeOf(Response.json([{ error }], { status: 403 }), LIVE);
    expect(reason).toBe("Permission denied.");
    const { frame } = await goodbyeOf(Response.json({ error }, { status: 403 }), REALTIME);
    expect(JSON.parse(frame ?? "")).toMatchObject({ error: { code: null, message: "Permission denied." } });
  });

  for (const body of [
    "<html>secret page</html>",
    "",
    "null",
    "[]",
    "3",
    '{"error":"text"}',
    '{"error":null}',
    '{"x":',
  ]) {
    it(`${JSON.stringify(body)}: the status alone`, async ({ expect }) => {
      const { frame, reason } = await goodbyeOf(providerError(502, body), REALTIME);
      const message = "The provider refused the connection with status 502.";
      expect(reason).toBe(message);
      expect(JSON.parse(frame ?? "").error).toEqual({ type: "server_error", code: null, message, param: null });
    });
  }

  it("a long message is whole in the frame and cut in the reason", async ({ expect }) => {
    const message = "é".repeat(500);
    const { frame, reason } = await goodbyeOf(providerError(400, { error: { message } }), REALTIME);
    expect(JSON.parse(frame ?? "").error.message).toBe(message);
    expect(reason).toBe(`${"é".repeat(60)}…`);
  });

  it("a body that never ends isn't waited for", async ({ expect }) => {
    const endless = new Response(new ReadableStream({ pull: () => new Promise(() => undefined) }), { status: 500 });
    const { reason } = await goodbyeOf(endless, REALTIME);
    expect(reason).toBe("The provider refused the connection with status 500.");
  }, 10_000);
});
