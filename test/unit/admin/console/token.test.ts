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
    for (const action of ["", "/disable", "/rotate"]) expect(page.text).toContain(`action="/tokens/${id}${action}"`);
    expect(page.text).toContain(`href="/tokens/${id}/delete"`);
    expect(text).not.toContain("Not published yet");
  });

  it("of a token that there isn't is a page that says so", async ({ expect }) => {
    const browser = await Browser.signedIn();
    for (const path of ["/tokens/0123456789", "/tokens/0123456789/delete"]) {
      const page = await browser.get(path);
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
    const page = await browser.submit(`/tokens/${id}`, { ...EDIT, label: "Alice" });
    expect(seen(page)).toContain("The changes are saved.");
    const token = await (await Owner.signedIn()).token(id);
    expect(token).toMatchObject({ label: "Alice", providers: ["openai"], note: null, expiresAt: before.expiresAt });
    await browser.submit(`/tokens/${id}`, { ...EDIT, expiry: "never" });
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
      const page = await browser.post(`/tokens/${id}`, { ...EDIT, ...fields, note: "entered" });
      expect(page.status).toBe(status);
      expect(seen(page)).toMatch(new RegExp(`^Tokens alice Active Nothing was saved yet ${message}`));
      expect(page.text).toContain(">entered</textarea>");
    }
    expect((await (await Owner.signedIn()).token(id)).label).toBe("alice");
  });
});
