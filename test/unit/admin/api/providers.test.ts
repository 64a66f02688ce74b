import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { GatewayFacts, KeyCheck } from "../../../../shared/control.ts";
import { Owner } from "../../support/admin.ts";
import { keyOf, noProvider, withKeys } from "../../support/keys.ts";
import { askFake, fails } from "../../support/usage.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const AT = Date.UTC(2026, 10, 22);
const TIME = "2026-11-22T00:00:00.000Z";
const facts = async (): Promise<GatewayFacts> => ({
  version: "1.0.0",
  pricesDate: "2026-11-01",
  providers: {
    openai: {
      ...withKeys(
        keyOf("0a0a0a0a", { lastUsedAt: AT, throttledUntil: AT }),
        keyOf("0b0b0b0b", { place: 3, rejectedAt: AT, lastError: { at: AT, status: 401, code: "invalid_api_key" } }),
      ),
      unusable: [2],
      overridden: true,
    },
    anthropic: noProvider(),
    gemini: noProvider(),
  },
});
const CHECKS: KeyCheck[] = [
  { fingerprint: "0a0a0a0a", place: 1, result: "ok", status: 200, code: null, ms: 12 },
  { fingerprint: "0b0b0b0b", place: 3, result: "rejected", status: 401, code: "invalid_api_key", ms: 34 },
];
const hangs = () => new Promise<never>(() => undefined);
const checksInLog = async () => {
  const { body } = await owner.send<{ entries: { changes: object }[] }>("GET", "/api/audit?action=provider.check");
  return body.entries.map(({ changes }) => changes);
};

const check = <T>(parts: Parameters<typeof askFake>[0], provider = "openai") =>
  askFake<T>(parts, owner.jwt, "POST", `/api/providers/${provider}/check`);

describe("GET /api/providers", () => {
  it("tells how each key stands", async ({ expect }) => {
    const { status, body } = await askFake<{ providers: object }>({ facts }, owner.jwt, "GET", "/api/providers");
    const none = { configured: false, rejectedAt: null, overridden: false, unusable: [], keys: [] };
    expect([status, body.providers]).toEqual([
      200,
      {
        openai: {
          configured: true,
          secret: "OPENAI_API_KEY",
          rejectedAt: TIME,
          overridden: true,
          unusable: [2],
          keys: [
            {
              fingerprint: "0a0a0a0a",
              place: 1,
              rejectedAt: null,
              throttledUntil: TIME,
              lastUsedAt: TIME,
              lastError: null,
            },
            {
              fingerprint: "0b0b0b0b",
              place: 3,
              rejectedAt: TIME,
              throttledUntil: null,
              lastUsedAt: null,
              lastError: { at: TIME, status: 401, code: "invalid_api_key" },
            },
          ],
        },
        anthropic: { ...none, secret: "ANTHROPIC_API_KEY" },
        gemini: { ...none, secret: "GEMINI_API_KEY" },
      },
    ]);
  });

  it("says so where the gateway doesn't answer", async ({ expect }) => {
    const { status, body } = await askFake({ facts: fails }, owner.jwt, "GET", "/api/providers");
    expect([status, body.detail]).toEqual([
      503,
      "The gateway holds the provider keys, and it doesn't answer or fails. Try again in a moment.",
    ]);
  });
});

describe("POST /api/providers/{provider}/check", () => {
  it("checks each key, and writes down what it showed", async ({ expect }) => {
    const { status, body, calls } = await check<object>({ checkKeys: async () => CHECKS });
    expect([status, body, calls]).toEqual([200, { checks: CHECKS }, [["checkKeys", "openai"]]]);
    expect(await checksInLog()).toEqual([
      {
        provider: { before: null, after: "openai" },
        answer: {
          before: null,
          after: ["Key 1: accepted, status 200, 12 ms", "Key 3: rejected, status 401 invalid_api_key, 34 ms"],
        },
      },
    ]);
  });

  for (const [name, checkKeys, detail] of [
    ["fails", fails, "The gateway doesn't answer or fails, so nothing was done."],
    ["hangs", hangs, "The gateway didn't answer in time, so it may have been done or not."],
  ] as const) {
    it(`says so where the gateway ${name}`, async ({ expect }) => {
      const { status, body } = await check<{ detail: string }>({ checkKeys });
      expect([status, body.detail.startsWith(detail)]).toEqual([503, true]);
      expect(await checksInLog()).toEqual([]);
    });
  }

  it("knows no other provider", async ({ expect }) => {
    const { status, body, calls } = await check<{ errors: object[] }>({}, "nix");
    expect([status, body.errors, calls]).toEqual([
      400,
      [{ field: "provider", message: "This has to be one of openai, anthropic, gemini." }],
      [],
    ]);
  });
});
