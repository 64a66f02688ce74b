import { reset } from "cloudflare:test";
import { afterAll, beforeAll, describe, it } from "vitest";
import { countMatching, countTokens } from "../../../../admin/registry/list-counts.ts";
import { listTokens, matchingIds } from "../../../../admin/registry/list.ts";
import { enqueue } from "../../../../admin/registry/outbox.ts";
import { findToken, saveToken } from "../../../../admin/registry/tokens.ts";
import type { ListSort, TokenFilter, TokenMatch } from "../../../../admin/registry/types.ts";
import { OPEN_POLICY } from "../../../../shared/policy.ts";
import type { TokenRecord } from "../../../../shared/record.ts";
import { inRegistry, Owner } from "../../support/admin.ts";

const NOW = Date.parse("2030-01-02T12:00:00Z");
const MANY = 5_200;
/** More than are sorted (2,000); and the others, which are newer, are more than are walked along (3,000). */
const CLASSES = 2_100;
const ALL: TokenMatch = { query: "", status: null, provider: null, policy: null };
const PAGE: Omit<TokenFilter, keyof TokenMatch> = { sort: "created", descending: true, cursor: null, limit: 50 };

/** The older ones are of a class, every tenth is disabled, and every thousandth has a rare name. */
const recordAt = (index: number): TokenRecord => ({
  ...OPEN_POLICY,
  schema: 2,
  id: `id${String(index).padStart(7, "0")}K`,
  version: 1,
  label: `${index < CLASSES ? "Class" : "Club"} ${index}${index % 1_000 === 5 ? " ß?xq" : ""}`,
  note: null,
  state: index % 10 === 0 ? "disabled" : "active",
  providers: index === CLASSES - 2 ? ["anthropic"] : index % 1_500 === 7 ? ["gemini"] : ["openai"],
  secrets: [{ hash: index.toString(16).padStart(64, "0"), typed: false, endsAt: null }],
  expiresAt: index % 4 === 1 ? NOW - index - 1 : null,
  policy: null,
  holderActedAt: null,
  claim: null,
  createdAt: index,
  updatedAt: index,
});

const RECORDS = Array.from({ length: MANY }, (_, index) => recordAt(index));
const textOf = ({ label, id }: TokenRecord): string => `${label} ${id}`.toLowerCase();
const idsWith = (needle: string): string[] =>
  RECORDS.filter((record) => textOf(record).includes(needle)).map(({ id }) => id);

// Once for all, as it takes its time: a test that changes something leaves it as it was.
beforeAll(async () => {
  await Owner.signedIn();
  await inRegistry((_, { storage }) =>
    storage.transactionSync(() => {
      for (const record of RECORDS) saveToken(storage.sql, record);
    }),
  );
}, 120_000);
afterAll(() => reset());

/** All pages of a list, one after the other. */
function allPages(sql: SqlStorage, filter: TokenFilter): string[] {
  const ids: string[] = [];
  for (let { cursor } = filter; ;) {
    const page = listTokens(sql, { ...filter, cursor }, NOW);
    ids.push(...page.records.map(({ id }) => id));
    if (page.next === null) return ids;
    cursor = page.next;
  }
}

