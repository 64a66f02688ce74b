import { describe, it } from "vitest";
import { authorize, type Asked } from "../../../gateway/stages/authorize.ts";
import type { Route } from "../../../gateway/providers.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { asked, refusalOf } from "../support/authorizing.ts";
import { makeToken } from "../support/gateway.ts";

const NOW = 1_800_000_000_000;

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

describe("what a policy says of a request before its body is read", () => {
  const HOURS = { timeZone: "UTC", windows: [{ days: ["mon" as const], from: "00:00", to: "24:00" }] };
  // NOW is a Friday.
  const CHAT = "/v1/chat/completions";
  const from = (change: Partial<Asked>): Asked => ({
    ...asked("openai", CHAT),
    ...change,
  });

  for (const [why, policy, request, refusal] of [
    [
      "a place for all, to a token for inference",
      { endpoints: "inference" },
      asked("openai", "/v1/files"),
      { code: "endpoint_not_allowed", provider: "openai" },
    ],
    [
      "another network",
      { networks: ["203.0.113.0/24"] },
      from({ address: "198.51.100.7" }),
      { code: "network_not_allowed", address: "198.51.100.7" },
    ],
    [
      "a network that isn't known",
      { networks: ["0.0.0.0/0"] },
      from({ address: null }),
      { code: "network_not_allowed", address: "unknown" },
    ],
    [
      "a rule about networks that can't be read",
      { networks: ["everywhere"] },
      from({ address: "198.51.100.7" }),
      { code: "network_not_allowed", address: "198.51.100.7" },
    ],
    [
      "another country",
      { countries: ["DE", "FR"] },
      from({ country: "US" }),
      { code: "country_not_allowed", country: "US" },
    ],
    [
      "a country that isn't known",
      { countries: ["DE"] },
      from({ country: null }),
      { code: "country_not_allowed", country: "unknown" },
    ],
    [
      "another time",
      { activeHours: HOURS },
      from({}),
      { code: "outside_active_hours", timeZone: "UTC", opensAt: Date.parse("2027-01-18T00:00:00Z") },
    ],
    [
      "another provider",
      { providers: ["gemini"] },
      from({}),
      { code: "provider_not_allowed", provider: "openai", allowed: ["gemini"] },
    ],
    // Who isn't let in learns nothing of what else is shut.
    [
      "another network before another provider",
      { networks: [], providers: ["gemini"] },
      from({ address: "::1" }),
      { code: "network_not_allowed", address: "::1" },
    ],
  ] as [string, Partial<TokenRecord>, Asked, object][]) {
    it(`refuses ${why}, and says whose token it was`, async ({ expect }) => {
      const token = await makeToken(policy);
      let thrown: unknown = null;
      try {
        authorize([token], request, NOW);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toMatchObject({ refusal, tokenId: token.record.id });
    });
  }

  for (const [why, policy, request] of [
    ["the network", { networks: ["198.51.100.0/24", "2001:db8::/32"] }, from({ address: "2001:db8::7" })],
    ["the country", { countries: ["DE"] }, from({ country: "DE" })],
    ["the time", { activeHours: { ...HOURS, windows: [{ days: ["fri"], from: "00:00", to: "24:00" }] } }, from({})],
    ["a place for inference", { endpoints: "inference" }, from({})],
    ["any place, with a token for all", { endpoints: "all" }, asked("openai", "/v1/what/comes/next")],
  ] as [string, Partial<TokenRecord>, Asked][]) {
    it(`lets in by ${why}`, async ({ expect }) => {
      const token = await makeToken(policy);
      expect(authorize([token], request, NOW).record).toEqual(token.record);
    });
  }
});
