import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { PASSWORD, registry } from "../../support/admin.ts";
import { Browser, newToken, seen } from "./browser.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; form-action 'self'; " +
  "frame-ancestors 'none'; base-uri 'none'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'";
const EVIL = `<script>alert("1")</script>'"><img src=x onerror=alert(1)>`;

/** Every page of a signed-in owner. */
const pagesOf = (id: string): string[] =>
  `/tokens /tokens?query=%3Cscript%3E /tokens/new /tokens/${id} /tokens/${id}/edit /tokens/${id}/rotate
  /tokens/${id}/delete /tokens/${id}/secret /tokens?createdFrom=%3Cscript%3E&zone=%3Cscript%3E
  /tokens?status=%3Cscript%3E /tokens/%3Cscript%3E /tokens?done=%3Cscript%3E
  /policies /policies/new /policies/%3Cscript%3E /policies?done=%3Cscript%3E
  /prices /prices?query=%3Cscript%3E /prices/new?provider=openai&model=%3Cscript%3E /prices/edit?provider=openai&model=%3Cscript%3E
  / /?by=token&span=24h&measure=requests /?by=%3Cscript%3E
  /usage /usage?group=token&token=${id} /usage?from=%3Cscript%3E /tokens/${id}/requests /tokens/${id}/requests?cursor=%3Cscript%3E
  /webhooks /webhooks?test=%3Cscript%3E /webhooks/%3Cscript%3E/secret
  /audit /audit?token=${id} /audit?token=%3Cscript%3E /sessions /status /nowhere
  /settings/sign-in /settings/sign-in/code /settings/sign-in/passkeys/%3Cscript%3E`.split(/\s+/);

describe("every page", () => {
  it("carries the policy, isn't stored, and holds no inline script or style", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id, page } = await browser.create("alice");
    const pages = [page, await new Browser().get("/sign-in")];
    for (const path of pagesOf(id)) pages.push(await browser.get(path));
    for (const { headers, text } of pages) {
      expect(headers.get("content-security-policy")).toBe(POLICY);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(text).not.toMatch(
        /<style|\sstyle=|\son[a-z]+=|<script(?! src="\/assets\/)|javascript:|https?:\/\/(?!YOUR)/,
      );
      expect(text.match(/<h1/g)).toHaveLength(1);
      expect(text).toMatch(/^<!doctype html><html lang="en">/);
    }
  });

  it("escapes what others wrote", async ({ expect }) => {
    const browser = await Browser.signedIn();
    browser.headers = { "user-agent": EVIL };
    await browser.post("/sign-in", { password: PASSWORD });
    const { id, page } = await browser.create(EVIL, { note: EVIL });
    const wrong = await browser.post("/tokens", newToken(EVIL, { note: EVIL, expiresAt: EVIL, expiry: EVIL }));
    const edit = await browser.post(`/tokens/${id}/edit`, newToken(EVIL, { expiry: "at", expiresAt: EVIL }));
    const pages = [page, wrong, edit];
    for (const path of pagesOf(id)) pages.push(await browser.get(path));
    for (const { text: whole } of pages) {
      // A page's own links hold its search, percent-encoded.
      const text = whole.replaceAll(/\?(?:query|token)=%3Cscript%3E&amp;/g, "");
      expect(text).not.toMatch(/<script>|<img|%3Cscript/);
      expect(text).not.toContain(`"><`.concat("img"));
    }
    expect(pages.filter(({ text }) => text.includes("&lt;script&gt;")).length).toBeGreaterThan(8);
  });

  it("but the one that shows it holds no secret", async ({ expect }) => {
    const log = [vi.spyOn(console, "log"), vi.spyOn(console, "error"), vi.spyOn(console, "warn")];
    const browser = await Browser.signedIn();
    const made = await browser.create("alice");
    const typed = await browser.create("bob", { secretKind: "own", secret: "typed-secret-of-bob" });
    const hidden = [made.secret, made.secret.slice(13), typed.secret, PASSWORD, ...browser.cookies.values()];
    for (const path of [...pagesOf(made.id), ...pagesOf(typed.id)]) {
      const { text, headers } = await browser.get(path);
      const all = text + JSON.stringify([...headers]);
      for (const secret of hidden) expect(all.includes(secret), `${path} shows a secret`).toBe(false);
    }
    expect(log.flatMap((spy) => spy.mock.calls)).toEqual([]);
  });
});

describe("another site's page", () => {
  const ACTIONS = ["", "/enable", "/disable", "/rotate", "/delete", "/end-streams", "/secret/test"];

  for (const [name, headers] of [
    ["cross-site", { "sec-fetch-site": "cross-site" }],
    ["same-site", { "sec-fetch-site": "same-site" }],
    ["foreign origin", { "sec-fetch-site": "", origin: "https://evil.test" }],
    ["saying nothing", { "sec-fetch-site": "" }],
  ] as const) {
    it(`can't do anything: ${name}`, async ({ expect }) => {
      const browser = await Browser.signedIn();
      const { id } = await browser.create("alice");
      const paths = [
        "/webhooks",
        "/webhooks/x/test",
        "/webhooks/x/remove",
        "/tokens",
        "/sign-out",
        "/sessions/end-all",
        "/sessions/end-others",
        "/settings/sign-in/passkeys",
        "/settings/sign-in/passkeys/x/remove",
        "/settings/sign-in/code",
        "/confirm",
        "/sessions/x/end",
        "/status/rebuild",
        "/policies",
        "/policies/x/delete",
      ];
      for (const path of [...paths, ...ACTIONS.map((action) => `/tokens/${id}${action}`)]) {
        const answer = await browser.post(path, newToken("mallory"), headers);
        expect([path, answer.status, seen(answer).startsWith("This came from another site")]).toEqual([
          path,
          403,
          true,
        ]);
      }
      expect(await registry().overview()).toMatchObject({ tokens: { active: 1, disabled: 0, deleted: 0 } });
    });
  }

  it("can't sign a browser in", async ({ expect }) => {
    const answer = await new Browser().post("/sign-in", { password: PASSWORD }, { "sec-fetch-site": "cross-site" });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []]);
  });
});
