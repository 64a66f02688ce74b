import { describe } from "vitest";
import type { Harness } from "../harness.ts";
import { test } from "./support/test.ts";

/** The promise, and what a loaded machine may add to it. */
const PROMISE_MS = 1_000;
const SLACK_MS = 250;

interface Seen {
  status: number;
  code: string | null;
}

async function ask(harness: Harness, secret: string): Promise<Seen> {
  const headers = { authorization: `Bearer ${secret}` };
  const response = await fetch(`${harness.gatewayUrl}/v1/models`, { headers });
  await response.arrayBuffer();
  return { status: response.status, code: response.headers.get("x-doppelgate-error") };
}

/**
 * Polls without a break until the gateway's answer is as wanted, with a second token asked in between that must go on
 * working.
 *
 * @returns how long it took, in ms, until the last answer that wasn't as wanted had been asked for; 0 where there was none
 */
async function delay(harness: Harness, secret: string, other: string, wanted: Seen): Promise<number> {
  const from = performance.now();
  let lastOther = 0;
  let agreeing = 0;
  // Several in a row: one isolate's answer must not hide another's.
  while (agreeing < 10) {
    const askedAt = performance.now() - from;
    const seen = await ask(harness, secret);
    if (seen.status === wanted.status && seen.code === wanted.code) agreeing += 1;
    else [agreeing, lastOther] = [0, askedAt];
    const neighbour = await ask(harness, other);
    if (neighbour.status !== 200) throw new Error(`Another token got ${neighbour.status}.`);
    if (lastOther > 5_000) break;
  }
  return lastOther;
}

const LIVE: Seen = { status: 200, code: null };
const DEAD: Seen = { status: 401, code: "unknown_token" };

/** What the owner does, and what it leads to. */
const ACTIONS: { name: string; act: (harness: Harness, id: string) => Promise<unknown>; seen: Seen }[] = [
  { name: "disable", act: ({ admin }, id) => admin.edit(id, { status: "disabled" }), seen: DEAD },
  { name: "delete", act: ({ admin }, id) => admin.remove(id), seen: DEAD },
  { name: "rotate", act: ({ admin }, id) => admin.rotate(id), seen: DEAD },
  {
    name: "take the provider away",
    act: ({ admin }, id) => admin.edit(id, { providers: ["gemini"] }),
    seen: { status: 403, code: "provider_not_allowed" },
  },
];

describe("an owner's action counts within a second of the admin's answer", () => {
  for (const { name, act, seen } of ACTIONS) {
    test(name, async ({ harness, token, expect }) => {
      const { id, secret } = await harness.admin.issue();
      // In use, so that the gateway remembers it.
      for (let request = 0; request < 5; request++) expect(await ask(harness, secret)).toEqual(LIVE);
      await act(harness, id);
      expect(await delay(harness, secret, token.secret, seen)).toBeLessThan(PROMISE_MS + SLACK_MS);
    });
  }

  test("a typed token too", async ({ harness, token, expect }) => {
    const typed = `typed.token-${Date.now()}`;
    const { id } = await harness.admin.issue({ secret: typed });
    expect(await ask(harness, typed)).toEqual(LIVE);
    await harness.admin.edit(id, { status: "disabled" });
    expect(await delay(harness, typed, token.secret, DEAD)).toBeLessThan(PROMISE_MS + SLACK_MS);
  });

  test("enable, after a disable that was noticed", async ({ harness, token, expect }) => {
    const { id, secret } = await harness.admin.issue();
    await harness.admin.edit(id, { status: "disabled" });
    await delay(harness, secret, token.secret, DEAD);
    await harness.admin.edit(id, { status: "active" });
    expect(await delay(harness, secret, token.secret, LIVE)).toBeLessThan(PROMISE_MS + SLACK_MS);
  });

  test("the new secret after a rotation", async ({ harness, token, expect }) => {
    const { id } = await harness.admin.issue();
    const secret = await harness.admin.rotate(id);
    expect(await delay(harness, secret, token.secret, LIVE)).toBeLessThan(PROMISE_MS + SLACK_MS);
  });

  test("a new token that was tried before it existed", async ({ harness, token, expect }) => {
    const typed = `typed.early-${Date.now()}`;
    expect(await ask(harness, typed)).toEqual(DEAD);
    await harness.admin.issue({ secret: typed });
    expect(await delay(harness, typed, token.secret, LIVE)).toBeLessThan(PROMISE_MS + SLACK_MS);
  });
});
