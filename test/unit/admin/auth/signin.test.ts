import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { OVERALL, PATIENCE, WAITING_AT_ONCE } from "../../../../admin/registry/throttle.ts";
import { inRegistry, PASSWORD, send } from "../../support/admin.ts";

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const open = (password: string, headers: Record<string, string> = {}) =>
  send("POST", "/api/session", { body: { password }, headers });

describe("guessing the password", () => {
  it("in parallel gets five tries, and each one counts", async ({ expect }) => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => open("a wrong guess", { "cf-connecting-ip": "192.0.2.1" })),
    );
    const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([...Array<number>(5).fill(401), ...Array<number>(15).fill(429)]);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.headers.get("retry-after")).toBe("1");
    expect(refused?.body).toEqual({
      type: "urn:doppelgate:problem:throttled",
      title: "There were too many tries",
      status: 429,
      detail: "Wait a second before you try again.",
    });
  });

  it("makes the right password wait too, and no longer than it says", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const from = { "cf-connecting-ip": "192.0.2.2" };
    for (let guess = 0; guess < 5; guess++) expect((await open("a wrong guess", from)).status).toBe(401);
    vi.setSystemTime(Date.now() + 1000);
    expect((await open("a wrong guess", from)).status).toBe(401);
    const refused = await open(PASSWORD, from);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
    vi.setSystemTime(Date.now() + 1999);
    expect((await open(PASSWORD, from)).status).toBe(429);
    vi.setSystemTime(Date.now() + 1);
    expect((await open(PASSWORD, from)).status).toBe(201);
    // A right password clears the address.
    expect((await open("a wrong guess", from)).status).toBe(401);
  });

  it("is counted per IPv6 network, not per address", async ({ expect }) => {
    const statuses = [];
    for (let guess = 0; guess < 6; guess++) {
      statuses.push((await open("a wrong guess", { "cf-connecting-ip": `2001:db8:0:1::${guess}` })).status);
    }
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    expect((await open("a wrong guess", { "cf-connecting-ip": "2001:db8:0:2::1" })).status).toBe(401);
  });

  it("from many addresses is held up, but not where the owner signed in before", async ({ expect }) => {
    const home = { "cf-connecting-ip": "198.51.100.1" };
    expect((await open(PASSWORD, home)).status).toBe(201);
    const guesses = Array.from({ length: 30 }, (_, index) =>
      open("a wrong guess", { "cf-connecting-ip": `192.0.2.${index}` }),
    );
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(10);
    expect((await open(PASSWORD, { "cf-connecting-ip": "203.0.113.1" })).status).toBe(429);
    expect((await open(PASSWORD, home)).status).toBe(201);
  });

  it("that goes on for ever lets the owner in from a new address within a minute", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    for (let index = 0; index < 40; index++) await open("a wrong guess", { "cf-connecting-ip": `192.0.2.${index}` });
    const owner = { "cf-connecting-ip": "203.0.113.9" };
    expect((await open(PASSWORD, owner)).status).toBe(429);
    // The attacker takes every free moment of a minute.
    for (let second = 0; second < 60; second++) {
      vi.setSystemTime(Date.now() + 1000);
      await open("a wrong guess", { "cf-connecting-ip": `10.0.0.${second}` });
    }
    expect((await open(PASSWORD, owner)).status).toBe(201);
  });

  it("from any number of addresses gets as many tries in a minute as may wait at once, and writes no more", async ({
    expect,
  }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const round = async (): Promise<number[]> => {
      const statuses: number[] = [];
      for (let index = 0; index < 60; index++) {
        statuses.push((await open("a wrong guess", { "cf-connecting-ip": `2001:db8:0:${index + 1}::1` })).status);
      }
      return statuses;
    };
    const tried = (statuses: number[]): number => statuses.filter((status) => status === 401).length;
    const rows = () =>
      inRegistry((_, { storage }) => storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM throttle").one().n);
    expect(tried(await round())).toBe(OVERALL.free);
    expect(await rows()).toBe(1 + OVERALL.free + WAITING_AT_ONCE);
    for (let minute = 0; minute < 3; minute++) {
      vi.setSystemTime(Date.now() + PATIENCE);
      // One more comes by the rule for all of them.
      expect(tried(await round())).toBeLessThanOrEqual(WAITING_AT_ONCE + 1);
    }
    expect(await rows()).toBeLessThanOrEqual(1 + OVERALL.free + 4 * (WAITING_AT_ONCE + 1));
  });
});
