import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { ControlApi, GatewayFacts } from "../../../../shared/control.ts";
import type { GatewayMetrics } from "../../../../shared/metrics.ts";
import { exposition } from "../../../../admin/usage/prometheus.ts";
import { Owner, PASSWORD, sendWith } from "../../support/admin.ts";
import { keyOf, noProvider, withKeys } from "../../support/keys.ts";
import { askWith, counts, errors, fails, fakeGateway } from "../../support/usage.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const NO_KEY = noProvider();
const facts = async (): Promise<GatewayFacts> => ({
  version: "1.0.0",
  providers: {
    openai: withKeys(keyOf("0a0a0a0a"), keyOf("0b0b0b0b", { place: 2, rejectedAt: 5 })),
    anthropic: NO_KEY,
    gemini: NO_KEY,
  },
  pricesDate: "2026-11-20",
});
const MODEL = { provider: "openai", model: 'a "b"\\\nc' } as const;

const metricsOf = (tokenId: string) => async (): Promise<GatewayMetrics> => ({
  models: [
    {
      ...MODEL,
      requests: 7,
      errors: errors({ limit: 2, providerBusy: 1 }),
      counts: counts({ input: 100, cacheWriteLong: 4, output: 20, webSearches: 3, audioSeconds: 1.5 }),
      micros: 2_300,
    },
  ],
  tokens: [{ tokenId, requests: 7, micros: 1_500_000, lastUsedAt: 1_764_000_000_500 }],
  webhooksWaiting: 2,
});

const scrape = async (parts: Partial<ControlApi>) => {
  const answer = await askWith(fakeGateway(parts).bindings, owner.jwt, "GET", "/api/metrics");
  return { ...answer, lines: answer.text.split("\n") };
};

