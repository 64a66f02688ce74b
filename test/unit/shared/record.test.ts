import { describe, it } from "vitest";
import { OPEN_POLICY } from "../../../shared/policy.ts";
import { checkRecord, newerRecord, type TokenRecord } from "../../../shared/record.ts";

const RECORD: TokenRecord = {
  ...OPEN_POLICY,
  policy: null,
  holderActedAt: null,
  claim: null,
  schema: 2,
  id: "0123456789",
  version: 7,
  label: "l",
  note: "n",
  state: "active",
  providers: ["openai", "gemini"],
  secrets: [{ hash: "a".repeat(64), typed: true, endsAt: 5 }],
  expiresAt: 9,
  createdAt: 0,
  updatedAt: 0,
};

describe("a record from outside", () => {
  it("is taken whole, also after a way through JSON", ({ expect }) => {
    expect(checkRecord(JSON.parse(JSON.stringify(RECORD)))).toEqual(RECORD);
    expect(checkRecord({ ...RECORD, note: null, expiresAt: null })).not.toBeNull();
  });

  for (const value of [null, undefined, 1, "record", [], {}]) {
    it(`is no record: ${JSON.stringify(value)}`, ({ expect }) => {
      expect(checkRecord(value)).toBeNull();
    });
  }

  for (const [field, wrong] of Object.entries({
    schema: 3,
    id: 1,
    version: "7",
    label: null,
    note: 1,
    state: "paused",
    providers: ["openai", "other"],
    secrets: [{ hash: 1, typed: true, endsAt: null }],
    expiresAt: "never",
    createdAt: Number.NaN,
    updatedAt: null,
  })) {
    it(`is refused whole for a wrong ${field}`, ({ expect }) => {
      expect(checkRecord({ ...RECORD, [field]: wrong })).toBeNull();
    });
    it(`is refused whole without its ${field}`, ({ expect }) => {
      expect(checkRecord({ ...RECORD, [field]: undefined })).toBeNull();
    });
  }
});

describe("a record's claim link", () => {
  const claim = { hash: "h", madeAt: 1, expiresAt: 2, graceSeconds: 0, withdrawnAt: null, used: null };
  const used = { at: 2, country: null, hash: "n" };

  it("is none in records from before there were links", ({ expect }) => {
    expect(checkRecord({ ...RECORD, claim: undefined })).toEqual(RECORD);
    for (const one of [
      claim,
      { ...claim, withdrawnAt: 3 },
      { ...claim, used },
      { ...claim, used: { ...used, country: "DE" } },
    ]) {
      expect(checkRecord({ ...RECORD, claim: one })?.claim).toEqual(one);
    }
  });

  for (const [name, wrong] of Object.entries({
    "no object": "x",
    "no hash": { ...claim, hash: undefined },
    "no end": { ...claim, expiresAt: null },
    "a grace in words": { ...claim, graceSeconds: "0" },
    "a time in words": { ...claim, withdrawnAt: "now" },
    "a receipt without a time": { ...claim, used: { ...used, at: null } },
    "a receipt with no country's name": { ...claim, used: { ...used, country: 7 } },
    "a receipt without a hash": { ...claim, used: { ...used, hash: undefined } },
  })) {
    it(`makes the record unreadable where it has ${name}`, ({ expect }) => {
      expect(checkRecord({ ...RECORD, claim: wrong })).toBeNull();
    });
  }
});

describe("the newer of two copies", () => {
  it("is the one of the higher version, on whichever side", ({ expect }) => {
    const newer = { ...RECORD, version: 8 };
    expect(newerRecord(RECORD, newer)).toBe(newer);
    expect(newerRecord(newer, RECORD)).toBe(newer);
    expect(newerRecord(null, RECORD)).toBe(RECORD);
    expect(newerRecord(RECORD, null)).toBe(RECORD);
    expect(newerRecord(null, null)).toBeNull();
  });

  it("is the one that knows of the holder's last act, whatever the versions", ({ expect }) => {
    const acted = { ...RECORD, version: 8, holderActedAt: 8 };
    const unaware = { ...RECORD, version: 9 };
    expect(newerRecord(acted, unaware)).toBe(acted);
    expect(newerRecord(unaware, acted)).toBe(acted);
    const aware = { ...unaware, holderActedAt: 8 };
    expect(newerRecord(acted, aware)).toBe(aware);
    expect(newerRecord(aware, { ...aware, version: 10, holderActedAt: 10 })).toMatchObject({ version: 10 });
  });
});
