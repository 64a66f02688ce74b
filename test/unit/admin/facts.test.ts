import { describe, it } from "vitest";
import { completeFacts } from "../../../admin/facts.ts";
import type { GatewayFacts } from "../../../shared/control.ts";

const NOTHING = { configured: false, rejectedAt: null, keys: [], unusable: [], overridden: false };

describe("facts of the gateway", () => {
  it("stay as they are where it tells all", ({ expect }) => {
    const key = {
      fingerprint: "01234567",
      place: 2,
      rejectedAt: 1,
      throttledUntil: 2,
      lastUsedAt: 3,
      lastError: { at: 4, status: 401, code: "invalid_api_key" },
    };
    const one = { configured: true, rejectedAt: 1, keys: [key], unusable: [1], overridden: true };
    const facts: GatewayFacts = {
      version: "1.2.3",
      pricesDate: "2026-11-01",
      providers: { openai: one, anthropic: NOTHING, gemini: NOTHING },
    };
    expect(completeFacts(facts)).toEqual(facts);
  });

  it("are completed where it is older", ({ expect }) => {
    const providers = { openai: { configured: true }, anthropic: { configured: true, keys: [{ fingerprint: "0" }] } };
    expect(completeFacts({ providers })).toEqual({
      version: null,
      pricesDate: null,
      providers: {
        openai: { ...NOTHING, configured: true },
        anthropic: {
          ...NOTHING,
          configured: true,
          keys: [
            { fingerprint: "0", place: 1, rejectedAt: null, throttledUntil: null, lastUsedAt: null, lastError: null },
          ],
        },
        gemini: NOTHING,
      },
    });
  });
});
