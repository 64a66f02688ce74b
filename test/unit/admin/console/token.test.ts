import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { breakDelivery, Owner } from "../../support/admin.ts";
import { Browser, type Fields, seen } from "./browser.ts";

afterEach(() => reset());

const EDIT: Fields = { label: "alice", providers: ["openai"], expiry: "keep", expiresAt: "", note: "" };
const fail = () => Promise.reject(new Error("down"));

describe("a token's page", () => {
  it("says what it is, and offers what can be done", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice", {
      note: "for her\nthesis",
      expiry: "at",
      expiresAt: "2099-01-31T18:00",
    });
    const page = await browser.get(`/tokens/${id}`);
    const text = seen(page);
    expect(text).toContain(`Token id ${id} Providers OpenAI, Anthropic, Google Gemini Expires 2099-01-31 18:00 UTC`);
    expect(text).toContain("Secrets that open it Made by Doppelgate");
    expect(page.text).toContain('<time datetime="2099-01-31T18:00:00.000Z" title="2099-01-31T18:00:00.000Z">');
    expect(page.text).toContain("for her\nthesis");
    expect(text).toContain("Files, batches, stored conversations shut");
    for (const action of ["disable", "end-streams", "claim"])
      expect(page.text).toContain(`action="/tokens/${id}/${action}"`);
    for (const way of ["edit", "rotate", "delete"]) expect(page.text).toContain(`href="/tokens/${id}/${way}"`);
    // What can be done stands above what there is to read.
    expect(text).toMatch(/^Tokens alice Active Edit Disable Rotate … Claim link End open streams Delete … /);
    expect([...page.text.matchAll(/<h2>([^<]*)</g)].map(([, title]) => title)).toEqual([
      "Policy",
      "Limits",
      "Usage of the last 30 days",
      "Last requests",
      "Claim link",
      "What was done to it",
    ]);
    expect(text).not.toContain("Not published yet");
  });

  it("of a token that there isn't is a page that says so", async ({ expect }) => {
    const browser = await Browser.signedIn();
    for (const path of ["", "/edit", "/rotate", "/delete"]) {
      const page = await browser.get(`/tokens/0123456789${path}`);
      expect([page.status, seen(page)]).toEqual([
        404,
        "There is no such thing There is no token of that id. To the tokens",
      ]);
    }
  });

  it("says plainly what isn't confirmed yet", async ({ expect }) => {
    const browser = await Browser.signedIn();
    await breakDelivery({ apply: fail, put: fail, remove: fail });
    const { id } = await browser.create("alice");
    const text = seen(await browser.get(`/tokens/${id}`));
    expect(text).toContain("The gateway hasn't confirmed the newest change.");
    expect(text).toContain("The newest change isn't stored in KV yet.");
    expect(text).toContain("Doppelgate goes on trying by itself.");
    expect(seen(await browser.get("/tokens"))).toMatch(/alice .* Active Not published yet/);
    expect(seen(await browser.get("/status"))).toContain("Not confirmed by the gateway 1 Not yet stored in KV 1");
  });
});

describe("the edit of a token", () => {
  it("changes it", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice", { expiry: "30d", note: "old" });
    const before = await (await Owner.signedIn()).token(id);
    const form = await browser.get(`/tokens/${id}/edit`);
    expect(seen(form)).toMatch(/^alice Edit alice Label .* Save changes .*Cancel$/);
    expect(form.text).toContain(">old</textarea>");
    expect(form.text).toContain(`action="/tokens/${id}/edit" data-preview="/tokens/${id}/preview"`);
    const answer = await browser.post(`/tokens/${id}/edit`, { ...EDIT, label: "Alice" });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `/tokens/${id}?done=saved`]);
    const page = await browser.get(`/tokens/${id}?done=saved`);
    expect(seen(page)).toContain("The changes are saved.");
    const token = await (await Owner.signedIn()).token(id);
    expect(token).toMatchObject({ label: "Alice", providers: ["openai"], note: null, expiresAt: before.expiresAt });
    await browser.submit(`/tokens/${id}/edit`, { ...EDIT, expiry: "never" });
    expect((await (await Owner.signedIn()).token(id)).expiresAt).toBeNull();
  });

  it("changes nothing where a field is wrong, and keep what was entered", async ({ expect }) => {
    const browser = await Browser.signedIn();
    await browser.create("Bob");
    const { id } = await browser.create("alice");
    for (const [fields, status, message] of [
      [{ label: "Bob" }, 409, "Another token has this label."],
      [{ label: "" }, 422, "A label can't be empty."],
      [{ providers: [] }, 422, "Name at least one of"],
      [{ expiry: "at", expiresAt: "2020-01-01T00:00" }, 422, "This time is past."],
    ] as const) {
      const page = await browser.post(`/tokens/${id}/edit`, { ...EDIT, ...fields, note: "entered" });
      expect(page.status).toBe(status);
      expect(seen(page)).toMatch(new RegExp(`^alice Edit alice Nothing was saved yet ${message}`));
      expect(page.text).toContain(">entered</textarea>");
    }
    expect((await (await Owner.signedIn()).token(id)).label).toBe("alice");
  });
});
