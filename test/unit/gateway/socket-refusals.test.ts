import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { ask, fakeUpstream, issue, KEYS, makeToken } from "../support/gateway.ts";
import { clientOf } from "../support/sockets.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

const LIVE = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
const dial = (path: string, headers: Record<string, string> = {}) =>
  ask(path, { headers: { upgrade: "websocket", ...headers } });
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });
const items = (secret: string) => ({ "sec-websocket-protocol": `realtime, openai-insecure-api-key.${secret}` });

/** What a client of a refused handshake sees. */
async function refused(
  response: Response,
): Promise<{ status: number; code: string | null; frame: unknown; close: unknown }> {
  const client = clientOf(response);
  const close = await client.closed;
  const [frame] = client.messages;
  return {
    status: response.status,
    code: response.headers.get("x-doppelgate-error"),
    frame: frame === undefined ? null : JSON.parse(String(frame)),
    close,
  };
}

describe("refusals", () => {
  const unknown = "This token is not valid here. Check that it was copied whole, or ask its owner for a new one.";

  it("no token, and an unknown one", async ({ expect }) => {
    const message = "No token was sent. Use your Doppelgate token as the API key.";
    expect(await refused(await dial("/v1/realtime"))).toEqual({
      status: 101,
      code: "missing_token",
      frame: {
        type: "error",
        status: 401,
        error: { message, type: "invalid_request_error", param: null, code: "invalid_api_key" },
      },
      close: { code: 1008, reason: message },
    });
    const { secret } = await makeToken();
    const seen = await refused(await dial(`/${LIVE}?key=${secret}`));
    expect(seen).toEqual({ status: 101, code: "unknown_token", frame: null, close: { code: 1008, reason: unknown } });
  });

  it("a provider that the token isn't for, with a subprotocol selected", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue({ providers: ["gemini"] });
    const response = await dial("/v1/realtime", items(secret));
    expect(response.headers.get("sec-websocket-protocol")).toBe("realtime");
    expect(await refused(response)).toMatchObject({
      code: "provider_not_allowed",
      frame: { status: 403 },
      close: { code: 1008, reason: "This token does not allow OpenAI; it allows Google Gemini. Ask its owner." },
    });
    expect(sent).toEqual([]);
  });

  it("a provider that can't be reached", async ({ expect }) => {
    const lines = vi.spyOn(console, "error").mockImplementation(() => undefined);
    fakeUpstream(() => Promise.reject(new Error(`connection refused: ${KEYS.openai}`)));
    const { secret } = await issue();
    const seen = await refused(await dial("/v1/responses", bearer(secret)));
    const reason = "OpenAI could not be reached. Try again in a moment.";
    expect(seen).toMatchObject({ code: "provider_unreachable", frame: { status: 503 }, close: { code: 1013, reason } });
    expect(lines.mock.calls).toEqual([[expect.stringContaining("connection refused: [provider key]")]]);
    expect(JSON.stringify(lines.mock.calls)).not.toContain(KEYS.openai);
  });

  it("the provider's own, with its status and message, without the key", async ({ expect }) => {
    const error = { message: `Consumer 'api_key:${KEYS.openai}' was suspended.`, type: "t", code: "c", param: null };
    const headers = { "x-echo": KEYS.openai, "sec-websocket-protocol": "other", location: "/v1/realtime" };
    fakeUpstream(() => Response.json({ error }, { status: 422, headers }));
    const { secret } = await issue();
    const response = await dial("/v1/realtime", bearer(secret));
    expect(Object.fromEntries(response.headers)).toEqual({});
    const message = "Consumer 'api_key:[provider key]' was suspended.";
    expect(await refused(response)).toEqual({
      status: 101,
      code: null,
      frame: { type: "error", status: 422, error: { ...error, message } },
      close: { code: 1008, reason: message },
    });
  });

  it("the provider's word on the gateway's own key: the holder's token isn't to blame", async ({ expect }) => {
    const lines = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const error = { message: "Incorrect API key provided: sk-ab***wxyz.", code: "invalid_api_key" };
    fakeUpstream(() => Response.json({ error }, { status: 401 }));
    const { secret } = await issue();
    const seen = await refused(await dial("/v1/responses", bearer(secret)));
    expect(seen).toMatchObject({ code: "provider_key_rejected", frame: { status: 400 }, close: { code: 1008 } });
    expect(JSON.stringify(seen)).not.toContain("wxyz");
    expect(JSON.stringify(lines.mock.calls)).toContain("provider_key_rejected");
  });

  it("the provider's rate limit, without the account that it names", async ({ expect }) => {
    const error = { message: "Rate limit reached in organization org-AbC123xyz.", code: "rate_limit_exceeded" };
    fakeUpstream(() => Response.json({ error }, { status: 429, headers: { "retry-after": "7" } }));
    const { secret } = await issue();
    const response = await dial("/v1/realtime", bearer(secret));
    expect(response.headers.get("retry-after")).toBe("7");
    const reason = "Rate limit reached in organization [organization].";
    expect(await refused(response)).toMatchObject({ frame: { status: 429 }, close: { code: 1013, reason } });
  });

  for (const status of [200, 204, 302]) {
    it(`an answer of ${status} is none that a socket can pass on`, async ({ expect }) => {
      const headers = { location: "https://evil.example/" };
      fakeUpstream(() => new Response(status === 200 ? "<html>" : null, { status, headers }));
      const { secret } = await issue();
      const response = await dial("/v1/realtime", bearer(secret));
      expect(response.headers.has("location")).toBe(false);
      expect(await refused(response)).toMatchObject({ code: "unreadable_provider_error", close: { code: 1013 } });
    });
  }

  it("the provider's 426 stays one", async ({ expect }) => {
    fakeUpstream(() => Response.json({ error: { message: "Use HTTP." } }, { status: 426 }));
    const { secret } = await issue();
    const response = await dial("/v1/responses", bearer(secret));
    expect([response.status, response.webSocket]).toEqual([426, null]);
    expect(await response.json()).toEqual({ error: { message: "Use HTTP." } });
  });

  it("a token in the path", async ({ expect }) => {
    const { sent } = fakeUpstream();
    const { secret } = await issue();
    const response = await dial(`/v1/live/sessions/${secret}/attach`, bearer(secret));
    expect(await refused(response)).toMatchObject({ code: "misplaced_token", close: { code: 1008 } });
    expect(sent).toEqual([]);
  });
});
