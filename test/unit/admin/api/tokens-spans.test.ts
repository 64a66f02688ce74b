import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { Owner, type TokenBody } from "../../support/admin.ts";

type Page = { tokens: TokenBody[]; total: number; previous: string | null; next: string | null };
const NOON = Date.parse("2027-05-10T12:00:00Z");
const MINUTE = 60_000;
let owner: Owner;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  owner = await Owner.signedIn();
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const at = (minutes: number): string => new Date(NOON + minutes * MINUTE).toISOString();
const list = async (query: Record<string, string>): Promise<Page> =>
  (await owner.send<Page>("GET", `/api/tokens?${new URLSearchParams(query).toString()}`)).body;
const labels = async (query: Record<string, string>): Promise<string[]> =>
  (await list({ sort: "label", ...query })).tokens.map(({ label }) => label);

/** One token a minute, each ends 24 minutes after it was created, but for the last, which never does. */
async function four(): Promise<void> {
  for (const [minute, label] of ["a", "b", "c"].entries()) {
    vi.setSystemTime(NOON + minute * MINUTE);
    await owner.create(label, { expiresAt: at(minute + 24) });
  }
  vi.setSystemTime(NOON + 3 * MINUTE);
  await owner.create("never");
}

describe("the filters of the list by time", () => {
  it("tell when tokens were created: from a moment on, and before one", async ({ expect }) => {
    await four();
    expect(await labels({ createdFrom: at(1) })).toEqual(["b", "c", "never"]);
    expect(await labels({ createdTo: at(1) })).toEqual(["a"]);
    expect(await labels({ createdFrom: at(1), createdTo: at(3) })).toEqual(["b", "c"]);
    expect(await labels({ createdFrom: "2027-05-10T14:01:00+02:00", createdTo: at(2) })).toEqual(["b"]);
    expect(await labels({ createdFrom: at(4) })).toEqual([]);
  });

  it("tell when tokens expire, of which those that never do aren't", async ({ expect }) => {
    await four();
    expect(await labels({ expiresFrom: at(25) })).toEqual(["b", "c"]);
    expect(await labels({ expiresTo: at(26) })).toEqual(["a", "b"]);
    expect(await labels({ expiresFrom: at(25), expiresTo: at(26) })).toEqual(["b"]);
    expect(await labels({ expiresTo: "9999-12-31T23:59:59Z" })).toEqual(["a", "b", "c"]);
  });

  it("go with each other, with the others, with the search, and page by page", async ({ expect }) => {
    await four();
    expect(await labels({ createdFrom: at(1), expiresTo: at(26) })).toEqual(["b"]);
    expect(await labels({ createdFrom: at(1), query: "never", status: "active" })).toEqual(["never"]);
    const span = { createdFrom: at(0), createdTo: at(3), limit: "2", sort: "-expires" };
    const first = await list(span);
    expect([first.total, first.tokens.map(({ label }) => label)]).toEqual([3, ["c", "b"]]);
    const second = await list({ ...span, cursor: first.next ?? "" });
    expect([second.next, second.tokens.map(({ label }) => label)]).toEqual([null, ["a"]]);
    const back = await list({ ...span, cursor: second.previous ?? "" });
    expect(back.tokens.map(({ label }) => label)).toEqual(["c", "b"]);
  });

  it("choose for an action on many tokens", async ({ expect }) => {
    await four();
    const filter = { createdFrom: at(1), expiresTo: at(27) };
    const { status } = await owner.send("POST", "/api/tokens/bulk", { action: "disable", filter, expect: 2 });
    expect(status).toBe(202);
    expect(await labels({ status: "disabled" })).toEqual(["b", "c"]);
  });

  const form = "This has to be a time like 2027-01-31T18:00:00Z, with its offset from UTC.";
  const turned = (from: string) => `This isn't after ${from}. Choose a later time, or leave one of the two out.`;
  for (const [query, field, message] of [
    [{ createdFrom: "2027-05-10" }, "createdFrom", form],
    [{ createdTo: "2027-05-10T12:00:00" }, "createdTo", form],
    [{ expiresFrom: "soon" }, "expiresFrom", form],
    [{ expiresTo: "2027-02-30T12:00:00Z" }, "expiresTo", form],
    [{ createdFrom: at(1), createdTo: at(0) }, "createdTo", turned("createdFrom")],
    [{ expiresFrom: at(1), expiresTo: at(1) }, "expiresTo", turned("expiresFrom")],
  ] as const) {
    it(`refuses ${JSON.stringify(query)}, of the list and of an action on many tokens`, async ({ expect }) => {
      const answer = await owner.send("GET", `/api/tokens?${new URLSearchParams(query).toString()}`);
      expect([answer.status, answer.body.errors]).toEqual([400, [{ field, message }]]);
      const body = { action: "disable", filter: query };
      const many = await owner.send("POST", "/api/tokens/bulk", body);
      expect([many.status, many.body.errors]).toEqual([400, [{ field: `filter.${field}`, message }]]);
    });
  }
});
