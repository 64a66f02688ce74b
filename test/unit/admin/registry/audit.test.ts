import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { addAudit } from "../../../../admin/registry/audit.ts";
import { readAudit } from "../../../../admin/registry/audit-search.ts";
import { trimAudit } from "../../../../admin/registry/audit-trim.ts";
import type { AuditAction, AuditChanges, AuditFilter } from "../../../../admin/registry/reports.ts";
import { inRegistry, withSql } from "../../support/admin.ts";

afterEach(() => reset());

const DAY = 24 * 60 * 60_000;
const START = Date.UTC(2030, 0, 1);

interface Line {
  at?: number;
  action?: AuditAction;
  label?: string;
  session?: string | null;
  address?: string;
  changes?: AuditChanges;
}

function add(sql: SqlStorage, lines: readonly Line[]): void {
  for (const [index, line] of lines.entries()) {
    const { at = START + index, action = "token.update", label = `label ${index}`, changes = {} } = line;
    const { session = "aaaaaaaa-0000", address = "192.0.2.1" } = line;
    addAudit(sql, { session, address, userAgent: "curl/8" }, action, { id: `id${index}`, label }, changes, at);
  }
}

const read = (filter: Partial<AuditFilter>) =>
  withSql((sql) => readAudit(sql, { tokenId: null, before: null, limit: 50, ...filter }));
const labels = async (filter: Partial<AuditFilter>) => (await read(filter)).entries.map(({ label }) => label);
const write = (lines: readonly Line[]) =>
  inRegistry((_, { storage }) => storage.transactionSync(() => add(storage.sql, lines)));

const lines = (action: AuditAction, count: number): Line[] => Array.from({ length: count }, () => ({ action }));
const trim = (mostLines: number, mostRefused: number) =>
  inRegistry((_, { storage }) => storage.transactionSync(() => trimAudit(storage.sql, mostLines, mostRefused)));

describe("a search of the audit log", () => {
  for (const [name, text, found] of [
    ["a label, in any case", "ALICE", ["alice smith"]],
    ["a part of one", "alic", ["alice smith"]],
    ["two words in any order and field", "198.51 smith", ["alice smith"]],
    ["letters beyond ASCII, in any case", "zoË", ["Zoë"]],
    ["a word that is too short for the index", "oë", ["Zoë"]],
    ["one character", "ë", ["Zoë"]],
    ["an address", "198.51.100.7", ["alice smith"]],
    ["an action", "policy.create", ["100%"]],
    ["a value before", "gpt-old", ["100%"]],
    ["a value after, in a list", "gpt-new*", ["100%"]],
    ["a number", "4711", ["100%"]],
    ["quotes", 'say "hi"', ["100%"]],
    ["a quote alone", '"hi', ["100%"]],
    ["a backslash", "a\\b", ["100%"]],
    ["what looks like a query", "alice OR bob", []],
    ["a field of the index", "text:alice", []],
    ["a wildcard", "al*", []],
    ["nothing but a percent sign", "0%", ["100%"]],
    ["a word across two fields", "smithid0", []],
    ["names of JSON alone", "before", []],
    ["nothing that is there", "zebra", []],
    ["a key of no field", "after", []],
  ] as const) {
    it(`finds ${name}`, async ({ expect }) => {
      await write([
        { label: "alice smith", address: "198.51.100.7" },
        { label: "Zoë" },
        {
          label: "100%",
          action: "policy.create",
          changes: {
            "models.openai": { before: ["gpt-old"], after: ["gpt-new*", "x"] },
            note: { before: null, after: 'say "hi" a\\b' },
            tokens: { before: null, after: 4711 },
          },
        },
      ]);
      expect(await labels({ text })).toEqual(found);
    });
  }

  it("asks the index where there are many lines, and finds the same", async ({ expect }) => {
    const lines = Array.from({ length: 10_500 }, (_, index) => ({
      label: index % 5_000 === 7 ? `needle ${index}` : "hay",
    }));
    await write(lines);
    const plan = await withSql((sql) => {
      const page = readAudit(sql, { tokenId: null, before: null, limit: 2, text: "needle" });
      return [page.entries.map(({ label }) => label), page.lookedBackTo] as const;
    });
    expect(plan).toEqual([["needle 10007", "needle 5007"], null]);
    const first = await read({ text: "needle", limit: 2 });
    expect(await labels({ text: "needle", limit: 2, before: first.next })).toEqual(["needle 7"]);
    expect(await labels({ text: "needle", action: "token.create" })).toEqual([]);
    expect(await labels({ text: "needle 10007", action: "token.update" })).toEqual(["needle 10007"]);
    // Too short for the index: it looks at so many lines and says how far it came.
    const short = await read({ text: "qz" });
    expect([short.entries, short.next, short.lookedBackTo]).toEqual([[], 8_501, START + 8_500]);
    expect((await read({ text: "qz", before: short.next })).next).toBe(6_501);
    expect(await read({ text: "qz", before: 2_000 })).toEqual({ entries: [], next: null, lookedBackTo: null });
  });
});

