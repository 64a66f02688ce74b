import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { Owner, withSql } from "../../support/admin.ts";
import { Browser, seen } from "./browser.ts";

let owner: Owner;
let browser: Browser;
beforeEach(async () => {
  owner = await Owner.signedIn();
  browser = await Browser.signedIn();
});
afterEach(() => reset());

const DAY = 86_400_000;

async function three(more: Record<string, unknown> = {}): Promise<string[]> {
  const ids = [];
  for (const label of ["alice", "bob", "carol"]) ids.push((await owner.create(label, more)).token.id);
  return ids;
}
const statuses = (ids: readonly string[]) => Promise.all(ids.map(async (id) => (await owner.token(id)).status));
const asking = (fields: [string, string][]) => browser.get(`/tokens/bulk?${new URLSearchParams(fields).toString()}`);

describe("an action on many tokens", () => {
  it("is asked for first, then done, and its page says how it went", async ({ expect }) => {
    const ids = await three();
    const [a = "", b = ""] = ids;
    const page = await asking([
      ["action", "disable"],
      ["id", a],
      ["id", b],
    ]);
    expect(seen(page)).toContain("Disable: 2 tokens Every request with them is refused");
    expect(seen(page)).toContain("Those that you selected: alice bob");
    expect(await statuses(ids)).toEqual(["active", "active", "active"]);
    const done = await browser.submit("/tokens/bulk", { action: "disable", expect: "2", id: [a, b] });
    expect(seen(done)).toContain("Disabled 2 tokens Over since");
    // A bar that is full isn't a limit that is used up.
    expect(done.text).toMatch(/<svg class="meter"[^>]*><rect class="fill" /);
    expect(seen(done)).toContain("Done 2 Nothing to do 0 Failed 0 Left alone 0");
    expect(await statuses(ids)).toEqual(["disabled", "disabled", "active"]);
    expect(seen(await browser.get("/tokens/bulk"))).toContain("Disabled 2 tokens");
    const again = await browser.submit("/tokens/bulk", { action: "disable", expect: "3", id: ids });
    expect(seen(again)).toContain("Why some weren't done 2: It is disabled already.");
  });

  it("may be about all that match, and isn't begun where that is another number by now", async ({ expect }) => {
    const ids = await three();
    for (const id of ids.slice(1)) await owner.send("PATCH", `/api/tokens/${id}`, { note: "choir 7b" });
    const page = await asking([
      ["action", "disable"],
      ["all", "yes"],
      ["query", "choir 7b"],
    ]);
    expect(seen(page)).toContain("Disable: 2 tokens");
    expect(seen(page)).toContain("All that match the filter now: carol bob");
    expect(page.text).toContain('<input type="hidden" name="query" value="choir 7b"/>');
    await owner.create("otto", { note: "choir 7b" });
    const fields = { action: "disable", all: "yes", query: "choir 7b", expect: "2" };
    const late = await browser.post("/tokens/bulk", fields);
    expect(late.status).toBe(409);
    expect(seen(late)).toContain("It was to be about 2 tokens, but now there are 3 that match.");
    expect(late.text).toContain('<input type="hidden" name="expect" value="3"/>');
    expect(await statuses(ids)).toEqual(["active", "active", "active"]);
    expect(seen(await browser.submit("/tokens/bulk", { ...fields, expect: "3" }))).toContain("Done 3");
  });

  it("deletes only where the number is typed", async ({ expect }) => {
    const ids = await three();
    const fields = { action: "delete", expect: "3", id: ids };
    for (const typed of ["", "2", "three"]) {
      const page = await browser.post("/tokens/bulk", { ...fields, typed });
      expect(page.status).toBe(422);
      expect(seen(page)).toContain("Type the number of tokens, 3, to delete them for good.");
      expect(page.text).toMatch(/id="typed"[^>]*aria-describedby="typed-error" aria-invalid="true"/);
    }
    expect(await statuses(ids)).toEqual(["active", "active", "active"]);
    expect(seen(await browser.submit("/tokens/bulk", { ...fields, typed: " 3 " }))).toContain("Deleted 3 tokens");
    expect(await statuses(ids)).toEqual(["deleted", "deleted", "deleted"]);
  });

  it("extends by days, to a time and for ever, with errors at the fields", async ({ expect }) => {
    const ids = await three({ expiresAt: new Date(Date.now() + DAY).toISOString() });
    const ends = Date.parse((await owner.token(ids[0] ?? "")).expiresAt ?? "");
    const fields = { action: "extend", expect: "1", id: ids[0] ?? "" };
    for (const [more, message] of [
      [{ until: "days", days: "" }, "This has to be a whole number of days."],
      [{ until: "days", days: "0" }, "Extend by at least 1 day."],
      [{ until: "days", days: "5", expiresAt: "2099-01-01T00:00" }, "You entered a time but chose days."],
      [{ until: "never", expiresAt: "2099-01-01T00:00" }, "You entered a time but chose for ever."],
      [{ until: "at", expiresAt: "" }, "Choose a date and a time."],
      [{ until: "at", expiresAt: "2099-01-01T00:00", expiresZone: "Mars/Olympus" }, "time zone isn't known here."],
      [{ until: "at", expiresAt: "2020-01-01T00:00" }, "This time is past. Choose one to come."],
    ] as const) {
      const page = await browser.post("/tokens/bulk", { ...fields, ...more });
      expect([page.status, seen(page).includes(message)]).toEqual([422, true]);
    }
    const byDays = await browser.submit("/tokens/bulk", { ...fields, until: "days", days: "30" });
    expect(seen(byDays)).toContain("By 30 days, each from where it ended.");
    expect((await owner.token(ids[0] ?? "")).expiresAt).toBe(new Date(ends + 30 * DAY).toISOString());
    await browser.submit("/tokens/bulk", { ...fields, until: "at", expiresAt: "2099-01-31T18:00" });
    expect((await owner.token(ids[0] ?? "")).expiresAt).toBe("2099-01-31T18:00:00.000Z");
    const forEver = await browser.submit("/tokens/bulk", { ...fields, until: "never", expiresAt: "" });
    expect(seen(forEver)).toContain("For ever.");
  });

  it("says until when an extension goes before it is done, and keeps zone and time as they were entered", async ({
    expect,
  }) => {
    const [id = ""] = await three({ expiresAt: new Date(Date.now() + DAY).toISOString() });
    const page = await asking([
      ["action", "extend"],
      ["id", id],
    ]);
    expect(seen(page)).toContain("Date and time, in UTC");
    expect(seen(page)).toContain("What it means By 30 days, each from where it ends now.");
    const typed = { until: "at", expiresAt: "2099-01-01T02:00", expiresZone: "Asia/Tokyo" };
    const fields = { action: "extend", expect: "1", id, ...typed };
    const sentence =
      "Until 1 January 2099, 02:00 in Asia/Tokyo, which is 31 December 2098, 17:00 UTC. What ends later stays.";
    const told = await browser.post("/tokens/bulk/preview", fields, { accept: "application/json" });
    expect(told.body).toEqual({ sentence, errors: [], folds: {} });
    const past = { ...fields, expiresAt: "2020-01-01T02:00" };
    expect((await browser.post("/tokens/bulk/preview", past, { accept: "application/json" })).body).toEqual({
      sentence: null,
      errors: [{ field: "expiresAt", message: "This time is past. Choose one to come." }],
      folds: {},
    });
    const shown = await browser.post("/tokens/bulk/preview", fields);
    expect([shown.status, seen(shown).includes(`Date and time, in Asia/Tokyo What it means ${sentence}`)]).toEqual([
      200,
      true,
    ]);
    expect(shown.text).toMatch(/name="expiresAt"[^>]* value="2099-01-01T02:00"/);
    expect(shown.text).toContain('<input type="hidden" name="expiresZone" value="Asia/Tokyo"/>');
    const nowhere = await browser.post("/tokens/bulk", { ...fields, expiresZone: "Mars/Olympus" });
    expect(seen(nowhere)).toContain("Date and time, in UTC Your browser's time zone isn't known here.");
    expect(nowhere.text).toContain('<input type="hidden" name="expiresZone" value=""/>');
    // Nothing is done by looking.
    expect((await owner.token(id)).expiresAt).not.toContain("2098");
    const done = await browser.submit("/tokens/bulk", fields);
    expect((await owner.token(id)).expiresAt).toBe("2098-12-31T17:00:00.000Z");
    expect(seen(done)).toContain("Until 2098-12-31 17:00 UTC .");
  });

  it("changes the policy", async ({ expect }) => {
    const ids = await three();
    const policy = await owner.policy("students");
    const page = await asking([["action", "policy"], ...ids.map((id): [string, string] => ["id", id])]);
    expect(page.text).toContain(`<option value="${policy.id}">students</option>`);
    const fields = { action: "policy", expect: "3", id: ids };
    const done = await browser.submit("/tokens/bulk", { ...fields, "policy-to-follow": policy.id });
    expect(seen(done)).toContain("They follow students.");
    const none = await browser.submit("/tokens/bulk", { ...fields, "policy-to-follow": "" });
    expect(seen(none)).toContain("They follow no policy, and keep the rules they had.");
    const gone = await browser.post("/tokens/bulk", { ...fields, "policy-to-follow": "gone" });
    expect([gone.status, seen(gone).includes("There is no policy of that id.")]).toEqual([409, true]);
  });

  it("says so where nothing is selected, and leads back to the list as it was", async ({ expect }) => {
    const page = await asking([
      ["action", "disable"],
      ["query", "ali ce"],
    ]);
    expect(seen(page)).toContain("No token is selected");
    expect(page.text).toContain('href="/tokens?query=ali+ce"');
    expect(
      (
        await asking([
          ["action", "disable"],
          ["all", "yes"],
          ["status", "odd"],
        ])
      ).status,
    ).toBe(400);
  });

  it("warns where it takes more KV writes than the free plan has in a day", async ({ expect }) => {
    await three();
    const ask = async () =>
      seen(
        await asking([
          ["action", "disable"],
          ["all", "yes"],
        ]),
      );
    expect(await ask()).not.toContain("free plan");
    await withSql((sql) =>
      sql.exec(
        `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 998)
         INSERT INTO listed (id, state, created_at, expires_at, label_key, providers, policy, holder_acted_at, used_at, share)
         SELECT 'many' || i, 0, 1, 9e15, 'many', 1, '', 0, 0, 0 FROM n`,
      ),
    );
    expect(await ask()).toContain(
      "KV needs at least 1,001 writes for it, and Cloudflare's free plan allows 1,000 a day",
    );
  });

  it("that is on its way shows how far it is, and can be stopped", async ({ expect }) => {
    await three();
    await withSql((sql) => {
      const report = {
        id: "runningone",
        action: { kind: "disable" },
        policyName: null,
        total: 900,
        done: 200,
        skipped: 3,
      };
      const rest = { failed: 1, stopped: 0, reasons: {}, startedAt: Date.now(), endedAt: null };
      const job = JSON.stringify({
        report: { ...report, ...rest },
        actor: { session: null, address: "x", userAgent: "" },
      });
      sql.exec("INSERT INTO bulks (id, started_at, ended_at, job) VALUES ('runningone', 1, NULL, ?)", job);
    });
    const page = await browser.get("/tokens/bulk/runningone");
    expect(seen(page)).toContain("Disabling 900 tokens On its way: 204 of 900.");
    expect(page.text).toContain('data-bulk="runningone"');
    const stopped = await browser.submit("/tokens/bulk/runningone/stop");
    expect(seen(stopped)).toContain("Left alone 696");
    expect(seen(await browser.get("/audit"))).toContain("Stopped an action on many tokens");
    await vi.waitFor(async () =>
      expect((await browser.get("/tokens/bulk/runningone")).text).not.toContain("data-bulk"),
    );
  });

  it("that isn't there is no page, and another site's page can't begin one", async ({ expect }) => {
    expect((await browser.get("/tokens/bulk/nosuchbulk")).status).toBe(404);
    const ids = await three();
    const foreign = { "sec-fetch-site": "cross-site" };
    const answer = await browser.post("/tokens/bulk", { action: "disable", expect: "3", id: ids }, foreign);
    expect(answer.status).toBe(403);
    expect(await statuses(ids)).toEqual(["active", "active", "active"]);
  });
});
