import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { forgetAbsences } from "../../../gateway/keys/pool.ts";
import { ranked } from "../../../gateway/keys/rank.ts";
import { forgetAll } from "../../../gateway/lookup.ts";
import { forgetWays } from "../../../gateway/region.ts";
import { REPLAY_LIMIT } from "../../../gateway/replay.ts";
import { fakeUpstream, issue, KEYS } from "../support/gateway.ts";
import { fine, geminiRefusal, inTurn, OPENAI_REFUSAL, openaiRefusal, post, watchedEnv } from "../support/relay.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetWays();
  await reset();
});

describe("a provider that refuses the location", () => {
  for (const { name, path, slot, refusal, key } of [
    {
      name: "OpenAI",
      path: "/v1/responses?a=%2F",
      slot: (token: string) => ({ authorization: `Bearer ${token}` }),
      refusal: openaiRefusal,
      key: ["authorization", `Bearer ${KEYS.openai}`],
    },
    {
      name: "Gemini",
      path: "/v1beta/models/m:generateContent",
      slot: (token: string) => ({ "x-goog-api-key": token }),
      refusal: geminiRefusal,
      key: ["x-goog-api-key", KEYS.gemini],
    },
    {
      name: "Gemini in OpenAI's dialect",
      path: "/v1beta/openai/chat/completions",
      slot: (token: string) => ({ authorization: `Bearer ${token}` }),
      refusal: geminiRefusal,
      key: ["authorization", `Bearer ${KEYS.gemini}`],
    },
  ]) {
    it(`${name} is asked again from the United States, with the same request`, async ({ expect }) => {
      const { sent } = fakeUpstream(inTurn(refusal, fine));
      const { env, jurisdictions, names } = watchedEnv();
      const { secret } = await issue();
      const headers = { ...slot(secret), "x-kept": "1", "x-doppelgate-route": "anthropic" };
      const response = await post({ env, path, headers });
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ ok: true });
      expect(jurisdictions).toEqual(["us"]);
      expect(names).toEqual(["from HKG"]);
      expect(sent).toHaveLength(2);
      expect(sent[1]).toMatchObject({ url: sent[0]?.url, method: "POST", body: '{"input":"x"}' });
      const seen = Object.fromEntries(sent[1]?.headers ?? []);
      const [keyHeader = "", keyValue = ""] = key;
      expect(seen).toMatchObject({ "x-kept": "1", [keyHeader]: keyValue });
      expect(seen).not.toHaveProperty("x-doppelgate-route");
      expect(JSON.stringify(seen)).not.toContain(secret);
    });
  }

  it("is asked by the relay at once from then on, from that location alone", async ({ expect }) => {
    const { sent } = fakeUpstream(inTurn(openaiRefusal, fine));
    const { env, names } = watchedEnv();
    const { secret } = await issue();
    const headers = { authorization: `Bearer ${secret}` };
    await post({ env, headers });
    expect(sent).toHaveLength(2);
    expect((await post({ env, headers, body: "large", length: REPLAY_LIMIT + 1 })).status).toBe(200);
    expect(sent).toHaveLength(3);
    expect(sent[2]?.body).toBe("large");
    expect(names).toEqual(["from HKG", "from HKG"]);
    await post({ env, headers, colo: "FRA" });
    expect(sent).toHaveLength(4);
    await post({ env, headers: { "x-api-key": secret }, path: "/v1/messages" });
    expect(names).toHaveLength(2);
  });

  it("is asked directly again after ten minutes", async ({ expect }) => {
    const { sent } = fakeUpstream(inTurn(openaiRefusal, fine));
    const { env, names } = watchedEnv();
    const { secret } = await issue();
    const headers = { authorization: `Bearer ${secret}` };
    await post({ env, headers });
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 10 * 60_000);
    await post({ env, headers });
    expect(sent).toHaveLength(3);
    expect(names).toHaveLength(1);
  });

  it("is taken at its word where the relay is refused too, and isn't asked twice again", async ({ expect }) => {
    const { sent } = fakeUpstream(openaiRefusal);
    const { env, names } = watchedEnv();
    const { secret } = await issue();
    const headers = { authorization: `Bearer ${secret}` };
    for (const requests of [2, 3, 4]) {
      const response = await post({ env, headers });
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual(OPENAI_REFUSAL);
      expect(sent).toHaveLength(requests);
    }
    expect(names).toHaveLength(1);
  });
});

const rejected = () => Response.json({}, { status: 401 });

describe("a pool of keys where the provider refuses the location", () => {
  it("goes by all of its keys and both ways with the same body", async ({ expect }) => {
    const { env } = watchedEnv({ OPENAI_API_KEY: `another-key\n${KEYS.openai}` });
    // The relay of this test knows one key alone.
    let token = await issue();
    while (ranked(["another-key", KEYS.openai], token.record.id)[0] !== "another-key") token = await issue();
    const { sent } = fakeUpstream(inTurn(rejected, openaiRefusal, fine));
    const response = await post({ env, headers: { authorization: `Bearer ${token.secret}` } });
    expect(response.status).toBe(200);
    expect(sent.map(({ body }) => body)).toEqual(['{"input":"x"}', '{"input":"x"}', '{"input":"x"}']);
    expect(sent.map(({ headers }) => headers.get("authorization"))).toEqual([
      "Bearer another-key",
      `Bearer ${KEYS.openai}`,
      `Bearer ${KEYS.openai}`,
    ]);
    expect(sent[2]?.headers.has("x-doppelgate-key")).toBe(false);
    forgetAbsences();
  });
});

describe("a body that can't be sent again", () => {
  for (const [what, length] of [
    ["too large", REPLAY_LIMIT + 1],
    ["of unknown size", null],
  ] as const) {
    it(`because it is ${what} lets the refusal through once`, async ({ expect }) => {
      const { sent } = fakeUpstream(inTurn(openaiRefusal, fine));
      const { env, names } = watchedEnv();
      const { secret } = await issue();
      const headers = { authorization: `Bearer ${secret}` };
      const response = await post({ env, headers, length });
      expect(response.status).toBe(403);
      expect(await response.json()).toEqual(OPENAI_REFUSAL);
      expect(names).toEqual([]);
      expect((await post({ env, headers, length })).status).toBe(200);
      expect(sent).toHaveLength(2);
      expect(names).toEqual(["from HKG"]);
    });
  }

  it("is none of a request without one", async ({ expect }) => {
    const { sent } = fakeUpstream(inTurn(openaiRefusal, fine));
    const { env } = watchedEnv();
    const { secret } = await issue();
    const headers = { authorization: `Bearer ${secret}` };
    expect((await post({ env, headers, body: null, length: null })).status).toBe(200);
    expect(sent).toHaveLength(2);
  });
});
