import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { GatewayFacts } from "../../../../shared/control.ts";
import { keyOf, noProvider, withKeys } from "../../support/keys.ts";
import { fails, fakeGateway } from "../../support/usage.ts";
import { Browser, seen } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await Browser.signedIn();
});
afterEach(() => reset());

const AT = Date.UTC(2026, 10, 22);
const factsOf =
  (openai = noProvider()) =>
  async (): Promise<GatewayFacts> => ({
    version: "1.0.0",
    pricesDate: "2026-11-01",
    providers: { openai, anthropic: noProvider(), gemini: noProvider() },
  });

describe("the page of provider keys", () => {
  it("says how each key stands, and nothing of its text", async ({ expect }) => {
    const openai = {
      ...withKeys(
        keyOf("0a0a0a0a", { lastUsedAt: AT }),
        keyOf("0b0b0b0b", { place: 2, rejectedAt: AT, lastError: { at: AT, status: 401, code: "invalid_api_key" } }),
        keyOf("0c0c0c0c", { place: 4, throttledUntil: Date.now() + 60_000, lastUsedAt: AT }),
        keyOf("0d0d0d0d", { place: 5, throttledUntil: AT, lastError: { at: AT, status: 429, code: null } }),
      ),
      unusable: [3],
      overridden: true,
    };
    browser.bindings = fakeGateway({ facts: factsOf(openai) }).bindings;
    const page = await browser.get("/keys");
    const text = seen(page);
    for (const words of [
      "A var of the gateway sends its requests to another address than the provider's own.",
      "Key 3 is left out: no HTTP header can carry some of its characters.",
      "Number 1 0a0a0a0a Accepted 2026-11-22 00:00 UTC None",
      "Number 2 0b0b0b0b Rejected Last on 2026-11-22 00:00 UTC Never Status 401 invalid_api_key 2026-11-22 00:00 UTC",
      "Number 4 0c0c0c0c Throttled Until",
      "Number 5 0d0d0d0d Not used yet Never Status 429 2026-11-22",
      "Anthropic No key is set, so its holders get a 503.",
      "npx wrangler secret put ANTHROPIC_API_KEY -c wrangler.gateway.toml",
      "npx wrangler secret delete OPENAI_API_KEY -c wrangler.gateway.toml",
    ]) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain("secret delete ANTHROPIC_API_KEY");
    expect(page.text).toContain('<a href="/keys" aria-current="page">');
  });

  it("checks keys when asked, and shows what came of it, also later", async ({ expect }) => {
    const check = {
      fingerprint: "0a0a0a0a",
      place: 1,
      result: "unreachable",
      status: null,
      code: null,
      ms: 9,
    } as const;
    const { bindings, calls } = fakeGateway({
      facts: factsOf(withKeys(keyOf("0a0a0a0a"))),
      checkKeys: async () => [check],
    });
    browser.bindings = bindings;
    expect(seen(await browser.get("/keys"))).not.toContain("The last check");
    const page = await browser.submit("/keys/check", { provider: "openai" });
    expect(seen(page)).toContain("The keys are checked.");
    expect(calls.filter(([name]) => name === "checkKeys")).toEqual([["checkKeys", "openai"]]);
    expect(seen(await browser.get("/keys"))).toMatch(
      /The last check, [\d-]+ [\d:]+ UTC Key 1: no answer within 10 s, 9 ms/,
    );
    expect(seen(await browser.get("/audit"))).toContain("Checked provider keys");
    expect((await browser.post("/keys/check", { provider: "nix" })).status).toBe(400);
  });

  it("is there, and says so, where the gateway isn't", async ({ expect }) => {
    browser.bindings = fakeGateway({ facts: fails, checkKeys: fails }).bindings;
    const page = await browser.get("/keys");
    expect([page.status, seen(page).includes("It holds the keys, so nothing can be said of them now.")]).toEqual([
      200,
      true,
    ]);
    expect((await browser.post("/keys/check", { provider: "openai" })).status).toBe(503);
  });
});
