import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { Owner } from "../../support/admin.ts";
import { Browser, type Fields, seen } from "./browser.ts";

afterEach(() => reset());

const EDIT: Fields = { label: "alice", providers: ["openai"], expiry: "keep", expiresAt: "", note: "" };

describe("actions on a token", () => {
  it("don't delete it where its label isn't typed", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice");
    for (const label of ["", "Alice", "alice2"]) {
      const page = await browser.post(`/tokens/${id}/delete`, { label });
      expect(page.status).toBe(422);
      expect(seen(page)).toContain("Type the label as it is: alice");
    }
    expect((await (await Owner.signedIn()).token(id)).status).toBe("active");
  });

  it("end its open streams, and write that down", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice");
    const page = await browser.submit(`/tokens/${id}/end-streams`);
    expect(seen(page)).toContain("Its open streams and sockets end now");
    expect(seen(page)).toContain("Ended a token's open streams Streams that were told at once: 0");
  });

  it("disable and enable it", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice");
    const disabled = await browser.submit(`/tokens/${id}/disable`);
    expect(seen(disabled)).toMatch(/^Tokens alice Disabled The token is disabled: requests with it are refused/);
    expect(disabled.text).toContain(`action="/tokens/${id}/enable"`);
    expect(disabled.text).not.toContain(`action="/tokens/${id}/disable"`);
    const enabled = await browser.submit(`/tokens/${id}/enable`);
    expect(seen(enabled)).toMatch(/^Tokens alice Active The token is enabled:/);
  });

  it("rotate it, with a grace for the old secret", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id, secret } = await browser.create("alice");
    const asked = await browser.get(`/tokens/${id}/rotate`);
    expect(seen(asked)).toMatch(/Rotate “alice” Gives the token a new secret.* Rotate token Cancel$/);
    const page = await browser.submit(`/tokens/${id}/rotate`, { graceSeconds: "3600", secretKind: "make", secret: "" });
    expect(page.text).toContain(`<code data-copy="token">dg_${id}`);
    expect(page.text).not.toContain(secret);
    expect(seen(await browser.get(`/tokens/${id}`))).toContain("Made by Doppelgate, rotated away, works until");
  });

  it("rotate a disabled one, and say that it opens nothing until it is enabled", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice");
    const rotation = { graceSeconds: "0", secretKind: "make", secret: "" };
    const works = await browser.submit(`/tokens/${id}/rotate`, rotation);
    expect(seen(works)).not.toContain("nothing works with it");
    await browser.post(`/tokens/${id}/disable`);
    const page = await browser.submit(`/tokens/${id}/rotate`, rotation);
    expect(seen(page)).toContain("The token is disabled: nothing works with it until you enable it.");
  });

  it("rotate it to a typed secret, and ask for it again where something is wrong", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice");
    const typed = { secretKind: "own", secret: "typed-in-a-rotation" };
    const wrong = await browser.post(`/tokens/${id}/rotate`, { ...typed, graceSeconds: "soon" });
    expect([wrong.status, /<title>([^<]*)/.exec(wrong.text)?.[1]]).toEqual([422, "Error: Rotate alice · Doppelgate"]);
    expect(seen(wrong)).toContain("This has to be a whole number of seconds.");
    expect(seen(wrong)).toContain("Type the token again");
    expect(wrong.text).not.toContain(typed.secret);
    expect((await browser.submit(`/tokens/${id}/rotate`, { ...typed, graceSeconds: "0" })).text).toContain(
      typed.secret,
    );
    const used = await browser.post(`/tokens/${id}/rotate`, { ...typed, graceSeconds: "0" });
    expect([used.status, seen(used).includes("This secret is or was in use.")]).toEqual([409, true]);
  });

  it("delete it, after a page that asks", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice");
    const asked = await browser.get(`/tokens/${id}/delete`);
    expect(seen(asked)).toContain("Delete “alice”?");
    expect((await (await Owner.signedIn()).token(id)).status).toBe("active");
    const label = { label: " alice " };
    expect(seen(await browser.submit(`/tokens/${id}/delete`, label))).toContain(
      "The token is deleted. It will never work again.",
    );
    const page = await browser.get(`/tokens/${id}`);
    expect(seen(page)).toContain("This token is deleted for good");
    expect(page.text).not.toContain(`action="/tokens/`);
    for (const way of ["edit", "rotate", "delete"]) {
      const again = await browser.get(`/tokens/${id}/${way}`);
      expect([again.status, again.headers.get("location")]).toEqual([303, `/tokens/${id}`]);
      expect(page.text).not.toContain(`href="/tokens/${id}/${way}"`);
    }
  });

  it("on a deleted token, or on none, are refused", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice");
    await browser.post(`/tokens/${id}/delete`, { label: "alice" });
    const rotation = { graceSeconds: "0", secretKind: "make", secret: "" };
    for (const [action, fields] of [
      ["/edit", EDIT],
      ["/enable", {}],
      ["/disable", {}],
      ["/rotate", rotation],
    ] as const) {
      const deleted = await browser.post(`/tokens/${id}${action}`, fields);
      expect([deleted.status, seen(deleted).includes("This token is deleted for good.")]).toEqual([409, true]);
      const missing = await browser.post(`/tokens/0123456789${action}`, fields);
      expect([missing.status, seen(missing).includes("There is no token of that id.")]).toEqual([404, true]);
    }
  });
});
