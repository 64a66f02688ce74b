import { describe, it } from "vitest";
import { OPEN_POLICY } from "../../../shared/policy.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { standingOf } from "../../../shared/standing.ts";

const HASH = "a".repeat(64);
const NOW = 1_800_000_000_000;
const RECORD: TokenRecord = {
  ...OPEN_POLICY,
  policy: null,
  holderActedAt: null,
  claim: null,
  schema: 2,
  id: "0123456789",
  version: 1,
  label: "l",
  note: null,
  state: "active",
  providers: ["openai"],
  secrets: [{ hash: HASH, typed: false, endsAt: null }],
  expiresAt: null,
  createdAt: 0,
  updatedAt: 0,
};
const ending = (endsAt: number) => ({ ...RECORD, secrets: [{ hash: HASH, typed: false, endsAt }] });

describe("standing of a secret", () => {
  for (const [name, record, standing] of [
    ["an active record's secret is live", RECORD, { standing: "live" }],
    ["no record at all", null, { standing: "unknown" }],
    ["disabled", { ...RECORD, state: "disabled" }, { standing: "unknown" }],
    ["deleted", { ...RECORD, state: "deleted" }, { standing: "unknown" }],
    ["a secret that the record doesn't list", { ...RECORD, secrets: [] }, { standing: "unknown" }],
    ["the last ms before the expiry", { ...RECORD, expiresAt: NOW + 1 }, { standing: "live" }],
    ["the ms of the expiry", { ...RECORD, expiresAt: NOW }, { standing: "expired", at: NOW }],
    [
      "a disabled token doesn't tell that it expired",
      { ...RECORD, state: "disabled", expiresAt: 1 },
      { standing: "unknown" },
    ],
    ["the last ms of a rotation's grace", ending(NOW + 1), { standing: "live" }],
    ["the end of a rotation's grace", ending(NOW), { standing: "unknown" }],
  ] as const) {
    it(`is judged by the record: ${name}`, ({ expect }) => {
      expect(standingOf(record as TokenRecord | null, HASH, NOW)).toEqual(standing);
    });
  }
});
