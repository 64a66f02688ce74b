import { describe } from "vitest";
import { generateToken, newTokenId } from "../../shared/token.ts";
import { type Harness, startHarness } from "../harness.ts";
import { CALLS, type Call } from "./support/calls.ts";
import { test as base } from "./support/test.ts";
import { watch } from "./support/traffic.ts";
import { errorFacts } from "./support/ways.ts";

const test = base
  .extend("expired", { scope: "file" }, async ({ harness }) => {
    const { secret } = await harness.admin.issue({ expiresAt: new Date(Date.now() + 500) });
    await new Promise((resolve) => setTimeout(resolve, 600));
    return secret;
  })
  /** A Doppelgate whose owner has set no provider key yet. */
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
  .extend("unconfigured", { scope: "file" }, async ({}, { onCleanup }) => {
    const harness = await startHarness([]);
    onCleanup(() => harness.dispose());
    const { secret } = await harness.admin.issue();
    return { url: harness.gatewayUrl, key: secret };
  });

/** One call with a client's own retries, and what came of it. */
async function failing(call: Call, way: { url: string; key: string }, maxRetries: number): Promise<Failure> {
  const { result, exchanges } = await watch(async () => {
    try {
      await call.run(way, maxRetries);
      return { threw: "nothing", message: "", status: 200 };
    } catch (error) {
      return errorFacts(error) as { threw: string; message: string; status: number };
    }
  });
  const codes = exchanges.map(({ headers }) => headers.get("x-doppelgate-error"));
  const shouldRetry = exchanges.map(({ headers }) => headers.get("x-should-retry"));
  return { ...result, codes, shouldRetry };
}

interface Failure {
  threw: string;
  message: string;
  status: number;
  /** `x-doppelgate-error` of each answer: as many as there were requests. */
  codes: (string | null)[];
  shouldRetry: (string | null)[];
}

const upstreamCount = ({ providers }: Harness): number =>
  Object.values(providers).reduce((sum, { recordings }) => sum + recordings.length, 0);

for (const call of CALLS) {
  describe(`${call.name} is refused`, () => {
    test("an unknown token", async ({ harness, expect }) => {
      const before = upstreamCount(harness);
      const key = generateToken(newTokenId());
      const failure = await failing(call, { url: harness.gatewayUrl, key }, 2);
      expect(failure).toMatchObject({ threw: call.errors[401], status: 401, shouldRetry: ["false"] });
      expect(failure.codes).toEqual(["unknown_token"]);
      expect(failure.message).toContain("This token is not valid here.");
      expect(failure.message).not.toContain(key);
      expect(upstreamCount(harness)).toBe(before);
    });

    test("a key that never was a token", async ({ harness, expect }) => {
      const failure = await failing(call, { url: harness.gatewayUrl, key: "sk-a-key-of-another-place" }, 2);
      expect(failure).toMatchObject({ threw: call.errors[401], status: 401, codes: ["unknown_token"] });
    });

    test("an expired token", async ({ harness, expired, expect }) => {
      const failure = await failing(call, { url: harness.gatewayUrl, key: expired }, 2);
      expect(failure).toMatchObject({ threw: call.errors[401], status: 401, shouldRetry: ["false"] });
      expect(failure.codes).toEqual(["expired_token"]);
      expect(failure.message).toContain("This token expired on");
    });

    test("a provider out of scope", async ({ harness, expect }) => {
      const before = upstreamCount(harness);
      const others = (["openai", "anthropic", "gemini"] as const).filter((one) => one !== call.provider);
      const { secret } = await harness.admin.issue({ providers: others });
      const failure = await failing(call, { url: harness.gatewayUrl, key: secret }, 2);
      expect(failure).toMatchObject({ threw: call.errors[403], status: 403, shouldRetry: ["false"] });
      expect(failure.codes).toEqual(["provider_not_allowed"]);
      expect(failure.message).toContain("This token does not allow");
      expect(upstreamCount(harness)).toBe(before);
    });

    test("a provider without a key", async ({ unconfigured, expect }) => {
      const failure = await failing(call, unconfigured, 2);
      expect(failure).toMatchObject({ threw: call.errors[503], status: 503 });
      expect(failure.codes).toEqual(["provider_not_configured"]);
      expect(failure.shouldRetry).toEqual(["false"]);
      expect(failure.message).toContain("is not set up on this gateway");
      // Which secret is missing is the owner's to know.
      expect(failure.message).not.toContain("_API_KEY");
    });
  });
}
