import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { forgetAbsences, leaveOut } from "../../../gateway/keys/pool.ts";
import { ranked } from "../../../gateway/keys/rank.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import { fakeUpstream, issue, type Sent, type TestToken } from "../support/gateway.ts";
import { askPool, keyOf, poolEnv, POOL } from "../support/pools.ts";
import { GO_ON, GOOGLE, UPLOAD } from "../support/uploads.ts";

let token: TestToken;
let env: GatewayEnv;
let sent: Sent[];
/** The pool in the order in which the token uses it. */
let order: string[];

beforeEach(async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  token = await issue();
  env = poolEnv();
  order = ranked(POOL.gemini, token.record.id);
  const headers = { "x-goog-upload-url": GOOGLE + UPLOAD, "x-goog-upload-status": "active" };
  ({ sent } = fakeUpstream(() => Response.json({}, { headers })));
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetAbsences();
  await reset();
});

/** Begins an upload; gives path and query of where it goes on. */
async function begin(): Promise<string> {
  const headers = { "x-goog-api-key": token.secret };
  const response = await askPool(env, "/upload/v1beta/files", { method: "POST", headers });
  const url = new URL(response.headers.get("x-goog-upload-url") ?? "");
  return url.pathname + url.search;
}

const goOn = (address: string, headers: Record<string, string> = {}) =>
  askPool(env, address, { method: "POST", headers: { ...GO_ON, ...headers }, body: "bytes" });

describe("an upload in a pool", () => {
  for (const [name, headers] of [
    ["without a token", () => ({})],
    ["with its token beside it", () => ({ "x-goog-api-key": token.secret })],
  ] as const) {
    it(`goes on with the key that it was begun with, whatever became of that: ${name}`, async ({ expect }) => {
      const address = await begin();
      leaveOut(order[0] ?? "", { key: "throttled", forMs: 60_000 }, Date.now());
      expect((await goOn(address, headers())).status).toBe(200);
      leaveOut(order[0] ?? "", { key: "rejected", text: "" }, Date.now());
      expect((await goOn(address, headers())).status).toBe(200);
      expect(sent.map(keyOf)).toEqual([order[0], order[0], order[0]]);
    });
  }

  it("goes on where the keys are in another order, and others gone", async ({ expect }) => {
    const address = await begin();
    env = poolEnv({ GEMINI_API_KEY: [order[2], order[0]].join(",") });
    expect((await goOn(address)).status).toBe(200);
    expect(sent.map(keyOf)).toEqual([order[0], order[0]]);
  });

  it("begun with the second key goes on with that", async ({ expect }) => {
    leaveOut(order[0] ?? "", { key: "rejected", text: "" }, Date.now());
    const address = await begin();
    forgetAbsences();
    expect((await goOn(address)).status).toBe(200);
    expect(sent.map(keyOf)).toEqual([order[1], order[1]]);
  });

  it("ends with its key", async ({ expect }) => {
    const address = await begin();
    env = poolEnv({ GEMINI_API_KEY: order.slice(1).join(",") });
    const response = await goOn(address);
    expect(response.status).toBe(401);
    expect(response.headers.get("x-doppelgate-error")).toBe("invalid_upload_capability");
    expect(sent).toHaveLength(1);
  });

  it("isn't sent with another key where its own isn't taken any more", async ({ expect }) => {
    vi.spyOn(console, "error").mockReturnValue();
    const address = await begin();
    vi.mocked(fetch).mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      sent.push({ url: request.url, method: request.method, headers: request.headers, body: await request.text() });
      return new Response("no", { status: 401 });
    });
    expect((await goOn(address)).status).toBe(503);
    expect(sent.map(keyOf)).toEqual([order[0], order[0]]);
  });
});