describe("a list of many tokens", { timeout: 60_000 }, () => {
  it("finds what an exhaustive look finds, however short the search and wherever it stands", async ({ expect }) => {
    await inRegistry((_, { storage: { sql } }) => {
      for (const needle of [
        "class",
        "club 59",
        "ß",
        "ß?",
        "xq",
        "?xq",
        "7k",
        "k",
        "9",
        "99",
        "s 1",
        "zz",
        "z",
        "id00",
        "~",
      ]) {
        const wanted = idsWith(needle).toReversed();
        expect(matchingIds(sql, { ...ALL, query: needle }, NOW), needle).toEqual(wanted);
        expect(countMatching(sql, { ...ALL, query: needle }, NOW), needle).toBe(wanted.length);
        const page = listTokens(sql, { ...ALL, ...PAGE, query: needle }, NOW);
        expect(
          page.records.map(({ id }) => id),
          needle,
        ).toEqual(wanted.slice(0, 50));
        expect(page.totalIsExact ? page.total : Math.min(page.total, wanted.length), needle).toBe(
          page.totalIsExact ? wanted.length : page.total,
        );
      }
    });
  });

  it("goes through all pages in any order, also where all matches stand at its other end", async ({ expect }) => {
    await inRegistry((_, { storage: { sql } }) => {
      const filter = { ...ALL, ...PAGE, query: "class", limit: 200 };
      const wanted = idsWith("class");
      expect(allPages(sql, { ...filter, sort: "created", descending: false })).toEqual(wanted);
      expect(allPages(sql, filter)).toEqual(wanted.toReversed());
      const orders: [ListSort, boolean][] = [
        ["label", false],
        ["expires", true],
        ["used", false],
        ["share", true],
      ];
      for (const [sort, descending] of orders) {
        expect(new Set(allPages(sql, { ...filter, sort, descending })), sort).toEqual(new Set(wanted));
      }
    });
  });

  it("goes through those of a status that has an index of its own, and back, in any order", async ({ expect }) => {
    await inRegistry((_, { storage }) => {
      const { sql } = storage;
      // What an action of the holder's or a use does to a row of the list.
      sql.exec("UPDATE listed SET holder_acted_at = 5 WHERE row % 3 = 0");
      sql.exec("UPDATE listed SET used_at = 7, share = 0.9 WHERE row % 4 = 0");
      const ids = (match: (row: number) => boolean): string[] =>
        RECORDS.filter((_, index) => match(index + 1)).map(({ id }) => id);
      for (const [status, wanted] of [
        ["holder", ids((row) => row % 3 === 0)],
        ["unused", ids((row) => row % 4 !== 0)],
      ] as const) {
        const filter = { ...ALL, ...PAGE, status, limit: 200 };
        expect(allPages(sql, filter), status).toEqual(wanted.toReversed());
        expect(allPages(sql, { ...filter, descending: false }), status).toEqual(wanted);
        expect(new Set(allPages(sql, { ...filter, sort: "label" })), status).toEqual(new Set(wanted));
        const first = listTokens(sql, filter, NOW);
        const second = listTokens(sql, { ...filter, cursor: first.next }, NOW);
        expect(listTokens(sql, { ...filter, cursor: second.previous }, NOW).records, status).toEqual(first.records);
        const found = new Set(idsWith("class"));
        const classes = wanted.filter((id) => found.has(id)).toReversed();
        expect(allPages(sql, { ...filter, query: "class" }), status).toEqual(classes);
        expect(countMatching(sql, filter, NOW), status).toBe(wanted.length);
      }
      const nearly = RECORDS.filter(
        ({ state, expiresAt }, index) => (index + 1) % 4 === 0 && state === "active" && (expiresAt ?? NOW + 1) > NOW,
      );
      const filter = { ...ALL, ...PAGE, status: "nearly", limit: 200 } as const;
      expect(allPages(sql, filter)).toEqual(nearly.map(({ id }) => id).toReversed());
      sql.exec("UPDATE listed SET holder_acted_at = 0, used_at = 0, share = 0");
    });
  });

  it("goes by status against its order past however many deleted tokens", async ({ expect }) => {
    await inRegistry((_, { storage: { sql } }) => {
      sql.exec("UPDATE listed SET state = 2 WHERE row > 2000 AND state = 0");
      const filter = { ...ALL, ...PAGE, sort: "status", limit: 200 } as const;
      const kept = RECORDS.filter(({ state }, index) => index < 2_000 || state === "disabled");
      for (const descending of [true, false]) {
        const ids = allPages(sql, { ...filter, descending });
        expect(ids).toHaveLength(kept.length);
        expect(new Set(ids)).toEqual(new Set(kept.map(({ id }) => id)));
      }
      expect(allPages(sql, { ...filter, status: "deleted" })).toHaveLength(MANY - kept.length);
      sql.exec("UPDATE listed SET state = 0 WHERE state = 2");
    });
  });

  it("goes back to the page before", async ({ expect }) => {
    await inRegistry((_, { storage: { sql } }) => {
      const filter = { ...ALL, ...PAGE, query: "class" };
      const first = listTokens(sql, filter, NOW);
      const second = listTokens(sql, { ...filter, cursor: first.next }, NOW);
      expect(listTokens(sql, { ...filter, cursor: second.previous }, NOW).records).toEqual(first.records);
    });
  });

  it("counts all of a status exactly, a filter or a search up to 1,000", async ({ expect }) => {
    await inRegistry((_, { storage: { sql } }) => {
      const total = (match: Partial<TokenMatch>) => {
        const { total, totalIsExact } = listTokens(sql, { ...ALL, ...PAGE, ...match }, NOW);
        return [total, totalIsExact];
      };
      expect(total({})).toEqual([MANY, true]);
      expect(total({ status: "disabled" })).toEqual([MANY / 10, true]);
      expect(total({ status: "deleted" })).toEqual([0, true]);
      // A quarter of all has expired, which is too many to count; and then those that are active are, too.
      expect(total({ status: "expired" })).toEqual([1_000, false]);
      expect(total({ status: "active" })).toEqual([1_000, false]);
      expect(total({ provider: "gemini" })).toEqual([4, true]);
      expect(total({ query: "club 5" })).toEqual([200, true]);
      expect(total({ query: "class" })).toEqual([1_001, false]);
      // Of the first 1,001 that are found; there are 210.
      expect(total({ query: "class", status: "disabled" })).toEqual([101, false]);
      // None of them: what is on the page is known all the same.
      expect(total({ query: "class", policy: "", provider: "anthropic" })).toEqual([1, false]);
      expect(countMatching(sql, { ...ALL, query: "class", provider: "gemini" }, NOW)).toBe(2);
    });
  });

  it("counts active tokens exactly while few of them have expired", async ({ expect }) => {
    await inRegistry((_, { storage: { sql } }) => {
      const [now, active] = [NOW - 3_000, RECORDS.filter(({ state }) => state === "active")];
      const ids = active.filter(({ expiresAt }) => expiresAt === null || expiresAt > now).map(({ id }) => id);
      const total = (match: Partial<TokenMatch>) => {
        const { total, totalIsExact } = listTokens(sql, { ...ALL, ...PAGE, ...match }, now);
        return [total, totalIsExact];
      };
      expect(total({ status: "active" })).toEqual([ids.length, true]);
      expect(total({ status: "expired" })).toEqual([active.length - ids.length, true]);
      expect(total({ status: "active", provider: "openai" })).toEqual([1_000, false]);
    });
  });

  it("finds what isn't published, little of it or all", async ({ expect }) => {
    await inRegistry((_, { storage: { sql } }) => {
      const list = (match: Partial<TokenFilter>) =>
        listTokens(sql, { ...ALL, ...PAGE, status: "unpublished", ...match }, NOW);
      expect(list({})).toMatchObject({ total: 0, totalIsExact: true, records: [] });
      const [one, other] = [RECORDS[3], RECORDS[5]];
      for (const record of [one, other]) enqueue(sql, record?.id ?? "", ["kv"], NOW);
      expect(list({}).records.map(({ id }) => id)).toEqual([other?.id, one?.id]);
      expect(list({ status: "unpublished", query: "ß?xq" }).records.map(({ id }) => id)).toEqual([other?.id]);
      for (const { id } of RECORDS) enqueue(sql, id, ["kv"], NOW);
      const all = list({ sort: "created", descending: false });
      expect(all.records.map(({ id }) => id)).toEqual(RECORDS.slice(0, 50).map(({ id }) => id));
      expect(all).toMatchObject({ total: 1_000, totalIsExact: false });
      sql.exec("DELETE FROM outbox");
    });
  });

  it("keeps the counts of states with every change", async ({ expect }) => {
    await inRegistry((_, { storage }) => {
      const { sql } = storage;
      const counts = { active: 3_380, disabled: 520, expired: 1_300, deleted: 0 };
      expect(countTokens(sql, NOW)).toEqual(counts);
      const [first, second] = [recordAt(2), recordAt(3)];
      saveToken(sql, { ...first, state: "deleted", version: 2 });
      saveToken(sql, { ...second, state: "disabled", version: 2 });
      saveToken(sql, { ...second, state: "disabled", note: "again", version: 3 });
      expect(countTokens(sql, NOW)).toEqual({ ...counts, active: 3_378, disabled: 521, deleted: 1 });
      expect(() =>
        storage.transactionSync(() => {
          saveToken(sql, { ...second, state: "deleted", version: 4 });
          throw new Error("taken back");
        }),
      ).toThrow("taken back");
      expect(findToken(sql, second.id)?.state).toBe("disabled");
      expect(countTokens(sql, NOW)).toEqual({ ...counts, active: 3_378, disabled: 521, deleted: 1 });
    });
  });
});
