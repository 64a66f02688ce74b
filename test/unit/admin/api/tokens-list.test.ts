import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { Owner, type TokenBody } from "../../support/admin.ts";

type Page = { tokens: TokenBody[]; next: string | null };
let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const list = async (query = ""): Promise<Page> => (await owner.send<Page>("GET", `/api/tokens${query}`)).body;
const labels = async (query: string): Promise<string[]> =>
  (await list(query)).tokens.map(({ label }) => label).toSorted((a, b) => a.localeCompare(b));

describe("the list of tokens", () => {
  it("is empty at first", async ({ expect }) => {
    expect(await list()).toMatchObject({ tokens: [], total: 0, previous: null, next: null });
  });

  it("goes page by page, newest first, each token once", async ({ expect }) => {
    for (let index = 0; index < 7; index++) await owner.create(`token ${index}`);
    const seen: string[] = [];
    const sizes: number[] = [];
    let query = "?limit=3";
    for (;;) {
      const page = await list(query);
      seen.push(...page.tokens.map(({ id }) => id));
      sizes.push(page.tokens.length);
      if (page.next === null) break;
      query = `?limit=3&cursor=${encodeURIComponent(page.next)}`;
    }
    expect(sizes).toEqual([3, 3, 1]);
    expect(new Set(seen).size).toBe(7);
    const times = (await list()).tokens.map(({ createdAt }) => createdAt);
    expect(times).toEqual(times.toSorted((a, b) => b.localeCompare(a)));
    expect((await list()).tokens.map(({ id }) => id)).toEqual(seen);
  });

  it("has no next where the last page is full, and pages through tokens of the same moment", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    for (let index = 0; index < 4; index++) await owner.create(`token ${index}`);
    const first = await list("?limit=2");
    const second = await list(`?limit=2&cursor=${first.next}`);
    expect(second.next).toBeNull();
    expect(new Set([...first.tokens, ...second.tokens].map(({ id }) => id)).size).toBe(4);
  });

  it("keeps its place while tokens come and go between two pages", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const made = [];
    for (let index = 0; index < 4; index++) {
      vi.setSystemTime(Date.now() + 1000);
      made.push((await owner.create(`token ${index}`)).token.id);
    }
    const first = await list("?limit=2");
    vi.setSystemTime(Date.now() + 1000);
    await owner.create("a new one");
    await owner.send("DELETE", `/api/tokens/${made[3]}`);
    const second = await list(`?limit=2&cursor=${first.next}`);
    expect(second.tokens.map(({ label }) => label)).toEqual(["token 1", "token 0"]);
  });

  it("searches label, note and id, in any case, and takes no wildcard", async ({ expect }) => {
    const { token } = await owner.create("Alice 100%", { note: "Büro NORD" });
    await owner.create("bob_b", { note: "alice's friend" });
    await owner.create("carol'); DROP TABLE tokens; --");
    expect(await labels("?query=ALICE")).toEqual(["Alice 100%", "bob_b"]);
    expect(await labels(`?query=${encodeURIComponent("büro nord")}`)).toEqual(["Alice 100%"]);
    expect(await labels(`?query=${token.id.toLowerCase()}`)).toEqual(["Alice 100%"]);
    expect(await labels("?query=%25")).toEqual(["Alice 100%"]);
    expect(await labels("?query=_")).toEqual(["bob_b"]);
    expect(await labels("?query=b_b")).toEqual(["bob_b"]);
    expect(await labels("?query=o%25b")).toEqual([]);
    expect(await labels(`?query=${encodeURIComponent("'); DROP")}`)).toEqual(["carol'); DROP TABLE tokens; --"]);
    expect(await labels(`?query=${"x".repeat(200)}`)).toEqual([]);
    // The separator between the searched fields matches nothing across them.
    expect(await labels(`?query=${encodeURIComponent("100% büro")}`)).toEqual([]);
  });

  it("tells active, disabled, expired and deleted apart", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    await owner.create("active");
    await owner.create("expired", { expiresAt: new Date(Date.now() + 60_000).toISOString() });
    const { token: disabled } = await owner.create("disabled");
    await owner.send("PATCH", `/api/tokens/${disabled.id}`, { status: "disabled" });
    const { token: deleted } = await owner.create("deleted");
    await owner.send("DELETE", `/api/tokens/${deleted.id}`);
    expect(await labels("?status=active")).toEqual(["active", "expired"]);
    vi.setSystemTime(Date.now() + 60_000);
    for (const status of ["active", "expired", "disabled", "deleted"]) {
      expect(await labels(`?status=${status}`)).toEqual([status]);
      expect((await list(`?status=${status}`)).tokens[0]?.status).toBe(status);
    }
    expect(await labels("")).toEqual(["active", "disabled", "expired"]);
  });

  it("tells providers apart, and takes filters together", async ({ expect }) => {
    await owner.create("one", { providers: ["openai"] });
    await owner.create("two", { providers: ["openai", "gemini"] });
    expect(await labels("?provider=gemini")).toEqual(["two"]);
    expect(await labels("?provider=openai")).toEqual(["one", "two"]);
    expect(await labels("?provider=anthropic")).toEqual([]);
    expect(await labels("?provider=openai&query=one&status=active")).toEqual(["one"]);
  });

  for (const [query, field, message] of [
    ["limit=0", "limit", "A page has at least 1 row."],
    ["limit=201", "limit", "A page has at most 200 rows."],
    ["limit=ten", "limit", "This has to be a whole number."],
    ["limit=1.5", "limit", "This has to be a whole number."],
    ["limit=1&limit=2", "limit", "This has to be a whole number."],
    [
      "status=broken",
      "status",
      "This has to be one of active, disabled, expired, deleted, expiring, unused, nearly, unpublished, holder.",
    ],
    ["provider=azure", "provider", "This has to be one of openai, anthropic, gemini."],
    ["cursor=tjunk", "cursor", "Take the cursor from the next of an earlier answer."],
    ["cursor=junk", "cursor", "Take the cursor from the next of an earlier answer."],
    ["cursor=a12", "cursor", "Take the cursor from the next of an earlier answer."],
    ["cursor=", "cursor", "Take the cursor from the next of an earlier answer."],
    [`query=${"x".repeat(201)}`, "query", "A search has at most 200 characters."],
    ["page=2", "page", "There is no such field; leave it out."],
  ] as const) {
    it(`refuses ?${query.slice(0, 40)}`, async ({ expect }) => {
      const { status, body } = await owner.send("GET", `/api/tokens?${query}`);
      expect([status, body.errors]).toEqual([400, [{ field, message }]]);
    });
  }
});
