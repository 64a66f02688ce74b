import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { ControlApi } from "../../../../shared/control.ts";
import { Owner, type ProblemBody } from "../../support/admin.ts";
import { askFake, askWith, counts, errors, fails, fakeGateway, group, report } from "../../support/usage.ts";

const NOW = Date.UTC(2026, 10, 22, 23, 59, 59);

let owner: Owner;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

interface Group {
  key: string;
  label: string | null;
  provider: string | null;
  requests: number;
  errors: Record<string, number>;
  counts: Record<string, number>;
  usd: number;
  micros: number;
  unpriced: number;
  estimated: number;
  ttfbMs: number | null;
  durationMs: number | null;
}
interface Usage {
  token: string | null;
  from: string;
  to: string;
  group: string;
  rows: Group[];
  total: Omit<Group, "key" | "label" | "provider">;
  asOf: string;
}

const get = <T = ProblemBody>(parts: Partial<ControlApi>, path: string) => askFake<T>(parts, owner.jwt, "GET", path);

const NONE = async () => report([]);
const ONE_MODEL = async () => report([group("gpt-live-1", { provider: "openai" })]);

const rangeOf = async (query: string) => {
  const { body } = await get<Usage>({ usage: NONE }, `/api/usage?${query}`);
  return [body.from, body.to];
};

describe("GET /api/usage", () => {
  it("tells the last 30 days by day, oldest first, with means instead of sums", async ({ expect }) => {
    const some = {
      requests: 3,
      errors: errors({ limit: 1 }),
      counts: counts({ input: 100, output: 20, reasoning: 5 }),
      micros: 2_300.0000000001,
      unpriced: 1,
      estimated: 2,
      ttfbMs: 901,
      timed: 2,
      durationMs: 3_000,
    };
    const usage = async () => report([group("2026-11-22", some), group("2026-10-24")], some);
    const { status, body, calls } = await get<Usage>({ usage }, "/api/usage");
    expect(status).toBe(200);
    expect(calls).toEqual([["usage", { tokenId: null, from: "2026-10-24", to: "2026-11-22", group: "day" }]]);
    const { timed: _, ...told } = { ...some, usd: 0.0023, micros: 2300, ttfbMs: 451, durationMs: 1000 };
    expect(body).toEqual({
      token: null,
      from: "2026-10-24",
      to: "2026-11-22",
      group: "day",
      rows: [
        expect.objectContaining({ key: "2026-10-24", requests: 0, usd: 0, ttfbMs: null, durationMs: null }) as object,
        { key: "2026-11-22", label: null, provider: null, ...told },
      ],
      total: told,
      asOf: "2026-11-22T08:30:00.000Z",
    });
  });

  it("names tokens by their labels, the dearest first, deleted ones too", async ({ expect }) => {
    const alice = (await owner.create("alice")).token.id;
    const bob = (await owner.create("bob")).token.id;
    await owner.send("DELETE", `/api/tokens/${bob}`);
    const usage = async () => report([group(alice, { micros: 1 }), group("gone123456"), group(bob, { micros: 2 })]);
    const { body } = await get<Usage>({ usage }, "/api/usage?group=token");
    expect(body.rows.map(({ key, label }) => [key, label])).toEqual([
      [bob, "bob"],
      [alice, "alice"],
      ["gone123456", null],
    ]);
  });

  it("asks for one token, for named days, by model", async ({ expect }) => {
    const { id } = (await owner.create("alice")).token;
    const path = `/api/usage?token=${id}&from=2025-10-19&to=2026-11-22&group=model`;
    const { body, calls } = await get<Usage>({ usage: ONE_MODEL }, path);
    expect(calls).toEqual([["usage", { tokenId: id, from: "2025-10-19", to: "2026-11-22", group: "model" }]]);
    expect([body.token, body.rows[0]?.provider]).toEqual([id, "openai"]);
  });

  it("takes one end of the days alone", async ({ expect }) => {
    expect(await rangeOf("from=2026-11-01")).toEqual(["2026-11-01", "2026-11-22"]);
    expect(await rangeOf("to=2026-03-01")).toEqual(["2026-01-31", "2026-03-01"]);
  });

  for (const [query, field, message] of [
    ["from=2026-02-29", "from", "This has to be a day like 2027-01-31."],
    ["to=22.11.2026", "to", "This has to be a day like 2027-01-31."],
    ["from=2026-11-23", "from", "The first day, 2026-11-23, is after the last one, 2026-11-22."],
    ["from=2025-10-18", "from", "This range has 401 days; it may have at most 400."],
    ["group=hour", "group", "This has to be one of day, token, model, provider."],
    ["days=7", "days", "There is no such field; leave it out."],
    [`token=${"x".repeat(65)}`, "token", "A token id has at most 64 characters."],
  ] as const) {
    it(`refuses ?${query.slice(0, 20)}, and asks nobody`, async ({ expect }) => {
      const { status, body, calls } = await get({ usage: fails }, `/api/usage?${query}`);
      expect([status, body.errors, calls]).toEqual([400, [{ field, message }], []]);
    });
  }

  it("knows no token that never was, and asks no guard of it", async ({ expect }) => {
    const { status, body, calls } = await get({ usage: fails }, "/api/usage?token=0123456789");
    expect([status, body.detail, calls]).toEqual([404, "There is no token of that id.", []]);
  });

  for (const [name, bindings] of [
    ["missing", { ...fakeGateway({}).bindings, GATEWAY: undefined }],
    ["failing", fakeGateway({ usage: fails }).bindings],
  ] as const) {
    it(`says so where the gateway is ${name}`, async ({ expect }) => {
      const { status, headers, body } = await askWith(bindings, owner.jwt, "GET", "/api/usage");
      expect([status, headers.get("retry-after"), body.type]).toEqual([
        503,
        "5",
        "urn:doppelgate:problem:gateway-unreachable",
      ]);
      expect(body.detail).toBe("The gateway keeps the usage, and it doesn't answer or fails. Try again in a moment.");
    });
  }

  it("is the owner's alone", async ({ expect }) => {
    const { bindings, calls } = fakeGateway({ usage: fails });
    for (const path of [
      "/api/usage",
      "/api/usage/export?format=csv",
      "/api/tokens/x/requests",
      "/api/tokens/x/limits",
    ]) {
      expect((await askWith(bindings, "no-session", "GET", path)).status).toBe(401);
    }
    expect(calls).toEqual([]);
  });
});
