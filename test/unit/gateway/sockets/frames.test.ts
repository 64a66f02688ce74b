import { describe, it } from "vitest";
import { closeReason, isSendable, scrubFrame } from "../../../../gateway/sockets/frames.ts";

const KEY = "unit-test-key.with+special(chars)$";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const joined = (...parts: Uint8Array[]): ArrayBuffer => Uint8Array.from(parts.flatMap((part) => [...part])).buffer;

const error = (type: string, message: string): string => JSON.stringify({ type, error: { message } });

describe("the provider key is taken out of frames", () => {
  it("text, every time", ({ expect }) => {
    expect(scrubFrame(`{"a":"${KEY}","b":"x${KEY}${KEY}"}`, [KEY])).toBe(
      '{"a":"[provider key]","b":"x[provider key][provider key]"}',
    );
  });

  it("bytes, every time, with the bytes around it as they were", ({ expect }) => {
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    const frame = joined(all, bytes(KEY), all, bytes(KEY + KEY), all);
    const marker = bytes("[provider key]");
    const scrubbed = scrubFrame(frame, [KEY]);
    expect(new Uint8Array(scrubbed as ArrayBuffer)).toEqual(
      new Uint8Array(joined(all, marker, all, marker, marker, all)),
    );
  });

  it("bytes at either end", ({ expect }) => {
    const scrubbed = scrubFrame(joined(bytes(KEY), bytes("é"), bytes(KEY)), [KEY]);
    expect(new TextDecoder().decode(scrubbed as ArrayBuffer)).toBe("[provider key]é[provider key]");
  });

  it("a frame without it is the very same", ({ expect }) => {
    const frame = joined(
      Uint8Array.from({ length: 256 }, (_, index) => index),
      bytes(KEY.slice(0, -1)),
    );
    expect(scrubFrame(frame, [KEY])).toBe(frame);
    expect(scrubFrame("grüße 🐈", [KEY])).toBe("grüße 🐈");
    expect(scrubFrame(new ArrayBuffer(0), [KEY])).toHaveProperty("byteLength", 0);
  });

  it("account ids too, in errors alone: elsewhere they may be a model's words", ({ expect }) => {
    const said = "Rate limit reached in organization org-AbC123xyz, project proj_AbC123xyz.";
    const told = "Rate limit reached in organization [organization], project [project].";
    expect(scrubFrame(error("error", `${said} ${KEY}`), [KEY])).toBe(error("error", `${told} [provider key]`));
    expect(scrubFrame(error("response.failed", said), [KEY])).toBe(error("response.failed", told));
    expect(scrubFrame(` { "type" : "error", "message": "${said}"}`, [KEY])).toContain(told);
    expect(scrubFrame(error("response.output_text.delta", said), [KEY])).toContain(said);
    expect(scrubFrame(error("response.output_text.delta", said + KEY), [KEY])).toContain(`${said}[provider key]`);
  });
});

describe("close reasons fit into a close frame", () => {
  it("up to 123 bytes as they are", ({ expect }) => {
    for (const reason of ["", "GW: token revoked", "x".repeat(123), `${"é".repeat(61)}x`]) {
      expect(closeReason(reason)).toBe(reason);
    }
  });

  it("longer ones are cut between characters", ({ expect }) => {
    expect(closeReason("x".repeat(124))).toBe(`${"x".repeat(120)}…`);
    expect(closeReason("é".repeat(62))).toBe(`${"é".repeat(60)}…`);
    expect(closeReason(`${"x".repeat(117)}🐈🐈🐈`)).toBe(`${"x".repeat(117)}…`);
    for (const character of ["x", "é", "€", "🐈"]) {
      for (let count = 25; count < 130; count++) {
        const reason = closeReason(character.repeat(count));
        expect(bytes(reason).length).toBeLessThanOrEqual(123);
        expect(reason.isWellFormed()).toBe(true);
      }
    }
  });
});

it("codes that a close frame can carry (RFC 6455 §7.4)", ({ expect }) => {
  expect([1000, 1001, 1003, 1007, 1011, 1013, 1014, 3000, 4001, 4999].every(isSendable)).toBe(true);
  expect([0, 999, 1004, 1005, 1006, 1015, 5000, 65_535].some(isSendable)).toBe(false);
});
