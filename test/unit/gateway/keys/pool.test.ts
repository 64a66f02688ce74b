import { afterEach, describe, it } from "vitest";
import { unreadCall, type Call } from "../../../../gateway/call.ts";
import type { Endpoint } from "../../../../gateway/endpoints.ts";
import { forgetAbsences, keysFor, leaveOut, movesOn, takeIn } from "../../../../gateway/keys/pool.ts";
import { ranked } from "../../../../gateway/keys/rank.ts";

const KEYS = ["sk-1", "sk-2", "sk-3"];
const NOW = 1_000_000;
const MINUTE = 60_000;
const TOKEN = "0123456789";
const ORDER = ranked(KEYS, TOKEN);
const [first = "", second = "", third = ""] = ORDER;

const permit = (change: { keys?: string[]; keyIsFixed?: boolean; key?: string; call?: Call } = {}) => ({
  key: first,
  keys: KEYS,
  keyIsFixed: false,
  tokenId: TOKEN,
  call: unreadCall(null),
  ...change,
});
const throttled = (forMs: number) => ({ key: "throttled", forMs }) as const;
const REJECTED = { key: "rejected", text: "" } as const;
const FILES: Endpoint = {
  name: "files",
  routes: ["openai"],
  methods: ["GET"],
  path: /^\/v1\/files$/,
  class: "all",
  body: "none",
  meter: null,
  cost: "free",
};

afterEach(forgetAbsences);

describe("the keys that a request may try", () => {
  it("are the token's own one first, then the others", ({ expect }) => {
    expect(keysFor(permit(), NOW)).toEqual(ORDER);
  });

  it("are not those that are left out, for as long as they are", ({ expect }) => {
    leaveOut(first, throttled(10_000), NOW);
    leaveOut(second, REJECTED, NOW);
    expect(keysFor(permit(), NOW + 9_999)).toEqual([third]);
    expect(keysFor(permit(), NOW + 10_000)).toEqual([first, third]);
    expect(keysFor(permit(), NOW + 5 * MINUTE)).toEqual(ORDER);
  });

  it("are the one back soonest where all are left out, and a rejected one last", ({ expect }) => {
    leaveOut(first, REJECTED, NOW);
    leaveOut(second, throttled(60_000), NOW);
    leaveOut(third, throttled(30_000), NOW);
    expect(keysFor(permit(), NOW)).toEqual([third]);
    leaveOut(third, REJECTED, NOW + 1);
    leaveOut(second, REJECTED, NOW + 2);
    expect(keysFor(permit(), NOW + 3)).toEqual([first]);
  });

  it("are the only one, left out or not", ({ expect }) => {
    leaveOut("sk-1", REJECTED, NOW);
    expect(keysFor(permit({ keys: ["sk-1"] }), NOW)).toEqual(["sk-1"]);
  });

  it("are the one that it is bound to, left out or not", ({ expect }) => {
    leaveOut(second, REJECTED, NOW);
    expect(keysFor(permit({ keyIsFixed: true, key: second }), NOW)).toEqual([second]);
  });

  it("are at most eight", ({ expect }) => {
    const keys = Array.from({ length: 30 }, (_, index) => `sk-${index}`);
    expect(keysFor(permit({ keys }), NOW)).toEqual(ranked(keys, TOKEN).slice(0, 8));
  });
});

describe("a key that is left out", () => {
  it("is taken in again by an answer to a request that was sent since", ({ expect }) => {
    leaveOut(first, throttled(10_000), NOW);
    takeIn(first, NOW - 1);
    expect(keysFor(permit(), NOW)).toEqual([second, third]);
    takeIn(first, NOW);
    expect(keysFor(permit(), NOW)).toEqual(ORDER);
  });
});

describe("what lies in the account of one key", () => {
  const named = { ...unreadCall(null), namesStored: true };
  for (const [name, call] of [
    ["an endpoint of stored things", unreadCall(FILES)],
    ["a request that names some", named],
  ] as const) {
    it(`is waited for where the key is throttled, but not where it is rejected: ${name}`, ({ expect }) => {
      leaveOut(first, throttled(10_000), NOW);
      expect(keysFor(permit({ call }), NOW)).toEqual(ORDER);
      expect(movesOn(throttled(1), { call })).toBe(false);
      expect(movesOn(REJECTED, { call })).toBe(true);
      leaveOut(first, REJECTED, NOW);
      expect(keysFor(permit({ call }), NOW)).toEqual([second, third]);
    });
  }

  it("isn't asked for by other requests", ({ expect }) => {
    expect(movesOn(throttled(1), { call: unreadCall({ ...FILES, class: "inference" }) })).toBe(true);
    expect(movesOn(throttled(1), { call: unreadCall(null) })).toBe(true);
  });
});
