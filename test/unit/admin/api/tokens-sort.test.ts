import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { Owner, type TokenBody, withSql } from "../../support/admin.ts";

type Page = { tokens: TokenBody[]; total: number; previous: string | null; next: string | null };
let owner: Owner;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const list = async (query = ""): Promise<Page> => (await owner.send<Page>("GET", `/api/tokens${query}`)).body;
const labels = async (query: string): Promise<string[]> => (await list(query)).tokens.map(({ label }) => label);
const SORTS = ["created", "label", "status", "expires", "used", "share"].flatMap((key) => [key, `-${key}`]);
const DAY = 24 * 60 * 60 * 1000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();

describe("the order of the list", () => {
  it("is by label as people read it: without case and accents, numbers by their value", async ({ expect }) => {
    for (const label of ["class 10", "Class 2", "Émile", "zoe", "emil", "anna"]) await owner.create(label);
    expect(await labels("?sort=label")).toEqual(["anna", "Class 2", "class 10", "emil", "Émile", "zoe"]);
    expect(await labels("?sort=-label")).toEqual(["zoe", "Émile", "emil", "class 10", "Class 2", "anna"]);
  });

  it("is by expiry, with those that never expire last", async ({ expect }) => {
    await owner.create("never");
    await owner.create("late", { expiresAt: inDays(9) });
    await owner.create("soon", { expiresAt: inDays(1) });
    expect(await labels("?sort=expires")).toEqual(["soon", "late", "never"]);
    expect(await labels("?sort=-expires")).toEqual(["never", "late", "soon"]);
  });

  it("is by status: active, expired, disabled, deleted, and alike ones by their end, the last first", async ({
    expect,
  }) => {
    await owner.create("never");
    await owner.create("late", { expiresAt: inDays(9) });
    await owner.create("soon", { expiresAt: inDays(3) });
    await owner.create("ended lately", { expiresAt: inDays(2) });
    await owner.create("ended first", { expiresAt: inDays(1) });
    // Later than "late", or their ids would tell which comes first.
    const { token: off } = await owner.create("off", { expiresAt: inDays(10) });
    const { token: offAndEnded } = await owner.create("off and ended", { expiresAt: inDays(1) });
    for (const { id } of [off, offAndEnded]) await owner.send("PATCH", `/api/tokens/${id}`, { status: "disabled" });
    const { token: gone } = await owner.create("gone");
    await owner.send("DELETE", `/api/tokens/${gone.id}`);
    vi.setSystemTime(Date.now() + 2.5 * DAY);
    owner = await Owner.signedIn();
    const order = ["never", "late", "soon", "ended lately", "ended first", "off", "off and ended"];
    expect(await labels("?sort=status")).toEqual(order);
    expect(await labels("?sort=-status")).toEqual(order.toReversed());
    const { tokens } = await list("?sort=status");
    expect([...new Set(tokens.map(({ status }) => status))]).toEqual(["active", "expired", "disabled"]);
    expect(await labels("?sort=status&status=deleted")).toEqual(["gone"]);
    // An edit of what it goes by moves a token, and time alone none.
    await owner.send("PATCH", `/api/tokens/${off.id}`, { status: "active" });
    expect((await labels("?sort=status")).indexOf("off")).toBe(1);
  });

  for (const sort of ["status", "-status"]) {
    it(`by ${sort} loses no token that expires between two pages, and shows none twice`, async ({ expect }) => {
      for (let index = 0; index < 8; index++) await owner.create(`token ${index}`, { expiresAt: inDays(1 + index) });
      const all = await labels(`?sort=${sort}`);
      const began = Date.now();
      const seen: string[] = [];
      let page = await list(`?limit=2&sort=${sort}`);
      for (let days = 2; ; days += 2) {
        seen.push(...page.tokens.map(({ label }) => label));
        if (page.next === null) break;
        vi.setSystemTime(began + (days + 0.5) * DAY);
        owner = await Owner.signedIn();
        page = await list(`?limit=2&sort=${sort}&cursor=${page.next}`);
      }
      expect(seen).toEqual(all);
      expect((await list("?status=expired")).total).toBe(6);
      const before = await list(`?limit=2&sort=${sort}&cursor=${page.previous}`);
      expect(before.tokens.map(({ label }) => label)).toEqual(all.slice(4, 6));
    });
  }

  for (const sort of SORTS) {
    it(`by ${sort} goes page by page, forwards and back, each token once`, async ({ expect }) => {
      // All alike but for their ids: only those tell their places.
      for (let index = 0; index < 7; index++)
        await owner.create(`token ${index % 2}${index}`, { expiresAt: inDays(3) });
      const pages: string[][] = [];
      let page = await list(`?limit=3&sort=${sort}`);
      expect(page).toMatchObject({ total: 7, previous: null });
      pages.push(page.tokens.map(({ id }) => id));
      while (page.next !== null) {
        page = await list(`?limit=3&sort=${sort}&cursor=${page.next}`);
        pages.push(page.tokens.map(({ id }) => id));
        expect(page.total).toBe(7);
      }
      expect(pages.map(({ length }) => length)).toEqual([3, 3, 1]);
      expect(new Set(pages.flat()).size).toBe(7);
      const back = [];
      while (page.previous !== null) {
        page = await list(`?limit=3&sort=${sort}&cursor=${page.previous}`);
        back.push(page.tokens.map(({ id }) => id));
      }
      expect(back).toEqual([pages[1], pages[0]]);
    });
  }

  it("keeps its place where the row at it goes, and the way back ends with a whole page", async ({ expect }) => {
    const ids: string[] = [];
    for (let index = 0; index < 6; index++) ids.push((await owner.create(`token ${index}`)).token.id);
    const second = await list(`?limit=2&sort=label&cursor=${(await list("?limit=2&sort=label")).next}`);
    expect(second.tokens.map(({ label }) => label)).toEqual(["token 2", "token 3"]);
    await owner.send("DELETE", `/api/tokens/${ids[1]}`);
    await owner.send("DELETE", `/api/tokens/${ids[2]}`);
    await owner.send("DELETE", `/api/tokens/${ids[3]}`);
    expect(await labels(`?limit=2&sort=label&cursor=${second.next}`)).toEqual(["token 4", "token 5"]);
    const first = await list(`?limit=2&sort=label&cursor=${second.previous}`);
    expect([first.tokens.map(({ label }) => label), first.previous]).toEqual([["token 0", "token 4"], null]);
  });

  it("refuses a cursor of another order", async ({ expect }) => {
    for (let index = 0; index < 3; index++) await owner.create(`token ${index}`);
    const { next } = await list("?limit=2&sort=label");
    const answer = await owner.send("GET", `/api/tokens?limit=2&sort=used&cursor=${next}`);
    const message = "This cursor is of another order. Ask with the same sort, or without a cursor.";
    expect([answer.status, answer.body.errors]).toEqual([400, [{ field: "cursor", message }]]);
  });
});

