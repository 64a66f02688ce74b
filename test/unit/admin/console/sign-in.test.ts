import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { PASSWORD } from "../../support/admin.ts";
import { Browser, seen } from "./browser.ts";

afterEach(() => reset());

describe("signing in", () => {
  for (const path of [
    "/",
    "/?by=token",
    "/tokens",
    "/tokens/new",
    "/tokens/abc",
    "/audit",
    "/sessions",
    "/status",
    "/nowhere",
  ]) {
    it(`is asked for first: ${path}`, async ({ expect }) => {
      const answer = await new Browser().get(path);
      expect([answer.status, answer.headers.get("location"), answer.text]).toEqual([303, "/sign-in", ""]);
    });
  }

  it("with the right password leads to the overview, with a cookie that scripts can't read", async ({ expect }) => {
    const browser = new Browser();
    const page = await browser.get("/sign-in");
    expect([page.status, page.headers.get("cache-control")]).toEqual([200, "no-store"]);
    expect(page.text).toContain('<form class="panel" method="post" action="/sign-in">');
    expect(page.text).toContain('type="password"');
    const answer = await browser.post("/sign-in", { password: PASSWORD });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^__Host-doppelgate=[\w.-]+; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
      ) as string,
    ]);
    expect((await browser.get("/tokens")).status).toBe(200);
  });

  it("isn't asked for twice", async ({ expect }) => {
    const answer = await (await Browser.signedIn()).get("/sign-in");
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
  });

  for (const [name, password] of [
    ["wrong", "not-the-password"],
    ["empty", ""],
  ] as const) {
    it(`with a password that is ${name} says so, and doesn't repeat it`, async ({ expect }) => {
      const browser = new Browser();
      const answer = await browser.post("/sign-in", { password });
      expect(answer.status).toBe(401);
      expect(seen(answer)).toContain("This isn't the password.");
      expect(answer.text).toContain('aria-describedby="password-hint password-error" aria-invalid="true"');
      expect(answer.text).not.toContain("not-the-password");
      expect(browser.cookies.size).toBe(0);
    });
  }

  it("with a password longer than any says so", async ({ expect }) => {
    const answer = await new Browser().post("/sign-in", { password: "x".repeat(1025) });
    expect(answer.status).toBe(422);
    expect(seen(answer)).toContain("A password has at most 1024 characters.");
  });

  it("has to wait after too many tries, even with the right password", async ({ expect }) => {
    const browser = new Browser();
    for (let index = 0; index < 5; index++) await browser.post("/sign-in", { password: "wrong" });
    const answer = await browser.post("/sign-in", { password: PASSWORD });
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(seen(answer)).toContain("There were too many tries. Wait 1 second, then try again.");
    expect(browser.cookies.size).toBe(0);
  });
});

describe("signing out", () => {
  it("ends the session at once and says so", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const kept = new Map(browser.cookies);
    const page = await browser.submit("/sign-out");
    expect(seen(page)).toContain("You are signed out.");
    expect(browser.cookies.size).toBe(0);
    for (const [name, value] of kept) browser.cookies.set(name, value);
    const answer = await browser.get("/tokens");
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/sign-in?done=session-over&next=%2Ftokens"]);
    expect(seen(await browser.get("/sign-in?done=session-over"))).toContain("Your session has ended.");
  });

  it("works on plain http on this machine", async ({ expect }) => {
    const browser = new Browser();
    browser.origin = "http://localhost:8788";
    await browser.post("/sign-in", { password: PASSWORD });
    expect([...browser.cookies.keys()]).toEqual(["doppelgate-local"]);
    const { page } = await browser.create("local");
    expect(page.status).toBe(200);
    expect(page.text).toContain("http://localhost:8787");
    await browser.post("/sign-out");
    expect(browser.cookies.size).toBe(0);
  });
});
