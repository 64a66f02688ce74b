import { describe, it } from "vitest";
import { Refused } from "../../../gateway/refusals.ts";
import { unreadCall } from "../../../gateway/call.ts";
import { authorize, authorizeCall, type Asked } from "../../../gateway/stages/authorize.ts";
import type { Route } from "../../../gateway/providers.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { makeToken } from "../support/gateway.ts";

const NOW = 1_800_000_000_000;

const asked = (route: Route, path: string): Asked => ({
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

const judge = async (
  models: TokenRecord["models"],
  model: string | null,
  path = "/v1/chat/completions",
  change: Partial<Asked> = {},
  more: Partial<TokenRecord> = {},
  moreModels: readonly string[] = [],
) => {
  const token = await makeToken({ models, ...more });
  const authorized = authorize([token], { ...asked("openai", path), ...change }, NOW);
  return refusalOf(() => authorizeCall(authorized, { ...unreadCall(authorized.endpoint), model, moreModels }));
};
const SOME = { openai: ["gpt-4o*", "o3"] };
const refused = (model: string | null) => ({
  code: "model_not_allowed",
  provider: "openai",
  model,
  allowed: ["gpt-4o*", "o3"],
});

describe("models", () => {
  for (const model of ["gpt-4o", "GPT-4o-mini", "o3", "models/gpt-4o"]) {
    it(`that fit pass: ${model}`, async ({ expect }) => expect(await judge(SOME, model)).toBeNull());
  }
  for (const model of ["gpt-5", "o3-pro", "ft:gpt-4o", "", null]) {
    it(`that don't are refused: ${model}`, async ({ expect }) =>
      expect(await judge(SOME, model)).toEqual(refused(model)));
  }

  it("of a provider without rules all pass", async ({ expect }) => {
    expect(await judge({ gemini: [] }, "gpt-5")).toBeNull();
    expect(await judge(null, null)).toBeNull();
  });

  it("that a request names beside its own are judged too", async ({ expect }) => {
    const beside = (...models: string[]) => judge(SOME, "gpt-4o", "/v1/responses", {}, {}, models);
    expect(await beside("o3", "gpt-4o-mini")).toBeNull();
    expect(await beside("o3", "gpt-image-2")).toEqual(refused("gpt-image-2"));
  });

  it("don't matter to reading what was made before", async ({ expect }) => {
    expect(await judge(SOME, null, "/v1/responses/resp_1", { method: "GET" })).toBeNull();
    expect(await judge(SOME, null, "/v1/batches/batch_1", { method: "GET" })).toBeNull();
    expect(await judge(SOME, null, "/v1/responses")).toEqual(refused(null));
    expect(await judge(SOME, null, "/v1/responses/input_tokens")).toBeNull();
    expect(await judge(SOME, "gpt-5", "/v1/responses/input_tokens")).toEqual(refused("gpt-5"));
  });

  it("don't matter to lists and files, and do to what may use one unseen", async ({ expect }) => {
    expect(await judge(SOME, null, "/v1/models", { method: "GET" })).toBeNull();
    expect(await judge(SOME, null, "/v1/files")).toBeNull();
    expect(await judge(SOME, null, "/v1/batches")).toEqual(refused(null));
  });

  it("of sockets that name them in frames can't be judged: those go on by HTTP, or not at all", async ({ expect }) => {
    const socket = { method: "GET", socket: true };
    expect(await judge(SOME, null, "/v1/responses", socket)).toEqual({ code: "websocket_not_supported" });
    expect(await judge(SOME, null, "/v1/live/sessions", socket)).toEqual(refused(null));
    expect(await judge(SOME, "gpt-4o-realtime", "/v1/realtime", socket)).toBeNull();
    expect(await judge(null, null, "/v1/responses", socket)).toBeNull();
    const limits = { requestsPerMinute: 1, tokensPerMinute: null, concurrency: null, queueSeconds: 0, budgets: [] };
    expect(await judge(null, null, "/v1/responses", socket, { limits })).toEqual({ code: "websocket_not_supported" });
  });
});
