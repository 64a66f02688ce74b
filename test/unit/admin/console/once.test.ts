import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { decodeProtectedHeader } from "jose";
import { Browser, newToken, seen } from "./browser.ts";

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const COOKIE = "__Host-doppelgate-once";
const GONE = "The token was shown already";

describe("the page that shows a secret", () => {
  it("gets it in an encrypted cookie, and takes that away", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const answer = await browser.post("/tokens", newToken("alice"));
    const location = answer.headers.get("location") ?? "";
    expect(location).not.toContain("dg_");
    expect(answer.text).toBe("");
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-doppelgate-once=[\w-]+\.\.[\w.-]+; Max-Age=120; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ) as string,
    ]);
    const sealed = browser.cookies.get(COOKIE) ?? "";
    expect(decodeProtectedHeader(sealed)).toEqual({ alg: "dir", enc: "A256GCM" });
    const page = await browser.get(location);
    expect(page.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-doppelgate-once=; Max-Age=0; Path=\/; HttpOnly; Secure;/) as string,
    ]);
    expect(page.headers.get("cache-control")).toBe("no-store");
  });

  it("shows it exactly once, and offers to rotate", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id, secret, page } = await browser.create("alice");
    expect(page.text).toContain(secret);
    const again = await browser.get(`/tokens/${id}/secret`);
    expect(again.status).toBe(410);
    expect(seen(again)).toContain(GONE);
    expect(again.text).not.toContain(secret);
    expect(again.text).toContain(`<a class="button primary" href="/tokens/${id}/rotate">Rotate it …</a>`);
  });

  it("doesn't show it as another token's", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const other = await browser.create("other");
    await browser.post("/tokens", newToken("alice"));
    const page = await browser.get(`/tokens/${other.id}/secret`);
    expect([page.status, page.text.includes("dg_")]).toEqual([410, false]);
  });

  it("doesn't show it in another session", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const location = (await browser.post("/tokens", newToken("alice"))).headers.get("location") ?? "";
    const other = await Browser.signedIn();
    other.cookies.set(COOKIE, browser.cookies.get(COOKIE) ?? "");
    expect((await other.get(location)).status).toBe(410);
  });

  it("doesn't show it after two minutes", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const location = (await browser.post("/tokens", newToken("alice"))).headers.get("location") ?? "";
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 121_000 });
    expect((await browser.get(location)).status).toBe(410);
  });

  for (const [name, sealed] of [
    ["made up", "made.up"],
    ["empty", ""],
    // Header {"alg":"none"}.
    ["not encrypted", "eyJhbGciOiJub25lIn0.eyJzZWNyZXQiOiJ4In0."],
  ] as const) {
    it(`shows nothing of a cookie that is ${name}`, async ({ expect }) => {
      const browser = await Browser.signedIn();
      const { id } = await browser.create("alice");
      browser.cookies.set(COOKIE, sealed);
      const page = await browser.get(`/tokens/${id}/secret`);
      expect([page.status, seen(page).startsWith(GONE)]).toEqual([410, true]);
    });
  }

  it("is none of a token that there isn't", async ({ expect }) => {
    expect((await (await Browser.signedIn()).get("/tokens/0123456789/secret")).status).toBe(404);
  });
});
