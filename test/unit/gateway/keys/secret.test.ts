import { afterEach, describe, it, vi } from "vitest";
import { bindingsOf } from "../../../../gateway/bindings.ts";
import { keysIn } from "../../../../gateway/keys/secret.ts";
import { gatewayEnv } from "../../support/gateway.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

describe("the keys of a secret", () => {
  for (const [name, secret, keys, unusable, places = keys.map((_, index) => index + 1)] of [
    ["one", "sk-a", ["sk-a"], []],
    ["one with its line end", " sk-a\r\n", ["sk-a"], []],
    ["one a line, and an empty one", "sk-a\nsk-b\n\nsk-c", ["sk-a", "sk-b", "sk-c"], []],
    ["by commas", "sk-a, sk-b ,sk-c,", ["sk-a", "sk-b", "sk-c"], []],
    ["by both", "sk-a,\r\n\tsk-b", ["sk-a", "sk-b"], []],
    ["one of them twice", "sk-a\nsk-b\nsk-a", ["sk-a", "sk-b"], []],
    ["a bad one among good ones", "sk-a\nsk b\nsk-c\nsk-é", ["sk-a", "sk-c"], [2, 4], [1, 3]],
    ["one that is too long", `sk-a,${"x".repeat(513)}`, ["sk-a"], [2]],
    ["none", " \n,", [], []],
  ] as const) {
    it(`are read: ${name}`, ({ expect }) => {
      expect(keysIn(secret)).toEqual({ keys, places, unusable });
    });
  }

  it("a bad one is left out, and the log names its place and nothing of its text", ({ expect }) => {
    const logged = vi.spyOn(console, "error").mockReturnValue();
    const env = { ...gatewayEnv, OPENAI_API_KEY: "sk-a\nsk-bad key\nsk-c" } as GatewayEnv;
    const { keys, problem } = bindingsOf(env).providers.openai;
    expect([keys, problem]).toEqual([["sk-a", "sk-c"], null]);
    expect(logged.mock.calls).toEqual([
      [
        JSON.stringify({
          event: "bad_setting",
          setting: "OPENAI_API_KEY",
          problem: "Key 2 of OPENAI_API_KEY has characters that no HTTP header can carry; it is left out.",
        }),
      ],
    ]);
  });

  for (const [secret, problem] of [
    ["", "The secret OPENAI_API_KEY is not set."],
    ["a b\nc d", "The secret OPENAI_API_KEY has characters that no HTTP header can carry."],
  ] as const) {
    it(`no good one among ${JSON.stringify(secret)}: the provider is off, and its problem told`, ({ expect }) => {
      const env = { ...gatewayEnv, OPENAI_API_KEY: secret } as GatewayEnv;
      expect(bindingsOf(env).providers.openai).toMatchObject({ keys: [], problem });
    });
  }
});
