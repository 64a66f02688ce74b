import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { ask, fakeUpstream, issue } from "../support/gateway.ts";

interface Settled {
  event: string;
  token: string;
  ended: string;
  status?: number;
  code?: string;
}

let settled: Settled[] = [];

beforeEach(() => {
  settled = [];
  vi.spyOn(console, "info").mockImplementation((line: string) => {
    const facts = JSON.parse(line) as Settled;
    if (facts.event === "request") settled.push(facts);
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

/** A body of unknown length. */
function inChunks(text: string, { fails = false, size = 5 } = {}): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += size)));
      else if (fails) controller.error(new Error("the provider broke off"));
      else controller.close();
    },
  });
}

const BATCH = "/v1/messages/batches/b";
const JSON_TYPE = { "content-type": "application/json" };

describe("a permit is settled once", () => {
  for (const [name, path, answer, expected] of [
    [
      "answered at once",
      "/v1/models",
      () => Response.json({}, { headers: { "content-length": "2" } }),
      { ended: "answered", status: 200 },
    ],
    [
      "answered with an error",
      "/v1/models",
      () => Response.json({}, { status: 429 }),
      { ended: "answered", status: 429 },
    ],
    [
      "a stream that ends",
      "/v1/messages",
      () => new Response(inChunks("data: 1\n\n")),
      { ended: "finished", status: 200 },
    ],
    [
      "a stream that breaks off",
      "/v1/messages",
      () => new Response(inChunks("data", { fails: true })),
      { ended: "failed", status: 200 },
    ],
    [
      "an answer that is given up while its body is on the way",
      BATCH,
      () => new Response(inChunks("x".repeat(9 * 1024 * 1024), { size: 1024 * 1024 }), { headers: JSON_TYPE }),
      { ended: "refused", code: "unreadable_provider_error" },
    ],
    [
      "an answer whose links are mended",
      BATCH,
      () => new Response(inChunks('{"results_url":"https://api.anthropic.com/x"}'), { headers: JSON_TYPE }),
      { ended: "finished", status: 200 },
    ],
  ] as [string, string, () => Response, Partial<Settled>][]) {
    it(`with the outcome of ${name}`, async ({ expect }) => {
      fakeUpstream(answer);
      const { secret, record } = await issue();
      const response = await ask(path, { headers: { "x-api-key": secret, "anthropic-version": "2023-06-01" } });
      await response.text().catch(() => "");
      await expect.poll(() => settled).not.toHaveLength(0);
      // A second one would come with the end of the body.
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(settled).toHaveLength(1);
      expect(settled[0]).toMatchObject({ token: record.id, ...expected });
    });
  }

  it("and none is opened for a request that isn't let in", async ({ expect }) => {
    await ask("/v1/models", { headers: { "x-api-key": "no-token-of-this-gateway" } });
    expect(settled).toEqual([]);
  });
});
