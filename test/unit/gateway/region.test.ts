import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { forgetWays } from "../../../gateway/region.ts";
import { fakeUpstream, issue } from "../support/gateway.ts";
import { fine, GEMINI_REFUSAL, inTurn, OPENAI_REFUSAL, openaiRefusal, post, watchedEnv } from "../support/relay.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetWays();
  await reset();
});

describe("what is no refusal of a location", () => {
  const CASES: readonly (readonly [name: string, path: string, slot: string, answer: () => Response])[] = [
    ["another 403 of OpenAI's", "/v1/responses", "authorization", () => Response.json({ error: {} }, { status: 403 })],
    [
      "OpenAI's words with another status",
      "/v1/responses",
      "authorization",
      () => Response.json(OPENAI_REFUSAL, { status: 400 }),
    ],
    [
      "Gemini's words from OpenAI",
      "/v1/responses",
      "authorization",
      () => Response.json(GEMINI_REFUSAL, { status: 400 }),
    ],
    [
      "another 400 of Gemini's",
      "/v1beta/models",
      "x-goog-api-key",
      () => Response.json({ error: {} }, { status: 400 }),
    ],
    ["Anthropic's 403", "/v1/messages", "x-api-key", () => Response.json(OPENAI_REFUSAL, { status: 403 })],
    ["an empty 403", "/v1/responses", "authorization", () => new Response(null, { status: 403 })],
    [
      "words behind 64 KiB of others",
      "/v1/responses",
      "authorization",
      () => new Response(" ".repeat(65_536) + JSON.stringify(OPENAI_REFUSAL), { status: 403 }),
    ],
  ];
  for (const [name, path, slot, answer] of CASES) {
    it(`goes through as it came: ${name}`, async ({ expect }) => {
      const { sent } = fakeUpstream(answer);
      const { env, names } = watchedEnv();
      const { secret } = await issue();
      const response = await post({
        env,
        path,
        headers: { [slot]: slot === "authorization" ? `Bearer ${secret}` : secret },
      });
      const wanted = answer();
      expect(response.status).toBe(wanted.status);
      expect(await response.text()).toBe(await wanted.text());
      expect(sent).toHaveLength(1);
      expect(names).toEqual([]);
    });
  }
});

describe("REGION_RELAY", () => {
  for (const [value, relays] of [
    ["off", false],
    [" OFF ", false],
    ["false", false],
    ["on", true],
    ["", true],
  ] as const) {
    it(`"${value}" means ${relays ? "on" : "off"}`, async ({ expect }) => {
      const logged = vi.spyOn(console, "error");
      const { sent } = fakeUpstream(inTurn(openaiRefusal, fine));
      const { env, names } = watchedEnv({ REGION_RELAY: value });
      const { secret } = await issue();
      const response = await post({ env, headers: { authorization: `Bearer ${secret}` } });
      expect(response.status).toBe(relays ? 200 : 403);
      expect(sent).toHaveLength(relays ? 2 : 1);
      expect(names).toHaveLength(relays ? 1 : 0);
      // A word that means nothing is told to the owner.
      const lines = logged.mock.calls.flat().filter((line) => String(line).includes("bad_setting"));
      expect(lines).toHaveLength(value === "false" ? 1 : 0);
    });
  }
});
