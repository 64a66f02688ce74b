import { describe, it } from "vitest";
import { readSlots, slotValues, stripQuery } from "../../../gateway/slots.ts";
import { identify } from "../../../gateway/stages/identify.ts";
import { targetOf } from "../../../gateway/target.ts";
import { generateToken } from "../../../shared/token.ts";

const TOKEN = generateToken("0123456789");

describe("slots", () => {
  for (const [name, headers, query] of [
    ["Authorization: Bearer", { authorization: `Bearer ${TOKEN}` }, ""],
    ["Authorization: bearer, in any case", { authorization: `bEaReR   ${TOKEN}` }, ""],
    ["Authorization: Token (Python genai Live)", { authorization: `Token ${TOKEN}` }, ""],
    ["x-api-key", { "x-api-key": TOKEN }, ""],
    ["x-goog-api-key", { "x-goog-api-key": ` ${TOKEN} ` }, ""],
    ["?key=", {}, `?alt=sse&key=${TOKEN}`],
    ["?key= percent-encoded", {}, `?%6b%65y=${encodeURIComponent(TOKEN).replace("_", "%5F")}`],
    ["?access_token=", {}, `?access_token=${TOKEN}`],
    [
      "Sec-WebSocket-Protocol",
      { "sec-websocket-protocol": `realtime, openai-insecure-api-key.${TOKEN}, openai-organization.o` },
      "",
    ],
    ["a header sent twice", { "x-api-key": `${TOKEN}, ${TOKEN}` }, ""],
  ] as [string, Record<string, string>, string][]) {
    it(`are read: ${name}`, ({ expect }) => {
      expect([...new Set(slotValues(readSlots(new Headers(headers), query)))]).toEqual([TOKEN]);
    });
  }

  it("are empty where clients send empty ones", ({ expect }) => {
    const headers = new Headers({ authorization: "Bearer ", "x-api-key": "", "x-goog-api-key": " " });
    expect(slotValues(readSlots(headers, "?key=&key"))).toEqual([]);
  });
});

describe("a query without its credentials", () => {
  for (const [query, stripped] of [
    ["", ""],
    ["?a=1", "?a=1"],
    ["?key=x", ""],
    ["?key=x&a=1&KEY=y&b=%20+%zz&oauth_token=z&&c", "?a=1&b=%20+%zz&&c"],
    ["?%24key=x&$httpMethod=DELETE&$ct=y&keys=1&monkey=2", "?keys=1&monkey=2"],
    [`?note=${TOKEN}&a=1`, "?a=1"],
    [`?note=${TOKEN.replace("_", "%5F")}&a=1`, "?a=1"],
  ] as const) {
    it(`${query.replaceAll(TOKEN, "TOKEN")} → ${stripped}`, ({ expect }) => {
      expect(stripQuery(query, [TOKEN])).toBe(stripped);
    });
  }
});

/** Who speaks: path, headers and query of real clients → route. */
describe("routes", () => {
  const bearer = { authorization: `Bearer ${TOKEN}` };
  for (const [target, headers, route] of [
    ["/v1/chat/completions", bearer, "openai"],
    ["/v1/models", bearer, "openai"],
    ["/v1/files", bearer, "openai"],
    ["/v1/models", { ...bearer, "anthropic-version": "2026-10-21" }, "anthropic"],
    ["/v1/models?limit=1000", { "x-api-key": TOKEN }, "anthropic"],
    ["/v1/messages?beta=true", bearer, "anthropic"],
    ["/v1/messages/batches", bearer, "anthropic"],
    ["/v1/complete", bearer, "anthropic"],
    ["/v1/messagesque", bearer, "openai"],
    ["/v1/models", { "x-goog-api-key": TOKEN }, "gemini"],
    [`/v1/models?key=${TOKEN}`, {}, "gemini"],
    ["/v1beta/models/m:generateContent", bearer, "gemini"],
    ["/v1alpha/auth_tokens", bearer, "gemini"],
    ["/upload/v1beta/files", { "x-goog-api-key": TOKEN }, "gemini"],
    ["/download/v1beta/files/f:download", { "x-goog-api-key": TOKEN }, "gemini"],
    ["//ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent", {}, "gemini"],
    ["/v1beta/openai/chat/completions", bearer, "gemini-openai"],
    ["/v1beta/openai", bearer, "gemini-openai"],
    ["/v1beta/openaiish", bearer, "gemini"],
    ["/v1/realtime?model=m", { "sec-websocket-protocol": `realtime, openai-insecure-api-key.${TOKEN}` }, "openai"],
    ["/", {}, null],
  ] as [string, Record<string, string>, string | null][]) {
    it(`${target.replaceAll(TOKEN, "TOKEN")} with ${Object.keys(headers).join(", ") || "nothing"} → ${route}`, ({
      expect,
    }) => {
      const identity = identify(new Headers(headers), targetOf(`https://gateway.example${target}`), null);
      expect(identity.route).toBe(route);
    });
  }
});
