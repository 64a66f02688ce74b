import { describe, it } from "vitest";
import { Refused } from "../../../gateway/refusals.ts";
import { authorize } from "../../../gateway/stages/authorize.ts";
import type { Route } from "../../../gateway/providers.ts";
import { makeToken } from "../support/gateway.ts";

const NOW = 1_800_000_000_000;

const asked = (route: Route, path: string) => ({
  route,
  path,
  method: "POST",
  socket: false,
  address: null,
  country: null,
});

function refusalOf(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    return error instanceof Refused ? error.refusal : error;
  }
}

describe("requests for ephemeral keys, which would work past the gateway", () => {
  for (const [route, path] of [
    ["openai", "/v1/realtime/client_secrets"],
    ["openai", "/v1/realtime/client_secrets/"],
    ["openai", "/v1/realtime/sessions"],
    ["openai", "/v1/realtime/transcription_sessions"],
    ["openai", "/v1/realtime/translations/client_secrets"],
    ["openai", "//v1//realtime/client_secrets"],
    ["openai", "/v1/realtime/client%5Fsecrets"],
    ["openai", "/v1/realtime/client%255Fsecrets"],
    ["openai", "/v1/realtime%2Fclient_secrets"],
    ["openai", "/v1/x/..%2frealtime/client_secrets"],
    ["openai", "/v1/realtime/client_secrets%3fa=b"],
    ["gemini", "/v1alpha/auth_tokens"],
    ["gemini", "/v1beta/authTokens"],
    ["gemini", "/v1/auth_tokens:create"],
  ] as [Route, string][]) {
    it(`are refused: ${path}`, async ({ expect }) => {
      const found = [await makeToken()];
      expect(refusalOf(() => authorize(found, asked(route, path), NOW))).toEqual({
        code: "credentials_not_handed_out",
        provider: route,
      });
    });
  }

  for (const [route, path] of [
    ["openai", "/v1/realtime"],
    ["openai", "/v1/realtime/calls"],
    ["openai", "/v1/realtime/sessionsque"],
    ["openai", "/v1/responses/sessions"],
    ["openai", "/%zz/%ff/é"],
    ["gemini", "/v1beta/models"],
  ] as [Route, string][]) {
    it(`are not meant by ${path}`, async ({ expect }) => {
      const token = await makeToken();
      expect(authorize([token], asked(route, path), NOW).record).toEqual(token.record);
    });
  }

  it("are none of an unknown token's business", async ({ expect }) => {
    const found = [{ hash: "0".repeat(64), record: null }];
    const refusal = refusalOf(() => authorize(found, asked("openai", "/v1/realtime/client_secrets"), NOW));
    expect(refusal).toEqual({ code: "unknown_token" });
  });
});