describe("filters of the audit log", () => {
  it("narrow down together, and pages follow each other without a gap", async ({ expect }) => {
    await write(
      Array.from({ length: 30 }, (_, index) => ({
        at: START + Math.floor(index / 10) * DAY,
        action: index % 2 === 0 ? ("token.create" as const) : ("token.update" as const),
        session: index % 3 === 0 ? "bbbbbbbb-1111" : "aaaaaaaa-0000",
        label: String(index),
      })),
    );
    expect(await labels({ from: START + DAY, to: START + 2 * DAY })).toEqual(
      Array.from({ length: 10 }, (_, index) => String(19 - index)),
    );
    expect(await labels({ from: START + 3 * DAY })).toEqual([]);
    expect(await labels({ to: START })).toEqual([]);
    expect(await labels({ session: "bbbbbbbb", action: "token.create", to: START + DAY })).toEqual(["6", "0"]);
    expect(await labels({ tokenId: "id7" })).toEqual(["7"]);
    expect(await labels({ tokenId: "id7", session: "bbbbbbbb" })).toEqual([]);
    expect(await labels({ session: "bbbbbbbb", text: "27" })).toEqual(["27"]);
    const seen: (string | null)[] = [];
    let before: number | null = null;
    do {
      const page = await read({ action: "token.create", limit: 4, before });
      seen.push(...page.entries.map(({ label }) => label));
      before = page.next;
    } while (before !== null);
    expect(seen).toEqual(Array.from({ length: 15 }, (_, index) => String(28 - 2 * index)));
  });

  it("use an index each: no filter reads the whole log", async ({ expect }) => {
    await write([{}]);
    const plans = await withSql((sql) => {
      const planOf = (condition: string): string =>
        sql
          .exec<{ detail: string }>(
            `EXPLAIN QUERY PLAN SELECT * FROM audit WHERE ${condition} AND number >= 1 AND number < 9 ORDER BY number DESC`,
          )
          .toArray()
          .map(({ detail }) => detail)
          .join("; ");
      return [
        planOf("token_id = 'a' AND +action = 'b'"),
        planOf("substr(session, 1, 8) = 'a' AND session IS NOT NULL AND +action = 'b'"),
        planOf("action = 'b'"),
      ];
    });
    for (const [index, name] of ["audit_by_token", "audit_by_session", "audit_by_action"].entries()) {
      expect(plans[index]).toContain(`USING INDEX ${name}`);
      expect(plans[index]).not.toContain("TEMP B-TREE");
    }
  });

  it("never let a later line have an earlier time, whatever the clock says", async ({ expect }) => {
    await write([{ at: START + 5 }, { at: START + 3 }, { at: START + 9 }]);
    expect((await read({})).entries.map(({ at }) => at - START)).toEqual([9, 5, 5]);
    expect(await labels({ from: START + 4, to: START + 6 })).toEqual(["label 1", "label 0"]);
  });

  it("end a page where its lines are as long as one answer may be", async ({ expect }) => {
    const changes = { note: { before: null, after: "x".repeat(1_500_000) } };
    await write([{ changes }, { changes }, { changes }, { changes }]);
    const page = await read({});
    expect(page.entries).toHaveLength(2);
    expect((await read({ before: page.next })).entries).toHaveLength(2);
  });
});

describe("a log that is too long", () => {
  it("loses wrong passwords before what the owner did, and then the oldest lines", async ({ expect }) => {
    await write([...lines("token.create", 3), ...lines("session.refused", 4), ...lines("token.update", 3)]);
    expect(await trim(10, 0)).toBeNull();
    expect(await trim(8, 3)).toEqual({
      lines: { before: 10, after: 8 },
      wrongPasswords: { before: null, after: 1 },
      until: { before: null, after: START },
    });
    expect((await read({})).entries.map(({ number }) => number)).toEqual([10, 9, 8, 7, 6, 5, 3, 2]);
    expect(await trim(5, 1)).toMatchObject({ lines: { after: 5 }, wrongPasswords: { after: 2 } });
    expect((await read({})).entries.map(({ number }) => number)).toEqual([10, 9, 8, 7, 3]);
    const left = await withSql((sql) => sql.exec("SELECT rowid FROM audit_text ORDER BY rowid").toArray());
    expect(left).toEqual([3, 7, 8, 9, 10].map((rowid) => ({ rowid })));
  });

  it("isn't counted while its numbers say that it is short enough", async ({ expect }) => {
    await write(lines("token.update", 5));
    expect(await trim(5, 0)).toBeNull();
    await withSql((sql) => void sql.exec("DELETE FROM audit WHERE number IN (2, 3)"));
    expect(await trim(3, 0)).toBeNull();
  });
});
