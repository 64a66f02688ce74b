import { describe, it } from "vitest";
import { isSocketRequest, socketRequestOf } from "../../../../gateway/sockets/endpoints.ts";
import { targetOf } from "../../../../gateway/target.ts";

const handshake = (upgrade = "websocket", method = "GET") => ({ method, headers: new Headers({ upgrade }) });
const find = (path: string, request = handshake()) =>
  socketRequestOf(request, targetOf(`https://gateway.example${path}`));

const LIVE = "ws/google.ai.generativelanguage";

describe("endpoints that take sockets", () => {
  for (const [received, route, path] of [
    ["/v1/realtime?model=m", "openai", "/v1/realtime"],
    ["/v1/realtime/translations?model=m", "openai", "/v1/realtime/translations"],
    ["/v1/responses", "openai", "/v1/responses"],
    ["/v1/live/sessions", "openai", "/v1/live/sessions"],
    ["/v1/live/sessions/live_1/attach", "openai", "/v1/live/sessions/live_1/attach"],
    ["/v1/live/sessions/live_1/fork", "openai", "/v1/live/sessions/live_1/fork"],
    ["/realtime", "openai", "/v1/realtime"],
    ["/openai/v1/responses", "openai", "/v1/responses"],
    [`/${LIVE}.v1.GenerativeService.BidiGenerateContent`, "gemini", null],
    [`/${LIVE}.v1beta.GenerativeService.BidiGenerateContent`, "gemini", null],
    [`/${LIVE}.v1alpha.GenerativeService.BidiGenerateContentConstrained`, "gemini", null],
    [`/${LIVE}.v1alpha.GenerativeService.BidiGenerateMusic`, "gemini", null],
    [`//${LIVE}.v1beta.GenerativeService.BidiGenerateContent?key=k`, "gemini", null],
    [`///${LIVE}.v1.GenerativeService.BidiGenerateContent`, "gemini", null],
    [`/gemini/${LIVE}.v1.GenerativeService.BidiGenerateContent`, "gemini", null],
  ] as const) {
    it(`at ${received}`, ({ expect }) => {
      const found = find(received);
      expect(found?.endpoint.route).toBe(route);
      const plain = `/${received.slice(received.indexOf("ws/")).replace(/\?.*/, "")}`;
      expect(found?.target.path).toBe(path ?? plain);
      expect(found?.target.query).toBe(received.includes("?") ? received.slice(received.indexOf("?")) : "");
    });
  }
});

describe("anything else takes none", () => {
  for (const path of [
    "/v1/chat/completions",
    "/v1/realtime/",
    "/v1/realtime/client_secrets",
    "//v1/realtime",
    "/v1/responses/resp_1",
    "/v1/live/sessions/live_1",
    "/v1/live/sessions/a/b/attach",
    "/anthropic/v1/responses",
    "/gemini/v1/realtime",
    `//evil.example/${LIVE}.v1.GenerativeService.BidiGenerateContent`,
    `/${LIVE}.v2.GenerativeService.BidiGenerateContent`,
    `/${LIVE}.v1.GenerativeService.BidiGenerateContent/..`,
    `/${LIVE}.v1.PredictionService.Predict`,
  ]) {
    it(`not ${path}`, ({ expect }) => expect(find(path)).toBeNull());
  }

  it("a request without a handshake", ({ expect }) => {
    expect(socketRequestOf({ method: "GET", headers: new Headers() }, { path: "/v1/responses", query: "" })).toBeNull();
    expect(find("/v1/responses", handshake("h2c"))).toBeNull();
    expect(find("/v1/responses", handshake("websocket", "POST"))).toBeNull();
  });
});

it("reads the upgrade as a list, whatever its case (RFC 9110 §7.8)", ({ expect }) => {
  for (const value of ["websocket", "WebSocket", "h2c, websocket", " websocket "]) {
    expect(isSocketRequest({ headers: new Headers({ upgrade: value }) })).toBe(true);
  }
  for (const value of ["h2c", "websocket2", "x-websocket"]) {
    expect(isSocketRequest({ headers: new Headers({ upgrade: value }) })).toBe(false);
  }
  expect(isSocketRequest({ headers: new Headers() })).toBe(false);
});
