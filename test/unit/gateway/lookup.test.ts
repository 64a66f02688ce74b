import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { bindingsOf, type Bindings } from "../../../gateway/bindings.ts";
import { findToken, forgetAll } from "../../../gateway/lookup.ts";
import { Refused } from "../../../gateway/refusals.ts";
import { control, gatewayEnv, issue, makeToken, publish, type TestToken } from "../support/gateway.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

const NOW = 1_800_000_000_000;

/** Bindings that count what they are asked, and fail where a test says so. */
function countedBindings(failing: { kv?: boolean; guard?: boolean } = {}): {
  bindings: Bindings;
  count: { kv: number; guard: number };
} {
  const real = bindingsOf(gatewayEnv);
  const count = { kv: 0, guard: 0 };
  const tokens = {
    get: (key: string, type: "json") => {
      count.kv++;
      return failing.kv === true ? Promise.reject(new Error("KV is down")) : real.tokens.get(key, type);
    },
  } as unknown as KVNamespace;
  const guards = {
    getByName: (name: string) => ({
      recall: () => {
        count.guard++;
        return failing.guard === true ? Promise.reject(new Error("no guard")) : real.guards.getByName(name).recall();
      },
    }),
  } as unknown as Bindings["guards"];
  return { bindings: { ...real, tokens, guards }, count };
}

async function find(bindings: Bindings, token: TestToken, now: number) {
  const works: Promise<void>[] = [];
  const found = await findToken(bindings, token.secret, now, (work) => works.push(work));
  await Promise.all(works);
  return found;
}

describe("what wins where copies of a record differ", () => {
  for (const typed of [undefined, "typed-by-the-owner"]) {
    const kind = typed === undefined ? "generated" : "typed";

    it(`the guard, over a stale KV value (${kind})`, async ({ expect }) => {
      const token = await issue({ version: 1 }, typed);
      await control.apply({ ...token.record, version: 2, state: "disabled" });
      const { record } = await find(countedBindings().bindings, token, NOW);
      expect(record?.version).toBe(2);
      expect(record?.state).toBe("disabled");
    });

    it(`the guard, over a missing KV value (${kind})`, async ({ expect }) => {
      const token = await makeToken({}, typed);
      await control.apply(token.record);
      expect((await find(countedBindings().bindings, token, NOW)).record).toEqual(token.record);
    });

    it(`KV, over a guard that missed the news (${kind})`, async ({ expect }) => {
      const token = await issue({ version: 1 }, typed);
      await publish({ ...token, record: { ...token.record, version: 3, state: "disabled" } });
      expect((await find(countedBindings().bindings, token, NOW)).record?.state).toBe("disabled");
    });

    it(`KV, where the guard was never told (${kind})`, async ({ expect }) => {
      const token = await makeToken({}, typed);
      await publish(token);
      expect((await find(countedBindings().bindings, token, NOW)).record).toEqual(token.record);
    });
  }

  it("an unreadable KV value opens nothing, and isn't taken for no token", async ({ expect }) => {
    const token = await makeToken();
    await gatewayEnv.TOKENS.put(token.hash, JSON.stringify({ ...token.record, providers: "all of them" }));
    const error = await find(countedBindings().bindings, token, NOW).catch((e: unknown) => e);
    expect((error as Refused).refusal).toEqual({ code: "token_check_unavailable" });
  });
});

describe("faults", () => {
  it("without the guard, KV's word goes", async ({ expect }) => {
    const token = await issue();
    expect((await find(countedBindings({ guard: true }).bindings, token, NOW)).record).toEqual(token.record);
  });

  it("without KV, the guard's word goes", async ({ expect }) => {
    const token = await issue();
    expect((await find(countedBindings({ kv: true }).bindings, token, NOW)).record).toEqual(token.record);
  });

  for (const failing of [{ kv: true }, { guard: true }, { kv: true, guard: true }]) {
    it(`a token that the rest doesn't know is no dead token while ${Object.keys(failing).join(" and ")} fail`, async ({
      expect,
    }) => {
      const error = await find(countedBindings(failing).bindings, await makeToken(), NOW).catch((e: unknown) => e);
      expect(error).toBeInstanceOf(Refused);
      expect((error as Refused).refusal).toEqual({ code: "token_check_unavailable" });
    });
  }
});

describe("memory", () => {
  it("a hot token asks neither KV nor its guard", async ({ expect }) => {
    const token = await issue();
    const { bindings, count } = countedBindings();
    for (let time = 0; time < 500; time += 10) await find(bindings, token, NOW + time);
    expect(count).toEqual({ kv: 1, guard: 1 });
  });

  it("an unknown token is asked for once a second", async ({ expect }) => {
    const token = await makeToken();
    const { bindings, count } = countedBindings();
    for (const time of [0, 400, 999, 1_000]) {
      expect((await find(bindings, token, NOW + time)).record).toBeNull();
    }
    expect(count).toEqual({ kv: 2, guard: 2 });
  });

  it("what is remembered is never older than a second", async ({ expect }) => {
    const token = await issue();
    const { bindings } = countedBindings();
    await find(bindings, token, NOW);
    await control.apply({ ...token.record, version: 2, state: "disabled" });
    expect((await find(bindings, token, NOW + 499)).record?.state).toBe("active");
    expect((await find(bindings, token, NOW + 1_000)).record?.state).toBe("disabled");
  });

  it("a busy token's word is renewed behind its requests, from the guard alone", async ({ expect }) => {
    const token = await issue();
    const { bindings, count } = countedBindings();
    await find(bindings, token, NOW);
    await control.apply({ ...token.record, version: 2, state: "disabled" });
    expect((await find(bindings, token, NOW + 600)).record?.state).toBe("active");
    expect((await find(bindings, token, NOW + 700)).record?.state).toBe("disabled");
    expect(count).toEqual({ kv: 1, guard: 2 });
  });

  it("a busy token hears of KV once a minute, where its guard couldn't be told", async ({ expect }) => {
    const token = await issue();
    const { bindings, count } = countedBindings();
    await find(bindings, token, NOW);
    await publish({ ...token, record: { ...token.record, version: 2, state: "disabled" } });
    for (let time = 600; time <= 60_000; time += 600) {
      expect((await find(bindings, token, NOW + time)).record?.state).toBe("active");
    }
    expect((await find(bindings, token, NOW + 60_600)).record?.state).toBe("disabled");
    expect(count.kv).toBe(2);
  });

  it("a clock that goes back doesn't keep a word alive", async ({ expect }) => {
    const token = await issue();
    const { bindings, count } = countedBindings();
    await find(bindings, token, NOW);
    await find(bindings, token, NOW - 10);
    expect(count.guard).toBe(2);
  });

  it("a guard that was never told is asked for news once, however busy the token is", async ({ expect }) => {
    const token = await makeToken();
    await publish(token);
    const { bindings, count } = countedBindings();
    for (const time of [0, 600, 700, 800, 900]) {
      expect((await find(bindings, token, NOW + time)).record).toEqual(token.record);
    }
    expect(count).toEqual({ kv: 1, guard: 2 });
  });

  it("a guard that fails is asked for news once, and the word that is known stands to its end", async ({ expect }) => {
    const token = await issue();
    await find(countedBindings().bindings, token, NOW);
    const { bindings, count } = countedBindings({ guard: true });
    for (const time of [600, 700, 800]) {
      expect((await find(bindings, token, NOW + time)).record).toEqual(token.record);
    }
    expect(count).toEqual({ kv: 0, guard: 1 });
  });
});
