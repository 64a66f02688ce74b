import { describe, it } from "vitest";
import {
  changesBetween,
  liveSecrets,
  newRecord,
  nextRecord,
  patchedRecord,
  rotatedRecord,
  statusOf,
} from "../../../../admin/registry/records.ts";
import { OPEN_POLICY } from "../../../../shared/policy.ts";

const NOW = 1_800_000_000_000;
const input = { label: "alice", note: null, providers: ["openai" as const], expiresAt: null, secret: null };
const fresh = newRecord("abcdefghij", input, { ...OPEN_POLICY, policy: null }, { hash: "h1", typed: false }, NOW);
const second = { hash: "h2", typed: true };

describe("a version", () => {
  it("is the time of the action", ({ expect }) => {
    expect(fresh.version).toBe(NOW);
    expect(nextRecord(fresh, {}, NOW + 5000)).toMatchObject({
      version: NOW + 5000,
      updatedAt: NOW + 5000,
      createdAt: NOW,
    });
  });

  it("grows even where the clock stands or goes back", ({ expect }) => {
    expect(nextRecord(fresh, {}, NOW).version).toBe(NOW + 1);
    expect(nextRecord(fresh, {}, NOW - 1_000_000).version).toBe(NOW + 1);
  });
});

describe("a status", () => {
  it("is deleted above disabled above expired above active", ({ expect }) => {
    const expiring = { ...fresh, expiresAt: NOW + 10 };
    expect(statusOf(expiring, NOW + 9)).toBe("active");
    expect(statusOf(expiring, NOW + 10)).toBe("expired");
    expect(statusOf({ ...expiring, state: "disabled" }, NOW + 10)).toBe("disabled");
    expect(statusOf({ ...expiring, state: "deleted" }, NOW)).toBe("deleted");
  });
});

describe("a patch", () => {
  it("changes what it names, and nothing else", ({ expect }) => {
    const patched = patchedRecord(
      { ...fresh, note: "n", expiresAt: 7 },
      { expiresAt: null, state: "disabled" },
      {},
      NOW + 1,
    );
    expect(patched).toEqual({
      ...fresh,
      note: "n",
      expiresAt: null,
      state: "disabled",
      version: NOW + 1,
      updatedAt: NOW + 1,
    });
  });
});

describe("a rotation", () => {
  it("without a grace leaves only the new secret", ({ expect }) => {
    const rotated = rotatedRecord(fresh, { secret: null, graceSeconds: 0 }, second, NOW + 1);
    expect(rotated.secrets).toEqual([{ hash: "h2", typed: true, endsAt: null }]);
  });

  it("with a grace ends the old secret after it", ({ expect }) => {
    const rotated = rotatedRecord(fresh, { secret: null, graceSeconds: 60 }, second, NOW);
    expect(rotated.secrets).toEqual([
      { hash: "h2", typed: true, endsAt: null },
      { hash: "h1", typed: false, endsAt: NOW + 60_000 },
    ]);
    expect(liveSecrets(rotated, NOW + 59_999)).toHaveLength(2);
    expect(liveSecrets(rotated, NOW + 60_000).map(({ hash }) => hash)).toEqual(["h2"]);
  });

  it("again never lengthens an earlier grace, and without one ends it", ({ expect }) => {
    const once = rotatedRecord(fresh, { secret: null, graceSeconds: 60 }, second, NOW);
    const longer = rotatedRecord(once, { secret: null, graceSeconds: 600 }, { hash: "h3", typed: false }, NOW + 1000);
    expect(longer.secrets.map(({ hash, endsAt }) => [hash, endsAt])).toEqual([
      ["h3", null],
      ["h2", NOW + 601_000],
      ["h1", NOW + 60_000],
    ]);
    const ended = rotatedRecord(longer, { secret: null, graceSeconds: 0 }, { hash: "h4", typed: false }, NOW + 2000);
    expect(ended.secrets.map(({ hash }) => hash)).toEqual(["h4"]);
  });

  it("keeps no secret whose grace is over", ({ expect }) => {
    const once = rotatedRecord(fresh, { secret: null, graceSeconds: 60 }, second, NOW);
    expect(patchedRecord(once, { note: "n" }, {}, NOW + 60_000).secrets.map(({ hash }) => hash)).toEqual(["h2"]);
  });
});

describe("the secrets that open a token", () => {
  it("are none of a deleted one", ({ expect }) => {
    expect(liveSecrets({ ...fresh, state: "deleted" }, NOW)).toEqual([]);
    expect(liveSecrets({ ...fresh, state: "disabled" }, NOW)).toHaveLength(1);
  });
});

describe("the changes of an action", () => {
  it("are the owner's words, each before and after, and no hash", ({ expect }) => {
    const after = patchedRecord(fresh, { label: "bob", providers: ["gemini"] }, {}, NOW + 1);
    expect(changesBetween(fresh, after)).toEqual({
      label: { before: "alice", after: "bob" },
      providers: { before: ["openai"], after: ["gemini"] },
    });
    expect(JSON.stringify(changesBetween(null, fresh))).not.toContain("h1");
  });
});
