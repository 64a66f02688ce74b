import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, test as base } from "vitest";
import { refusalResponse } from "../../gateway/dialects.ts";
import { ROUTE_ROWS, type Dialect, type Route } from "../../gateway/providers.ts";
import type { Refusal } from "../../gateway/refusals.ts";
import { CALLS } from "./support/calls.ts";
import { errorFacts } from "./support/ways.ts";

// What real clients make of the refusals that a limit gives. The gateway's own words, from a bare server: what leads to
// each refusal is tested where it is decided.

/** Answers every request with a refusal. */
interface Refusing {
  url: string;
  refusal: Refusal;
  dialect: Dialect;
  requests: number;
}

const test = base.extend(
  "refusing",
  { scope: "file" },
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
  async ({}, { onCleanup }): Promise<Refusing> => {
    const refusing: Refusing = { url: "", refusal: { code: "unknown_token" }, dialect: "openai", requests: 0 };
    const server = createServer((request, response) => {
      refusing.requests++;
      request.resume();
      const answer = refusalResponse(refusing.refusal, refusing.dialect);
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      void answer.text().then((body) => response.end(body));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onCleanup(() => void server.close());
    refusing.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return refusing;
  },
);

const BUDGET: Refusal = {
  code: "budget_used_up",
  unit: "usd",
  per: "day",
  limit: 1_000_000,
  left: 0,
  needed: 1,
  resetsAt: Date.UTC(2026, 11, 1),
};
const RATE: Refusal = { code: "rate_limited", unit: "requests", perMinute: 10, retryAfter: 1 };
const MODEL: Refusal = { code: "model_not_allowed", provider: "openai", model: "gpt-9", allowed: ["gpt-5*"] };

/** Calls that have retries of their own. */
const RETRIES: ReadonlySet<string> = new Set(["openai", "anthropic"]);

const routeOf = (name: string, provider: Route & ("openai" | "anthropic" | "gemini")): Route =>
  provider === "gemini" && name.toLowerCase().includes("openai") ? "gemini-openai" : provider;

for (const call of CALLS) {
  const { dialect } = ROUTE_ROWS[routeOf(call.name, call.provider)];
  const retries = RETRIES.has(dialect);
  const failing = async (refusing: Refusing, refusal: Refusal, maxRetries: number) => {
    Object.assign(refusing, { refusal, dialect, requests: 0 });
    const error: unknown = await call
      .run({ url: refusing.url, key: "a-token-of-the-tests" }, maxRetries)
      .catch((thrown: unknown) => thrown);
    return {
      ...(errorFacts(error) as { threw: string; message: string; status: number }),
      requests: refusing.requests,
    };
  };

  describe(`${call.name} is told`, () => {
    test("that a budget is used up: once, by its own type, without trying again", async ({ refusing, expect }) => {
      const failure = await failing(refusing, BUDGET, 2);
      expect(failure).toMatchObject({ status: dialect === "anthropic" ? 402 : 429, requests: 1 });
      expect(failure.message).toContain("Your token's own budget of $1.00 a day is used up.");
      if (dialect === "openai") expect(failure).toMatchObject({ threw: "RateLimitError", code: "insufficient_quota" });
    });

    test("that it is too fast: it tries again as often as it was told to, and no more", async ({
      refusing,
      expect,
    }) => {
      const failure = await failing(refusing, RATE, 1);
      expect(failure).toMatchObject({ status: 429, requests: retries ? 2 : 1 });
      expect(failure.threw).toBe(retries ? "RateLimitError" : "ApiError");
      expect(failure.message).toContain("Your token's own limit of 10 requests per minute is reached.");
    });

    test("that a model isn't allowed: once", async ({ refusing, expect }) => {
      const failure = await failing(refusing, MODEL, 2);
      expect(failure).toMatchObject({ threw: call.errors[403], status: 403, requests: 1 });
      expect(failure.message).toContain("This token does not allow the model");
    });
  });
}
