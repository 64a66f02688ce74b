import { describe, it } from "vitest";
import { endpointOf } from "../../../../gateway/endpoints/find.ts";
import type { Route } from "../../../../gateway/providers.ts";
import { readCall } from "../../../../gateway/reading/read.ts";
import { OPEN_POLICY, type Policy } from "../../../../shared/policy.ts";
import { ALL, LIMITED, refusalOf } from "../../support/reading.ts";

interface Asked {
  route?: Route;
  method?: string;
  path?: string;
  query?: string;
  headers?: Record<string, string>;
  policy?: Policy;
}

/** Reads a request of which only what stands beside its body matters. */
async function judge(asked: Asked): Promise<unknown> {
  const { route = "gemini", method = "POST", path = "/v1beta/models/g:generateContent", query = "" } = asked;
  const { headers = {}, policy = OPEN_POLICY } = asked;
  const socket = headers["upgrade"] !== undefined;
  const body = method === "POST" ? "{}" : null;
  const request = new Request(`https://gateway.example${path}${query}`, { method, body, headers });
  const reading = readCall(request, { path, query }, endpointOf(route, method, path, socket), policy);
  return refusalOf(reading.then(() => "read"));
}

const REALTIME = { route: "openai", method: "GET", path: "/v1/realtime", headers: { upgrade: "websocket" } } as const;
const MESSAGES = { route: "anthropic", path: "/v1/messages", headers: { "anthropic-user-profile-id": "u" } } as const;

describe("what reaches shared objects beside a body", () => {
  for (const query of ["?call_id=rtc_1", "?model=gpt-realtime&call%5Fid=rtc_1"]) {
    it(`a call that may be somebody else's: ${query}`, async ({ expect }) => {
      expect(await judge({ ...REALTIME, query })).toEqual({ code: "field_not_allowed", field: "call_id" });
      expect(await judge({ ...REALTIME, query, policy: ALL })).toBe("read");
    });
  }

  it("a profile of somebody for whom a request is made", async ({ expect }) => {
    const refused = { code: "field_not_allowed", field: "anthropic-user-profile-id" };
    expect(await judge(MESSAGES)).toEqual(refused);
    expect(await judge({ ...MESSAGES, policy: ALL })).toBe("read");
  });

  it("none is reached by an ordinary query", async ({ expect }) => {
    expect(await judge({ ...REALTIME, query: "?model=gpt-realtime" })).toBe("read");
    expect(await judge({ query: "?alt=sse&fields=candidates" })).toBe("read");
  });
});

describe("an answer that would hide its usage", () => {
  for (const [name, asked] of [
    ["fields", { query: "?fields=candidates" }],
    ["$fields", { query: "?alt=sse&%24fields=candidates" }],
    ["alt", { query: "?alt=proto" }],
    ["$alt", { query: "?$alt=media" }],
    ["callback", { query: "?callback=f" }],
    ["x-goog-fieldmask", { headers: { "X-Goog-FieldMask": "candidates" } }],
  ] as [string, Asked][]) {
    it(`is refused where limits count it: ${name}`, async ({ expect }) => {
      expect(await judge({ ...asked, policy: LIMITED })).toEqual({
        code: "unreadable_request",
        problem: `Leave out "${name}": with it, what this token uses could not be counted.`,
      });
      expect(await judge(asked)).toBe("read");
    });
  }

  for (const query of ["?alt=sse", "?alt=json", "?$alt=JSON", "?prettyPrint=false"]) {
    it(`isn't asked for by ${query}`, async ({ expect }) => {
      expect(await judge({ query, policy: LIMITED })).toBe("read");
    });
  }
});
