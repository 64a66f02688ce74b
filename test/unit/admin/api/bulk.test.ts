import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { breakDelivery, Owner, type ProblemBody, ring, type TokenBody, withSql } from "../../support/admin.ts";

type Bulk = {
  id: string;
  action: string;
  total: number;
  done: number;
  skipped: number;
  failed: number;
  stopped: number;
  reasons: Record<string, number>;
  endedAt: string | null;
  policy?: { id: string; name: string } | null;
};
type Entry = { action: string; tokenId: string | null; session: string | null; changes: Record<string, unknown> };

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const start = (body: unknown) => owner.send<{ bulk: Bulk }>("POST", "/api/tokens/bulk", body);
const bulk = async (body: unknown): Promise<Bulk> => (await start(body)).body.bulk;
const read = async (id: string): Promise<Bulk> =>
  (await owner.send<{ bulk: Bulk }>("GET", `/api/tokens/bulk/${id}`)).body.bulk;
const refused = async (body: unknown): Promise<ProblemBody> =>
  (await owner.send("POST", "/api/tokens/bulk", body)).body;
const log = async (): Promise<Entry[]> =>
  (await owner.send<{ entries: Entry[] }>("GET", "/api/audit?limit=200")).body.entries;
const DAY = 24 * 60 * 60 * 1000;
const at = (days: number): string => new Date(Date.now() + days * DAY).toISOString();

async function three(more: Record<string, unknown> = {}): Promise<TokenBody[]> {
  const made = [];
  for (const label of ["one", "two", "three"]) made.push((await owner.create(label, more)).token);
  return made;
}
const idsOf = (tokens: readonly { id: string }[]) => tokens.map(({ id }) => id);
const now = async (tokens: readonly { id: string }[]) => Promise.all(tokens.map(({ id }) => owner.token(id)));

