import { reset } from "cloudflare:test";
import { Secret, TOTP } from "otpauth";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { type Answer, ORIGIN, Owner, PASSWORD, registry } from "../../support/admin.ts";
import { Authenticator, type Options } from "../../support/authenticator.ts";
import { Browser, type Fields, newToken, seen } from "./browser.ts";

const MINUTE = 60_000;
const TITLE = "Is it still you?";
let browser: Browser;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
  browser = await Browser.signedIn();
});

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const later = (minutes = 20): void => void vi.setSystemTime(Date.now() + minutes * MINUTE);
const text = (html: string): string =>
  html
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

/** What the page's form would send: its hidden fields. */
function carried({ text: html }: Answer): [string, string][] {
  const form = /<form class="panel"[^]*?<\/form>/.exec(html)?.[0] ?? "";
  return [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)]
    .map(([, name = "", value = ""]): [string, string] => [text(name), text(value)])
    .filter(([name]) => !name.startsWith("confirm-"));
}

const asFields = (pairs: readonly (readonly [string, string])[]): Fields => {
  const fields: Record<string, string[]> = {};
  for (const [name, value] of pairs) fields[name] = [...(fields[name] ?? []), value];
  return fields;
};

describe("a form that needs a fresh proof", () => {
  it("is never lost: it comes back as it was sent, in the page that asks", async ({ expect }) => {
    later();
    const sent = newToken(`Al"ice <b>& 'co'`, {
      note: "one\r\ntwo",
      secretKind: "own",
      secret: "typed-secret-of-alice",
    });
    const page = await browser.post("/tokens", sent);
    expect([page.status, page.headers.get("cache-control")]).toEqual([403, "no-store"]);
    expect(seen(page)).toContain(TITLE);
    expect(page.text).toContain('<form class="panel" method="post" action="/tokens">');
    expect(page.text).not.toContain("<b>&");
    const all = Object.entries(sent).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
    expect(carried(page)).toEqual(all);
    const done = await browser.post("/tokens", { ...asFields(carried(page)), "confirm-password": PASSWORD });
    expect(done.status).toBe(303);
    const shown = await browser.get(done.headers.get("location") ?? "");
    expect(shown.text).toContain("typed-secret-of-alice");
    const everything = { query: "", status: null, provider: null, policy: null, cursor: null };
    const { tokens } = await registry().listTokens({ ...everything, sort: "created", descending: true, limit: 5 });
    expect(tokens).toMatchObject([
      { label: `Al"ice <b>& 'co'`, note: "one\ntwo", providers: ["openai", "anthropic", "gemini"] },
    ]);
  });

  it("says until when an extension of many tokens goes, and still means that moment after it", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const expiresAt = new Date(Date.now() + 1000 * MINUTE).toISOString();
    const { token } = await owner.create("alice", { expiresAt });
    later();
    const time = { until: "at", days: "30", expiresAt: "2099-01-01T02:00", expiresZone: "Asia/Tokyo" };
    const sent = { action: "extend", expect: "1", id: token.id, ...time };
    const page = await browser.post("/tokens/bulk", sent);
    expect([page.status, carried(page)]).toEqual([403, Object.entries(sent)]);
    expect(seen(page)).toContain(
      "Extend the expiry: 1 token. Until 1 January 2099, 02:00 in Asia/Tokyo, which is 31 December 2098, 17:00 UTC.",
    );
    await browser.submit("/tokens/bulk", { ...asFields(carried(page)), "confirm-password": PASSWORD });
    expect((await owner.token(token.id)).expiresAt).toBe("2098-12-31T17:00:00.000Z");
  });

  it("survives a wrong password, an empty one, and too many tries", async ({ expect }) => {
    later();
    const sent = newToken("alice");
    let page = await browser.post("/tokens", sent);
    const before = carried(page);
    for (const [password, status, message] of [
      ["not-the-password", 401, "This isn't the password."],
      ["", 401, "This isn't the password."],
      ["x".repeat(1025), 422, "A password has at most 1024 characters."],
      ["wrong", 401, "This isn't the password."],
      ["wrong", 401, "This isn't the password."],
      ["wrong", 401, "This isn't the password."],
      [PASSWORD, 429, "Wait a second before you try again."],
    ] as const) {
      page = await browser.post("/tokens", { ...asFields(before), "confirm-password": password });
      expect([page.status, seen(page).includes(message)]).toEqual([status, true]);
      expect(carried(page)).toEqual(before);
      if (password !== "") expect(page.text).not.toContain(`value="${password}"`);
    }
    expect(await registry().overview()).toMatchObject({ tokens: { active: 0 } });
  });

  it("takes a code with the password where one is asked for", async ({ expect }) => {
    const base32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    browser.bindings = { ADMIN_TOTP_SECRET: base32 };
    later();
    const page = await browser.post("/tokens", newToken("alice"));
    expect(page.text).toContain('name="confirm-totp"');
    const fields = { ...asFields(carried(page)), "confirm-password": PASSWORD };
    const missing = await browser.post("/tokens", { ...fields, "confirm-totp": "" });
    expect([missing.status, seen(missing).includes("Type the code of your authenticator too.")]).toEqual([422, true]);
    const totp = new TOTP({ secret: Secret.fromBase32(base32) }).generate({ timestamp: Date.now() });
    expect((await browser.post("/tokens", { ...fields, "confirm-totp": totp })).status).toBe(303);
  });

  it("takes a passkey in the place of the password", async ({ expect }) => {
    const device = await Authenticator.make();
    const ask = async (path: string) => JSON.parse((await browser.post(path)).text) as Options;
    const response = JSON.stringify(await device.create(await ask("/api/passkeys/options"), ORIGIN));
    const added = await browser.submit("/settings/sign-in/passkeys", { name: "Laptop", response });
    expect(seen(added)).toContain("The passkey is added.");
    later();
    const page = await browser.post("/tokens", newToken("alice"));
    expect(page.text).toMatch(/<script src="\/assets\/passkey\.[0-9a-f]{8}\.js" defer/);
    expect(page.text).toContain('data-passkey="get" data-options="/api/session/confirm/passkey" hidden');
    const passkey = JSON.stringify(await device.get(await ask("/api/session/confirm/passkey"), ORIGIN));
    const fields = { ...asFields(carried(page)), "confirm-password": "" };
    const junk = await browser.post("/tokens", { ...fields, "confirm-passkey": "{}" });
    expect([junk.status, seen(junk).includes("This isn't what a browser answers")]).toEqual([422, true]);
    expect((await browser.post("/tokens", { ...fields, "confirm-passkey": passkey })).status).toBe(303);
    later();
    const replayed = await browser.post("/tokens", { ...asFields(carried(page)), "confirm-passkey": passkey });
    expect([replayed.status, seen(replayed).includes("This passkey doesn't open Doppelgate here")]).toEqual([
      401,
      true,
    ]);
  });

  for (const path of [
    "/tokens/x/rotate",
    "/tokens/x/delete",
    "/tokens/x/claim",
    "/tokens/bulk",
    "/policies/x/delete",
    "/webhooks",
    "/webhooks/x/remove",
    "/status/rebuild",
    "/settings/sign-in/passkeys",
    "/settings/sign-in/passkeys/x",
    "/settings/sign-in/passkeys/x/remove",
  ]) {
    it(`is that of ${path}`, async ({ expect }) => {
      later(15);
      const answer = await browser.post(path, { some: "field" });
      expect([answer.status, seen(answer).includes(TITLE), carried(answer)]).toEqual([403, true, [["some", "field"]]]);
      later(-1);
      expect(seen(await browser.post(path, { some: "field" }))).not.toContain(TITLE);
    });
  }

  it("isn't sent by another site's page, whatever it carries", async ({ expect }) => {
    later();
    const fields = { ...newToken("mallory"), "confirm-password": PASSWORD };
    const answer = await browser.post("/tokens", fields, { "sec-fetch-site": "cross-site" });
    expect([answer.status, seen(answer).startsWith("This came from another site")]).toEqual([403, true]);
  });
});

