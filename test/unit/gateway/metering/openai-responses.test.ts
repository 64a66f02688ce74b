import { describe, it } from "vitest";
import { counts, events, meteredPermit, usedIn } from "../../support/metering.ts";

/** Fields of `ResponseUsage` of the openai package. */
const RESPONSE_USAGE = {
  input_tokens: 500,
  input_tokens_details: {
    cached_tokens: 300,
    cache_write_tokens: 120,
    cache_write_tokens_details: { ttl_30m_tokens: 20, ttl_12h_tokens: 100 },
  },
  output_tokens: 80,
  output_tokens_details: { reasoning_tokens: 30 },
  total_tokens: 580,
};
const RESPONSE_COUNTS = counts({
  input: 500,
  cacheRead: 300,
  cacheWrite: 20,
  cacheWriteLong: 100,
  output: 80,
  reasoning: 30,
});

const exact = (model: string | null, tier: string | null): object => ({ estimated: false, model, tier });

const response = (change: object = {}): object => ({
  id: "resp_1",
  object: "response",
  status: "completed",
  store: false,
  model: "gpt-x",
  service_tier: "priority",
  output: [],
  usage: RESPONSE_USAGE,
  ...change,
});

describe("responses", () => {
  it("decisions, as responses have it", ({ expect }) => {
    const { main } = usedIn("responses", JSON.stringify({ answers: [], model: "m", usage: RESPONSE_USAGE }));
    expect(main).toMatchObject({ once: null, usage: { ...exact("m", null), counts: RESPONSE_COUNTS } });
  });

  it("in one piece, with the searches that were made", ({ expect }) => {
    const output = [
      { type: "web_search_call", status: "completed", action: { type: "search", query: "x" } },
      { type: "web_search_call", status: "completed", action: { type: "open_page", url: "https://x.example" } },
      { type: "message", content: [] },
    ];
    const { main } = usedIn("responses", JSON.stringify(response({ output })));
    expect(main?.once).toBe(null);
    expect(main?.usage).toMatchObject({
      ...exact("gpt-x", "priority"),
      counts: { ...RESPONSE_COUNTS, webSearches: 1 },
    });
  });

  for (const type of ["response.completed", "response.incomplete", "response.failed"]) {
    it(`as a stream that ends with ${type}`, ({ expect }) => {
      const text = events([
        // The request's tools come back in the first event, with whatever names of fields they have.
        { type: "response.created", response: response({ usage: null, tools: [{ usage: { input_tokens: 1 } }] }) },
        { type: "response.output_text.delta", delta: "hello" },
        { type, response: response() },
      ]);
      const { main } = usedIn("responses", text, { inLines: true });
      expect(main?.usage).toMatchObject({ ...exact("gpt-x", "priority"), counts: RESPONSE_COUNTS });
    });
  }

  it("that are stored are billed once, however often they are read", ({ expect }) => {
    const text = JSON.stringify(response({ store: true }));
    const permit = meteredPermit("responses", { endpoint: { body: "none", methods: ["GET"] } });
    expect(usedIn("responses", text).main?.once).toBe("response:resp_1");
    expect(usedIn("responses", text, { permit }).main?.once).toBe("response:resp_1");
  });

  describe("that go on in the background", () => {
    const text = JSON.stringify(response({ status: "queued", usage: null, store: true }));
    const prices = { ownersKnown: true, estimate: () => ({ tokens: 0, micros: 0, unpriced: null }), cost: () => null };
    const reserved = { tokens: 5_000, micros: 70 };

    it("use nothing yet", ({ expect }) => {
      expect(usedIn("responses", text).main).toBe(null);
    });

    it("count at their worst at once under a limit, for nobody may come for them", ({ expect }) => {
      const permit = meteredPermit("responses", { reserved, prices });
      expect(usedIn("responses", text, { permit }).main).toMatchObject({
        once: "response:resp_1",
        usage: { estimated: true, counts: counts({ output: 5_000 }) },
      });
    });

    it("use nothing when somebody looks after them", ({ expect }) => {
      const permit = meteredPermit("responses", { reserved, prices, endpoint: { body: "none" } });
      expect(usedIn("responses", text, { permit }).main).toBe(null);
    });
  });
});