describe("an action on many tokens", () => {
  it("is done to each with a version and an audit line of its own, and published", async ({ expect }) => {
    const [one, two, three_] = await three();
    if (one === undefined || two === undefined || three_ === undefined) throw new Error("Three were made.");
    const answer = await start({ action: "disable", ids: [one.id, two.id] });
    expect(answer.status).toBe(202);
    const { bulk: report } = answer.body;
    expect(answer.headers.get("location")).toBe(`/api/tokens/bulk/${report.id}`);
    expect(report).toMatchObject({ action: "disable", total: 2, done: 2, skipped: 0, failed: 0, reasons: {} });
    expect(report.endedAt).not.toBeNull();
    const [a, b, c] = await now([one, two, three_]);
    expect([a?.status, b?.status, c?.status]).toEqual(["disabled", "disabled", "active"]);
    expect(a?.version).toBeGreaterThan(one.version);
    expect(c?.version).toBe(three_.version);
    await vi.waitFor(async () => expect((await now([one, two])).map(({ pending }) => pending)).toEqual([[], []]));
    const lines = (await log()).filter(({ changes }) => "bulk" in changes);
    const mark = { before: null, after: report.id };
    expect(lines.map(({ action, tokenId }) => [action, tokenId])).toEqual([
      ["token.update", two.id],
      ["token.update", one.id],
      ["tokens.bulk", null],
    ]);
    expect(lines[0]?.changes).toEqual({ state: { before: "active", after: "disabled" }, bulk: mark });
    expect(lines[0]?.session).not.toBeNull();
    expect(lines[2]?.changes).toEqual({
      bulk: mark,
      action: { before: null, after: "disable" },
      chosen: { before: null, after: 2 },
    });
  });

  it("counts what there was nothing to do for, and what isn't there", async ({ expect }) => {
    const made = await three();
    await owner.send("PATCH", `/api/tokens/${made[0]?.id}`, { status: "disabled" });
    await owner.send("DELETE", `/api/tokens/${made[1]?.id}`);
    const report = await bulk({ action: "disable", ids: [...idsOf(made), "nosuchtokn", made[2]?.id] });
    expect(report).toMatchObject({ total: 4, done: 1, skipped: 2, failed: 1 });
    expect(report.reasons).toEqual({
      "It is disabled already.": 1,
      "It is deleted.": 1,
      "There is no token of that id.": 1,
    });
  });

  it("enables and deletes", async ({ expect }) => {
    const made = await three();
    await bulk({ action: "disable", ids: idsOf(made) });
    expect(await bulk({ action: "enable", ids: idsOf(made).slice(0, 2) })).toMatchObject({ done: 2 });
    expect((await now(made)).map(({ status }) => status)).toEqual(["active", "active", "disabled"]);
    expect(await bulk({ action: "delete", ids: idsOf(made) })).toMatchObject({ done: 3 });
    expect((await now(made)).map(({ status }) => status)).toEqual(["deleted", "deleted", "deleted"]);
    expect((await log()).filter(({ action }) => action === "token.delete")).toHaveLength(3);
  });

  it("extends by days from where each ends, and to a time, but never shortens", async ({ expect }) => {
    const { token: never } = await owner.create("never");
    const { token: soon } = await owner.create("soon", { expiresAt: at(2) });
    const { token: late } = await owner.create("late", { expiresAt: at(40) });
    const ids = idsOf([never, soon, late]);
    const byDays = await bulk({ action: "extend", ids, days: 3 });
    expect(byDays).toMatchObject({ done: 2, skipped: 1, reasons: { "It never expires.": 1 }, days: 3 });
    const ends = async () => (await now([never, soon, late])).map(({ expiresAt }) => expiresAt);
    const later = (token: TokenBody) => new Date(Date.parse(token.expiresAt ?? "") + 3 * DAY).toISOString();
    expect(await ends()).toEqual([null, later(soon), later(late)]);
    const until = at(20);
    const toTime = await bulk({ action: "extend", ids, expiresAt: until });
    expect(toTime).toMatchObject({ done: 1, skipped: 2, expiresAt: until });
    expect(toTime.reasons).toEqual({ "It never expires.": 1, "It ends as late or later already.": 1 });
    expect(await ends()).toEqual([null, until, later(late)]);
    expect(await bulk({ action: "extend", ids, expiresAt: null })).toMatchObject({ done: 2, expiresAt: null });
    expect(await ends()).toEqual([null, null, null]);
  });

  it("leaves alone what ended so long ago that the days don't bring it back", async ({ expect }) => {
    const { token } = await owner.create("old", { expiresAt: at(1) });
    const past = Date.now() - 10 * DAY;
    await withSql((sql) => sql.exec("UPDATE tokens SET record = json_set(record, '$.expiresAt', ?)", past));
    const report = await bulk({ action: "extend", ids: [token.id], days: 9 });
    expect(report.reasons).toEqual({ "It ended too long ago: it would be over all the same.": 1 });
    expect(await bulk({ action: "extend", ids: [token.id], days: 11 })).toMatchObject({ done: 1 });
    expect((await owner.token(token.id)).status).toBe("active");
  });

  it("changes the policy, and takes it away", async ({ expect }) => {
    const made = await three();
    const policy = await owner.policy("students", { countries: ["DE"] });
    const report = await bulk({ action: "policy", ids: idsOf(made), policy: policy.id });
    expect(report).toMatchObject({ done: 3, policy: { id: policy.id, name: "students" } });
    expect((await now(made)).map((token) => [token.policy?.name, token.countries])).toEqual(
      made.map(() => ["students", ["DE"]]),
    );
    expect(await bulk({ action: "policy", ids: idsOf(made), policy: policy.id })).toMatchObject({ skipped: 3 });
    expect(await bulk({ action: "policy", ids: idsOf(made), policy: null })).toMatchObject({ done: 3, policy: null });
    expect((await now(made)).map((token) => [token.policy, token.countries])).toEqual(made.map(() => [null, ["DE"]]));
  });

  it("is done to all that match a filter, and to no other", async ({ expect }) => {
    // Token ids are searched too, so what is looked for has a sign that none of them can have.
    for (const label of ["class: one", "class: two", "three"]) await owner.create(label);
    await owner.create("class: other", { providers: ["gemini"] });
    const report = await bulk({ action: "disable", filter: { query: "class:", provider: "openai" }, expect: 2 });
    expect(report).toMatchObject({ total: 2, done: 2 });
    type Page = { tokens: TokenBody[] };
    const { tokens } = (await owner.send<Page>("GET", "/api/tokens?status=disabled&sort=label")).body;
    expect(tokens.map(({ label }) => label)).toEqual(["class: one", "class: two"]);
  });

  it("isn't begun where it would be about another number of tokens than the owner was told", async ({ expect }) => {
    const made = await three();
    const body = await refused({ action: "delete", filter: {}, expect: 2 });
    expect(body).toMatchObject({ status: 409, type: "urn:doppelgate:problem:changed" });
    expect(body.detail).toBe(
      "It was to be about 2 tokens, but now there are 3 that match. Nothing was done; look at them again.",
    );
    expect((await now(made)).map(({ status }) => status)).toEqual(["active", "active", "active"]);
    expect(await log()).not.toContainEqual(expect.objectContaining({ action: "tokens.bulk" }));
  });

  it("needs the owner", async ({ expect }) => {
    const stranger = new Owner("nobody");
    for (const [method, path] of [
      ["POST", "/api/tokens/bulk"],
      ["GET", "/api/tokens/bulk"],
      ["GET", "/api/tokens/bulk/x"],
      ["POST", "/api/tokens/bulk/x/stop"],
    ] as const) {
      expect((await stranger.send(method, path, method === "POST" ? {} : undefined)).status).toBe(401);
    }
  });

  it("that isn't there is told so", async ({ expect }) => {
    for (const [method, path] of [
      ["GET", "/api/tokens/bulk/nosuchbulk"],
      ["POST", "/api/tokens/bulk/nosuchbulk/stop"],
    ] as const) {
      const { status, body } = await owner.send(method, path);
      expect([status, body.detail]).toEqual([404, "There is no such action on many tokens, or it is too long ago."]);
    }
  });

  for (const [name, body, field, message] of [
    ["nothing", {}, "action", "This field is missing."],
    [
      "another action",
      { action: "rotate", ids: ["a"] },
      "action",
      "This has to be one of disable, enable, extend, policy, delete.",
    ],
    ["no tokens", { action: "disable" }, "ids", "Name either ids or filter."],
    ["an empty list", { action: "disable", ids: [] }, "ids", "Name at least one token."],
    [
      "too many ids",
      { action: "disable", ids: Array.from({ length: 1001 }, (_, i) => `${i}`) },
      "ids",
      "Name at most 1000 tokens, or choose them by a filter.",
    ],
    ["ids and a filter", { action: "disable", ids: ["a"], filter: {} }, "ids", "Name either ids or filter."],
    [
      "a field of another action",
      { action: "disable", ids: ["a"], days: 3 },
      "days",
      "The action disable takes no days.",
    ],
    ["an extension without an end", { action: "extend", ids: ["a"] }, "expiresAt", "Name either expiresAt or days."],
    [
      "an extension with two",
      { action: "extend", ids: ["a"], days: 1, expiresAt: null },
      "expiresAt",
      "Name either expiresAt or days.",
    ],
    ["no days", { action: "extend", ids: ["a"], days: 0 }, "days", "Extend by at least 1 day."],
    ["too many days", { action: "extend", ids: ["a"], days: 3651 }, "days", "Extend by at most 3650 days."],
    [
      "a time that is past",
      { action: "extend", ids: ["a"], expiresAt: "2020-01-01T00:00:00Z" },
      "expiresAt",
      "This time is past. Choose one to come.",
    ],
    ["no policy", { action: "policy", ids: ["a"] }, "policy", "Name a policy, or null for none."],
    [
      "a policy that isn't there",
      { action: "policy", ids: ["a"], policy: "gone" },
      "policy",
      "There is no policy of that id. It may have been deleted.",
    ],
    [
      "a filter that isn't one",
      { action: "disable", filter: { status: "odd" } },
      "filter.status",
      "This has to be one of active, disabled, expired, deleted, expiring, unused, nearly, unpublished, holder.",
    ],
    [
      "an unknown field",
      { action: "disable", ids: ["a"], force: true },
      "force",
      "There is no such field; leave it out.",
    ],
  ] as const) {
    it(`is refused with ${name}`, async ({ expect }) => {
      const { status, errors } = await refused(body);
      expect([status, errors]).toEqual([400, [{ field, message }]]);
    });
  }

  it("is refused where nothing matches", async ({ expect }) => {
    expect(await refused({ action: "disable", filter: { query: "nobody" } })).toMatchObject({
      status: 400,
      detail: "There is no token that this is about. Choose at least one.",
    });
  });
});

