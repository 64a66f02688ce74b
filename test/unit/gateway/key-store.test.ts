import { describe, it } from "vitest";
import { type KeyNews, withNews } from "../../../gateway/key-store.ts";

const NOTHING = { rejectedAt: null, throttledUntil: null, lastUsedAt: null, lastError: null };
const MINUTE = 60_000;

const rejected = (at: number, code = "invalid_api_key"): KeyNews => ({ what: "rejected", at, status: 401, code });
const throttled = (at: number, until: number): KeyNews => ({
  what: "throttled",
  at,
  status: 429,
  code: "insufficient_quota",
  until,
});
const served = (at: number): KeyNews => ({ what: "served", at });
const after = (...news: KeyNews[]) => news.reduce(withNews, NOTHING);

describe("what is known of a key", () => {
  it("is its last error, which stays when the key is accepted again", ({ expect }) => {
    expect(after(rejected(5))).toEqual({
      ...NOTHING,
      rejectedAt: 5,
      lastError: { at: 5, status: 401, code: "invalid_api_key" },
    });
    expect(after(rejected(5), served(9))).toMatchObject({ rejectedAt: null, lastUsedAt: 9, lastError: { at: 5 } });
  });

  it("is until when it has no more to give", ({ expect }) => {
    expect(after(throttled(5, 300_005))).toEqual({
      ...NOTHING,
      throttledUntil: 300_005,
      lastError: { at: 5, status: 429, code: "insufficient_quota" },
    });
  });

  it("isn't changed by an answer that was on its way before the rejection", ({ expect }) => {
    expect(after(rejected(5), served(4))).toMatchObject({ rejectedAt: 5, lastUsedAt: 4 });
  });

  for (const [name, first, second, isWritten] of [
    ["the same rejection within a minute", rejected(5), rejected(MINUTE + 4), false],
    ["the same rejection a minute later", rejected(5), rejected(MINUTE + 5), true],
    ["another one within a minute", rejected(5), rejected(6, "account_deactivated"), true],
    ["the same throttling within a minute", throttled(5, 10), throttled(6, 11), false],
    ["a rejection after a throttling", throttled(5, 10), rejected(6), true],
    ["a use within ten minutes", served(MINUTE), served(11 * MINUTE - 1), false],
    ["a use ten minutes later", served(MINUTE), served(11 * MINUTE), true],
    ["a use right after a rejection", rejected(5), served(6), true],
  ] as const) {
    it(`${isWritten ? "is written anew" : "isn't written again"}: ${name}`, ({ expect }) => {
      const known = after(first);
      expect(withNews(known, second) !== known).toBe(isWritten);
    });
  }
});
