import { reset } from "cloudflare:test";
import { afterAll, beforeAll, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { askAs, control, fakeUpstream, gatewayEnv, issue, makeToken, type TestToken } from "../support/gateway.ts";

beforeAll(() => {
  fakeUpstream();
});

afterAll(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const statusOf = async ({ secret }: TestToken): Promise<number> => (await askAs(secret, "/v1/models")).status;

/** Keeps a token busy for a while, so that the isolate's memory of it is as young as it gets. */
async function keepBusy(token: TestToken, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    await statusOf(token);
    await sleep(20);
  }
}

/** The owner's word reaches the guard; KV keeps what it had, as it does for a minute and more at other edges. */
async function actWithStaleKv(token: TestToken, change: Partial<TokenRecord>): Promise<void> {
  const before = await gatewayEnv.TOKENS.get(token.hash);
  await control.apply({ ...token.record, ...change, version: token.record.version + 1 });
  if ((await gatewayEnv.TOKENS.get(token.hash)) !== before) throw new Error("this test needs a stale KV value");
}

describe.concurrent("an owner's action counts one second after its answer, with a stale KV value left in place", () => {
  for (const [action, change] of [
    ["disable", { state: "disabled" }],
    ["delete", { state: "deleted" }],
    ["rotate", { secrets: [{ hash: "0".repeat(64), typed: false, endsAt: null }] }],
    ["expire", { expiresAt: 1 }],
  ] as const) {
    for (const typed of [undefined, "typed-by-the-owner"]) {
      it(`${action} a busy ${typed === undefined ? "generated" : "typed"} token`, async ({ expect }) => {
        const token = await issue({}, typed && `${typed}.${action}`);
        await keepBusy(token, 700);
        expect(await statusOf(token)).toBe(200);
        await actWithStaleKv(token, {
          ...change,
          secrets: "secrets" in change ? [...change.secrets] : token.record.secrets,
        });
        await sleep(1_000);
        expect(await statusOf(token)).toBe(401);
      });
    }
  }

  it("edit: a provider taken away is refused, one added is allowed", async ({ expect }) => {
    const token = await issue({ providers: ["openai"] });
    expect(await statusOf(token)).toBe(200);
    await actWithStaleKv(token, { providers: ["gemini"] });
    await sleep(1_000);
    expect(await statusOf(token)).toBe(403);
    expect((await askAs(token.secret, "/v1beta/models")).status).toBe(200);
  });

  it("enable again", async ({ expect }) => {
    const token = await issue({ state: "disabled" });
    expect(await statusOf(token)).toBe(401);
    await actWithStaleKv(token, { state: "active" });
    await sleep(1_000);
    expect(await statusOf(token)).toBe(200);
  });

  it("create: a token that was asked for too early works a second later, with nothing in KV", async ({ expect }) => {
    for (const typed of [undefined, "typed-by-the-owner"]) {
      const token = await makeToken({}, typed);
      expect(await statusOf(token)).toBe(401);
      await control.apply(token.record);
      expect(await gatewayEnv.TOKENS.get(token.hash)).toBeNull();
      await sleep(1_000);
      expect(await statusOf(token)).toBe(200);
    }
  });
});