/** Makes many tokens without publishing them. */
async function makeMany(count: number): Promise<void> {
  await breakDelivery({
    apply: async (record) => ({ version: record.version }),
    put: async () => {},
    remove: async () => {},
  });
  const { token } = await owner.create("model");
  await withSql((sql) => {
    const { record } = sql.exec<{ record: string }>("SELECT record FROM tokens WHERE id = ?", token.id).one();
    for (let index = 1; index < count; index++) {
      const id = `many${String(index).padStart(6, "0")}`;
      const label = `many ${index}`;
      const text = JSON.stringify({ ...(JSON.parse(record) as object), id, label, secrets: [] });
      sql.exec(
        "INSERT INTO tokens (id, label, state, providers, created_at, record) VALUES (?, ?, 'active', '[]', 1, ?)",
        id,
        label,
        text,
      );
      sql.exec(
        `INSERT INTO listed (id, state, created_at, expires_at, label_key, providers, policy, holder_acted_at, used_at, share)
         VALUES (?, 0, 1, 9e15, ?, 1, '', 0, 0, 0)`,
        id,
        label,
      );
    }
  });
}

describe("an action on very many tokens", () => {
  it("goes on by alarm after the answer, and ends with the exact count", { timeout: 60_000 }, async ({ expect }) => {
    await makeMany(1_050);
    // An alarm that is due rings by itself: hold it, to see the answer's own part.
    const report = await bulk({ action: "disable", filter: {}, expect: 1_050 });
    expect(report).toMatchObject({ total: 1_050, failed: 0 });
    expect(report.done).toBeGreaterThanOrEqual(200);
    await vi.waitFor(async () => expect((await read(report.id)).endedAt).not.toBeNull(), {
      timeout: 40_000,
      interval: 200,
    });
    expect(await read(report.id)).toMatchObject({ done: 1_050, skipped: 0, failed: 0, stopped: 0 });
    const count = await withSql(
      (sql) =>
        sql
          .exec<{ n: number }>(
            "SELECT count(*) AS n FROM audit WHERE json_extract(changes, '$.bulk.after') = ?",
            report.id,
          )
          .one().n,
    );
    expect(count).toBe(1_051);
    const list = await owner.send<{ bulks: Bulk[] }>("GET", "/api/tokens/bulk");
    expect(list.body.bulks.map(({ id }) => id)).toEqual([report.id]);
  });

  it("can be stopped: what wasn't come to stays as it was, and is counted", { timeout: 60_000 }, async ({ expect }) => {
    await makeMany(1_050);
    // As long as nobody rings, nothing goes on.
    await withSql((sql) => sql.exec("UPDATE outbox SET next_at = 9e15"));
    const report = await bulk({ action: "disable", filter: {} });
    const stopped = (await owner.send<{ bulk: Bulk }>("POST", `/api/tokens/bulk/${report.id}/stop`)).body.bulk;
    expect(stopped.done + stopped.stopped).toBe(1_050);
    expect(stopped.endedAt).not.toBeNull();
    const disabled = async () =>
      withSql((sql) => sql.exec<{ n: number }>("SELECT count(*) AS n FROM listed WHERE state = 1").one().n);
    expect(await disabled()).toBe(stopped.done);
    await ring();
    expect(await disabled()).toBe(stopped.done);
    // Stopping twice changes nothing.
    expect((await owner.send("POST", `/api/tokens/bulk/${report.id}/stop`)).body).toEqual({ bulk: stopped });
  });

  it("goes on past a token that can't be read, and leaves nothing of it half done", async ({ expect }) => {
    const made = await three();
    await withSql((sql) => sql.exec("UPDATE tokens SET record = '{}' WHERE id = ?", made[1]?.id ?? ""));
    const report = await bulk({ action: "disable", ids: idsOf(made) });
    expect(report).toMatchObject({ done: 2, failed: 1, reasons: { "The registry couldn't do it.": 1 } });
    expect((await log()).filter(({ action }) => action === "token.update")).toHaveLength(2);
  });

  it("counts as failed what lost its policy on the way", { timeout: 60_000 }, async ({ expect }) => {
    const policy = await owner.policy("students");
    await makeMany(450);
    const report = await bulk({ action: "policy", filter: {}, policy: policy.id });
    await withSql((sql) => sql.exec("UPDATE settings SET value = json_set(value, '$.policies', json('[]'))"));
    await vi.waitFor(async () => expect((await read(report.id)).endedAt).not.toBeNull(), {
      timeout: 40_000,
      interval: 200,
    });
    const { done, failed, reasons } = await read(report.id);
    expect(done + failed).toBe(450);
    expect(reasons["There is no policy of that id. It may have been deleted."] ?? 0).toBe(failed);
  });
});