describe("the page that asks for a fresh proof", () => {
  it("leads on at once where the proof is fresh, and after the proof where it isn't", async ({ expect }) => {
    const path = "/confirm?next=%2Fsettings%2Fsign-in";
    expect((await browser.get(path)).headers.get("location")).toBe("/settings/sign-in");
    later();
    const page = await browser.get(path);
    expect([page.status, carried(page)]).toEqual([200, [["next", "/settings/sign-in"]]]);
    const wrong = await browser.post("/confirm", { next: "/settings/sign-in", "confirm-password": "wrong" });
    expect([wrong.status, carried(wrong)]).toEqual([401, [["next", "/settings/sign-in"]]]);
    const answer = await browser.post("/confirm", { next: "/settings/sign-in", "confirm-password": PASSWORD });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/settings/sign-in"]);
  });

  it("leads to no other host", async ({ expect }) => {
    const next = "//evil.test/x";
    expect((await browser.get(`/confirm?next=${encodeURIComponent(next)}`)).headers.get("location")).toBe("/");
    later();
    const page = await browser.get(`/confirm?next=${encodeURIComponent(next)}`);
    expect(carried(page)).toEqual([["next", "/"]]);
    const answer = await browser.post("/confirm", { next, "confirm-password": PASSWORD });
    expect(answer.headers.get("location")).toBe("/");
  });

  it("is for the owner alone", async ({ expect }) => {
    expect((await new Browser().get("/confirm?next=%2F")).headers.get("location")).toBe("/sign-in");
  });
});