describe("the filters of the list", () => {
  it("tell what ends soon", async ({ expect }) => {
    await owner.create("never");
    await owner.create("far", { expiresAt: inDays(8) });
    await owner.create("soon", { expiresAt: inDays(6) });
    const { token } = await owner.create("off", { expiresAt: inDays(6) });
    await owner.send("PATCH", `/api/tokens/${token.id}`, { status: "disabled" });
    expect(await labels("?status=expiring")).toEqual(["soon"]);
    vi.setSystemTime(Date.now() + 7 * DAY);
    owner = await Owner.signedIn();
    expect(await labels("?status=expiring")).toEqual(["far"]);
    expect(await labels("?status=expired")).toEqual(["soon"]);
  });

  it("tell what isn't published, deleted tokens too, and what a holder changed", async ({ expect }) => {
    const { token } = await owner.create("alice");
    const { token: gone } = await owner.create("bob");
    await owner.send("DELETE", `/api/tokens/${gone.id}`);
    expect(await labels("?status=unpublished")).toEqual([]);
    const insert =
      "INSERT INTO outbox (token_id, ticket, gateway, kv, attempts, next_at) SELECT id, 1, 1, 0, 1, 9e15 FROM tokens";
    await withSql((sql) => sql.exec(insert));
    expect((await labels("?status=unpublished&sort=label")).length).toBe(2);
    expect(await labels("?status=holder")).toEqual([]);
    await withSql((sql) => sql.exec("UPDATE listed SET holder_acted_at = 5 WHERE id = ?", token.id));
    expect(await labels("?status=holder")).toEqual(["alice"]);
  });

  it("tell policies apart, and go with the search", async ({ expect }) => {
    const one = await owner.policy("one");
    const two = await owner.policy("two");
    await owner.create("alice of one", { policy: one.id });
    await owner.create("bob of one", { policy: one.id });
    await owner.create("alice of two", { policy: two.id });
    await owner.create("alice alone");
    expect(await labels(`?policy=${one.id}&sort=label`)).toEqual(["alice of one", "bob of one"]);
    expect(await labels("?policy=none")).toEqual(["alice alone"]);
    expect(await labels(`?policy=${one.id}&query=alice`)).toEqual(["alice of one"]);
    expect(await list("?policy=gone")).toMatchObject({ tokens: [], total: 0 });
  });

  it("find short texts, and what a label was changed to, and no more what it was", async ({ expect }) => {
    // Two characters that no token id has, which is searched too.
    const { token } = await owner.create("Ali-ce", { note: "room 7" });
    await owner.create("bob");
    expect(await labels("?query=+7")).toEqual(["Ali-ce"]);
    expect(await labels("?query=i-")).toEqual(["Ali-ce"]);
    await owner.send("PATCH", `/api/tokens/${token.id}`, { label: "Carol", note: null });
    expect(await labels("?query=ali-ce")).toEqual([]);
    expect(await labels("?query=room")).toEqual([]);
    expect(await labels("?query=carol")).toEqual(["Carol"]);
    expect(await labels(`?query=${encodeURIComponent('"carol" OR bob*')}`)).toEqual([]);
    expect(await labels("?query=carol%00")).toEqual([]);
  });
});
