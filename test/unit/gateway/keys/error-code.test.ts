import { describe, it } from "vitest";
import { errorCode } from "../../../../gateway/keys/error-code.ts";

const KEYS = ["unit_test_key_of_letters_only", "another-key"];

describe("the provider's name of an error", () => {
  for (const [name, body, code] of [
    [
      "OpenAI",
      { error: { message: "Incorrect API key provided", type: "invalid_request_error", code: "invalid_api_key" } },
      "invalid_api_key",
    ],
    ["OpenAI without a code", { error: { message: "no", type: "server_error", code: null } }, "server_error"],
    ["Anthropic", { type: "error", error: { type: "authentication_error", message: "no" } }, "authentication_error"],
    [
      "Google with a reason",
      { error: { code: 400, status: "INVALID_ARGUMENT", details: [{ reason: "API_KEY_INVALID" }] } },
      "API_KEY_INVALID",
    ],
    ["Google without one", { error: { code: 429, status: "RESOURCE_EXHAUSTED" } }, "RESOURCE_EXHAUSTED"],
    ["Google in OpenAI's dialect", [{ error: { code: 401, status: "UNAUTHENTICATED" } }], "UNAUTHENTICATED"],
    ["a sentence in its place", { error: { code: "the key sk-1 is wrong" } }, null],
    ["a whole key in its place", { error: { code: KEYS[0] } }, null],
    ["a part of a key in its place", { error: { code: "test_key_of_letters" } }, null],
    ["a masked key in its place", { error: { code: "sk-ab***wxyz" } }, null],
    ["the next one where the first is a key", { error: { code: KEYS[0], type: "auth_error" } }, "auth_error"],
    ["what a message quotes", { error: { message: 'you sent {"code":"made_up"}', type: "bad" } }, "bad"],
    ["no body", "", null],
  ] as const) {
    it(`is found: ${name}`, ({ expect }) => {
      for (const text of [JSON.stringify(body), JSON.stringify(body, null, 2)]) {
        expect(errorCode(text, KEYS)).toBe(code);
      }
    });
  }

  it("is found in a body that breaks off", ({ expect }) => {
    expect(errorCode('{"error":{"code":"invalid_api_key","message":"Inco', KEYS)).toBe("invalid_api_key");
    expect(errorCode('{"error":{"code":"invalid_ap', KEYS)).toBeNull();
  });
});