describe("a session that ended meanwhile", () => {
  it("leads back to the page that was asked for, and to no other host", async ({ expect }) => {
    later(120);
    const answer = await browser.get("/usage?group=token");
    const location = answer.headers.get("location") ?? "";
    expect([answer.status, location]).toEqual([303, "/sign-in?done=session-over&next=%2Fusage%3Fgroup%3Dtoken"]);
    const page = await browser.get(location);
    expect(seen(page)).toContain("Your session has ended.");
    expect(carried(page)).toEqual([["next", "/usage?group=token"]]);
    const wrong = await browser.post("/sign-in", { next: "/usage?group=token", password: "wrong" });
    expect(carried(wrong)).toEqual([["next", "/usage?group=token"]]);
    for (const [next, to] of [
      ["//evil.test", "/"],
      ["https://evil.test/", "/"],
      ["", "/"],
      ["/usage?group=token", "/usage?group=token"],
    ] as const) {
      const done = await new Browser().post("/sign-in", { next, password: PASSWORD });
      expect([done.status, done.headers.get("location")]).toEqual([303, to]);
    }
  });

  it("doesn't lose the form that was being filled in", async ({ expect }) => {
    later(120);
    const sent = newToken("alice");
    const page = await browser.post("/tokens", sent);
    expect([page.status, seen(page).includes("Your session has ended")]).toEqual([403, true]);
    expect(page.text).not.toContain("/sign-out");
    const before = carried(page);
    const wrong = await browser.post("/tokens", { ...asFields(before), "confirm-password": "wrong" });
    expect([wrong.status, carried(wrong)]).toEqual([401, before]);
    expect(await registry().overview()).toMatchObject({ tokens: { active: 0 } });
    const done = await browser.post("/tokens", { ...asFields(before), "confirm-password": PASSWORD });
    expect([done.status, done.headers.get("location")?.endsWith("/secret")]).toEqual([303, true]);
    expect((await browser.get(done.headers.get("location") ?? "")).status).toBe(200);
    const { entries } = await registry().readAudit({ tokenId: null, before: null, limit: 2 });
    expect(entries.map(({ action }) => action)).toEqual(["token.create", "session.open"]);
    expect(entries[0]?.session).toBe(entries[1]?.session);
  });

  for (const [name, headers] of [
    ["another site's page", { "sec-fetch-site": "cross-site" }],
    ["a sibling's page", { "sec-fetch-site": "same-site" }],
    ["who knows what", { "sec-fetch-site": "" }],
  ] as const) {
    it(`isn't signed in anew by ${name}`, async ({ expect }) => {
      later(120);
      const answer = await browser.post("/tokens", { ...newToken("mallory"), "confirm-password": PASSWORD }, headers);
      expect([answer.status, answer.headers.get("location")]).toEqual([303, "/sign-in?done=session-over"]);
      expect(answer.headers.getSetCookie()).toEqual([]);
      expect(await registry().overview()).toMatchObject({ tokens: { active: 0 } });
    });
  }

  it("asks nobody in who never had one, nor to sign out", async ({ expect }) => {
    const stranger = await new Browser().post("/tokens", { ...newToken("mallory"), "confirm-password": PASSWORD });
    expect([stranger.status, stranger.headers.get("location")]).toEqual([303, "/sign-in"]);
    later(120);
    const out = await browser.post("/sign-out");
    expect([out.status, out.headers.get("location")]).toEqual([303, "/sign-in?done=session-over"]);
  });
});
