import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { Owner } from "../../support/admin.ts";
import { Browser, seen } from "./browser.ts";

let owner: Owner;
let browser: Browser;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2027-05-10T22:30:00Z") });
  owner = await Owner.signedIn();
  browser = await Browser.signedIn();
  // In Berlin it is the 11th of May by then.
  await owner.create("late", { expiresAt: "2027-06-30T22:30:00Z" });
});
afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const labels = (text: string): string[] =>
  [...text.matchAll(/<a class="label"[^>]*>([^<]*)</g)].map(([, label]) => label ?? "");
const foldOf = (text: string): string => /<details class="more".*?<\/details>/s.exec(text)?.[0] ?? "";

describe("the list's filters by day", () => {
  it("are folded away until one is set, and say which zone their days are in", async ({ expect }) => {
    const closed = foldOf((await browser.get("/tokens")).text);
    expect(closed).not.toContain('<details class="more" open');
    expect(closed).toContain('Days in <span data-days-zone="">UTC</span>.');
    const { text } = await browser.get("/tokens?createdFrom=2027-05-01&zone=Europe%2FBerlin");
    expect(foldOf(text)).toContain('<details class="more" open');
    // What is set keeps its zone, whoever looks at it.
    expect(foldOf(text)).toContain("Days in <span>Europe/Berlin</span>.");
    expect(foldOf(text)).toContain('value="2027-05-01"');
    expect(foldOf(text)).toContain('<input type="hidden" name="zone" value="Europe/Berlin"/>');
    expect(text).toContain('href="/tokens">Show all</a>');
  });

  for (const [query, found] of [
    ["createdFrom=2027-05-10&createdTo=2027-05-10", ["late"]],
    ["createdFrom=2027-05-10&createdTo=2027-05-10&zone=Europe/Berlin", []],
    ["createdFrom=2027-05-11&zone=Europe/Berlin", ["late"]],
    ["expiresTo=2027-06-30", ["late"]],
    ["expiresTo=2027-06-30&zone=Europe/Berlin", []],
    ["expiresFrom=2027-07-01", []],
    ["createdFrom=&createdTo=&expiresFrom=&expiresTo=&zone=Europe/Berlin", ["late"]],
  ] as const) {
    it(`find ${found.length === 0 ? "nothing" : "the token"} by ${query}`, async ({ expect }) => {
      expect(labels((await browser.get(`/tokens?${query}`)).text)).toEqual(found);
    });
  }

  it("stay in the links that sort and page, and in actions on all that match", async ({ expect }) => {
    await owner.create("second", { expiresAt: "2027-06-30T22:30:00Z" });
    const query = "expiresFrom=2027-07-01&zone=Europe%2FBerlin";
    const { text } = await browser.get(`/tokens?${query}`);
    expect(text).toContain(`href="/tokens?expiresFrom=2027-07-01&amp;zone=Europe%2FBerlin&amp;sort=label"`);
    const form = /<form id="bulk".*?<\/form>/s.exec(text)?.[0] ?? "";
    expect(form).toContain('<input type="hidden" name="expiresFrom" value="2027-07-01"/>');
    expect(form).toContain('<input type="hidden" name="zone" value="Europe/Berlin"/>');
    await owner.create("never");
    const asked = await browser.get(`/tokens/bulk?${query}&all=yes&action=disable`);
    expect(seen(asked)).toContain("Disable: 2 tokens");
    expect(asked.text).toContain('<input type="hidden" name="expiresFrom" value="2027-07-01"/>');
    expect(asked.text).toContain('href="/tokens?expiresFrom=2027-07-01&amp;zone=Europe%2FBerlin"');
    const fields = { action: "disable", all: "yes", expect: "2", expiresFrom: "2027-07-01", zone: "Europe/Berlin" };
    expect(seen(await browser.submit("/tokens/bulk", fields))).toContain("Disabled 2 tokens");
  });

  it("say at the field what is wrong, open, and list nothing meanwhile", async ({ expect }) => {
    const page = await browser.get("/tokens?query=la&createdFrom=2027-05-11&createdTo=2027-05-10&zone=Europe/Berlin");
    expect(page.status).toBe(422);
    const message = "The last day is before the first. Choose a later one, or clear one of the two.";
    expect(seen(page)).toContain(`Nothing was looked up yet ${message}`);
    expect(page.text).toContain(`<a href="#createdTo">${message}</a>`);
    expect(foldOf(page.text)).toContain('<details class="more" open');
    expect(foldOf(page.text)).toMatch(/id="createdTo"[^>]*aria-describedby="createdTo-error" aria-invalid="true"/);
    expect(page.text).toContain('value="la"');
    expect(labels(page.text)).toEqual([]);
  });

  it("refuse an action on all that match where the days are wrong", async ({ expect }) => {
    const message = "There is no such day. Write it like 2027-01-31.";
    const asked = await browser.get("/tokens/bulk?all=yes&action=delete&createdTo=soon");
    expect([asked.status, seen(asked).includes(message)]).toEqual([400, true]);
    const fields = { action: "disable", all: "yes", expect: "1", createdTo: "2027-02-30" };
    const sent = await browser.post("/tokens/bulk", fields);
    expect([sent.status, seen(sent).includes(message)]).toEqual([400, true]);
    expect(labels((await browser.get("/tokens?status=disabled")).text)).toEqual([]);
  });
});