describe("GET /api/metrics", () => {
  it("tells everything in the text format of Prometheus", async ({ expect }) => {
    const { token } = await owner.create('alice "the first"');
    await owner.create("bob", { providers: ["gemini"] });
    const { status, headers, lines, text } = await scrape({ facts, metrics: metricsOf(token.id) });
    expect([status, headers.get("content-type")]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    const model = 'provider="openai",model="a \\"b\\"\\\\\\nc"';
    const of = `token_id="${token.id}",label="alice \\"the first\\""`;
    for (const line of [
      'doppelgate_up{part="gateway"} 1',
      'doppelgate_up{part="ledger"} 1',
      'doppelgate_up{part="kv"} 1',
      'doppelgate_tokens{status="active"} 2',
      'doppelgate_tokens{status="deleted"} 0',
      'doppelgate_unpublished{target="gateway"} 0',
      'doppelgate_unpublished{target="settings"} 0',
      'doppelgate_provider_configured{provider="openai"} 1',
      'doppelgate_provider_configured{provider="gemini"} 0',
      'doppelgate_provider_key_up{provider="openai",key="0a0a0a0a"} 1',
      'doppelgate_provider_key_up{provider="openai",key="0b0b0b0b"} 0',
      `doppelgate_requests_total{${model}} 7`,
      `doppelgate_errors_total{${model},kind="limit"} 2`,
      `doppelgate_errors_total{${model},kind="provider_busy"} 1`,
      `doppelgate_errors_total{${model},kind="cut"} 0`,
      `doppelgate_usage_tokens_total{${model},kind="input"} 100`,
      `doppelgate_usage_tokens_total{${model},kind="cache_write_long"} 4`,
      `doppelgate_web_searches_total{${model}} 3`,
      `doppelgate_audio_seconds_total{${model}} 1.5`,
      `doppelgate_spend_dollars_total{${model}} 0.0023`,
      `doppelgate_token_requests_total{${of}} 7`,
      `doppelgate_token_spend_dollars_total{${of}} 1.5`,
      `doppelgate_token_last_used_timestamp_seconds{${of}} 1764000000.5`,
      "doppelgate_webhook_events_waiting 2",
    ]) {
      expect(lines).toContain(line);
    }
    expect(text).not.toMatch(/kind="(?:reasoning|web_searches|audio_seconds)"/);
  });

  it("has a HELP and a TYPE in front of each name, once, and counters end with _total", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const { lines } = await scrape({ facts, metrics: metricsOf(token.id) });
    expect(lines.pop()).toBe("");
    const types = new Map<string, string>();
    let [current, helped] = ["", ""];
    for (const line of lines) {
      const [, what, name = "", rest = ""] = /^# (HELP|TYPE) (\w+) (.+)$/.exec(line) ?? [];
      if (what === "HELP") helped = name;
      else if (what === "TYPE") {
        expect([helped, types.has(name)]).toEqual([name, false]);
        types.set(name, rest);
        current = name;
      } else {
        // As Prometheus reads a sample of its text format.
        expect(line).toMatch(/^[a-z_]+(\{\w+="([^"\\\n]|\\["\\n])*"(,\w+="([^"\\\n]|\\["\\n])*")*\})? -?\d+(\.\d+)?$/);
        expect(line.split(/[{ ]/)[0]).toBe(current);
      }
    }
    expect(types.size).toBeGreaterThan(14);
    for (const [name, type] of types) expect([name, type === "counter"]).toEqual([name, name.endsWith("_total")]);
  });

  it("says what doesn't answer, and tells the rest", async ({ expect }) => {
    const { status, lines, text } = await scrape({ facts: fails, metrics: fails });
    expect(status).toBe(200);
    expect(lines).toContain('doppelgate_up{part="gateway"} 0');
    expect(lines).toContain('doppelgate_up{part="ledger"} 0');
    expect(lines).toContain('doppelgate_tokens{status="active"} 0');
    expect(text).not.toMatch(/doppelgate_(?:requests|provider|token_|webhook)/);
  });

  it("leaves out a family without samples, and keeps a line end out of a HELP", ({ expect }) => {
    const family = { name: "a", type: "gauge", help: "x\\y\nz" } as const;
    expect(exposition([{ ...family, samples: [] }])).toBe("");
    expect(exposition([{ ...family, samples: [[{}, 1]] }])).toBe("# HELP a x\\\\y\\nz\n# TYPE a gauge\na 1\n");
  });
});

const TOKEN = "unit-test-metrics-token";
const ask = (token: unknown, method: string, path: string, bearer: string) => {
  const { bindings } = fakeGateway({ facts, metrics: fails });
  const headers = { authorization: `Bearer ${bearer}` };
  return sendWith({ ...bindings, METRICS_TOKEN: token }, method, path, { headers });
};

describe("METRICS_TOKEN", () => {
  it("opens the metrics, and nothing else", async ({ expect }) => {
    expect((await ask(TOKEN, "GET", "/api/metrics", TOKEN)).status).toBe(200);
    expect((await ask(TOKEN, "HEAD", "/api/metrics", TOKEN)).status).toBe(200);
    for (const [method, path] of [
      ["GET", "/api/status"],
      ["GET", "/api/tokens"],
      ["GET", "/api/metrics/"],
      ["GET", "/api/usage"],
      ["POST", "/api/metrics"],
      ["POST", "/api/tokens"],
    ] as const) {
      expect([path, (await ask(TOKEN, method, path, TOKEN)).status]).toEqual([path, 401]);
    }
    expect((await ask(TOKEN, "GET", "/tokens", TOKEN)).status).toBe(303);
  });

  for (const [name, token, bearer] of [
    ["another one", TOKEN, `${TOKEN}x`],
    ["a part of it", TOKEN, TOKEN.slice(0, -1)],
    ["one that is too short", "fifteen-letters", "fifteen-letters"],
    ["none where none is set", undefined, "undefined"],
    ["the owner's password, whatever the secret says", PASSWORD, PASSWORD],
  ] as const) {
    it(`doesn't open them to ${name}`, async ({ expect }) => {
      const { status, body } = await ask(token, "GET", "/api/metrics", bearer);
      expect([status, body.type]).toEqual([401, "urn:doppelgate:problem:signed-out"]);
    });
  }

  it("leaves sessions as they were", async ({ expect }) => {
    expect((await ask(TOKEN, "GET", "/api/metrics", owner.jwt)).status).toBe(200);
    expect((await ask(undefined, "GET", "/api/metrics", owner.jwt)).status).toBe(200);
  });
});
