import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, it } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { claimedId } from "../../../../shared/token.ts";
import { breakDelivery, Owner } from "../../support/admin.ts";
import { recordOf } from "../registry/holders.ts";
import { Browser, type Fields, newToken, seen } from "./browser.ts";

afterEach(() => reset());

const LINK = /<code data-copy="claim link">([^<]+)</;

async function signedIn(): Promise<Browser> {
  const browser = await Browser.signedIn();
  browser.bindings = { GATEWAY_URL: "https://gateway.example" };
  return browser;
}

/** Prepares a token by the form. */
async function prepare(browser: Browser, label: string, more: Fields = {}) {
  const answer = await browser.post("/tokens", newToken(label, { secretKind: "claim", linkLife: "86400", ...more }));
  const location = answer.headers.get("location") ?? "";
  const id = /^\/tokens\/(\w{10})\/secret$/.exec(location)?.[1];
  if (answer.status !== 303 || id === undefined) throw new Error(`Nothing was prepared: ${answer.status}`);
  return { id, location, page: await browser.get(location) };
}

describe("a new token's claim link", () => {
  it("is chosen in the form, and shown once in the place of a token", async ({ expect }) => {
    const browser = await signedIn();
    const form = await browser.get("/tokens/new");
    expect(seen(form)).toContain("Make a claim link: whoever opens it first gets the token");
    expect(form.text).toMatch(/<option value="604800" selected/);
    const { id, location, page } = await prepare(browser, "alice");
    const link = LINK.exec(page.text)?.[1] ?? "";
    expect(link).toMatch(/^https:\/\/gateway\.example\/-\/claim#dgc_\w{48}$/);
    expect(claimedId(link.split("#")[1] ?? "")).toBe(id);
    expect(page.text).not.toContain("dg_");
    expect(page.text.split(link)).toHaveLength(2);
    expect(seen(page)).toContain("Whoever opens it first gets the token");
    const again = await browser.get(location);
    expect([again.status, again.text.includes("dgc_")]).toEqual([410, false]);
    expect(seen(again)).toContain("The claim link was shown already");
    const life = Date.parse((await (await Owner.signedIn()).token(id)).claim?.expiresAt ?? "") - Date.now();
    expect(Math.abs(life - 86_400_000)).toBeLessThan(60_000);
  });

  it("is told in parts where the gateway's address isn't known", async ({ expect }) => {
    const { page } = await prepare(await Browser.signedIn(), "alice");
    expect(page.text).toMatch(/<code data-copy="end of the link">\/-\/claim#dgc_\w{48}</);
    expect(seen(page)).toContain("GATEWAY_URL");
  });

  it("says where the gateway doesn't know of it yet", async ({ expect }) => {
    await breakDelivery({ apply: () => Promise.reject(new Error("it is down")) });
    const { page } = await prepare(await signedIn(), "alice");
    expect(seen(page)).toContain("The gateway doesn't know of the link yet, so it doesn't work yet.");
  });

  it("stays chosen beside an error", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const answer = await browser.post("/tokens", newToken("", { secretKind: "claim", linkLife: "3600" }));
    expect(answer.status).toBe(422);
    expect(answer.text).toMatch(/value="claim" checked/);
    expect(answer.text).toMatch(/<option value="3600" selected/);
  });

  for (const [name, more, id, message] of [
    ["a life too short", { linkLife: "60" }, "link-life", "A claim link lives for an hour"],
    ["a life in words", { linkLife: "soon" }, "link-life", "This has to be a whole number of seconds."],
    ["a typed token beside it", { secret: "typed-by-the-owner" }, "secret", "You typed a token but asked for one"],
  ] as const) {
    it(`is refused with ${name}, at the field`, async ({ expect }) => {
      const browser = await Browser.signedIn();
      const answer = await browser.post("/tokens", newToken("eve", { secretKind: "claim", linkLife: "3600", ...more }));
      expect(answer.status).toBe(422);
      expect(answer.text).toMatch(new RegExp(`role="alert".*<a href="#${id}">[^<]*${message}`));
      expect(answer.text).toContain(`id="${id}-error"`);
      expect(answer.text).not.toContain("typed-by-the-owner");
    });
  }
});

describe("the claim link on a token's page", () => {
  it("says that nobody has the token yet, can be taken back, and made anew", async ({ expect }) => {
    const browser = await signedIn();
    const { id } = await prepare(browser, "alice");
    const page = await browser.get(`/tokens/${id}`);
    expect(seen(page)).toMatch(/Claim link Link Open Expires .* Nobody has this token yet\./);
    expect(seen(page)).toContain("Active Not claimed yet");
    expect(page.text).toContain(`href="#claim"`);
    expect(page.text).toContain(`<section class="panel" id="claim">`);
    expect(seen(page)).toMatch(/Claim link expires: \d{4}-\d\d-\d\d \d\d:\d\d UTC/);
    const gone = await browser.submit(`/tokens/${id}/claim/withdraw`);
    expect(seen(gone)).toContain("The claim link is taken back: it gives nobody a token any more.");
    expect(seen(gone)).toContain("Link Taken back");
    expect(gone.text).not.toContain("/claim/withdraw");
    const anew = await browser.submit(`/tokens/${id}/claim`, { linkLife: "3600", graceSeconds: "0" });
    expect(LINK.exec(anew.text)?.[1]).toContain("#dgc_");
  });

  it("shows the receipt when it was used", async ({ expect }) => {
    const browser = await signedIn();
    const { id } = await prepare(browser, "alice");
    const record = await recordOf(id);
    const hash = await hashToken("what-a-browser-has-made");
    const at = Date.now();
    if (record.claim === null) throw new Error("The record has no link.");
    await env.GATEWAY.apply({
      ...record,
      version: Math.max(at, record.version + 1),
      holderActedAt: at,
      secrets: [{ hash, typed: false, endsAt: null }],
      claim: { ...record.claim, used: { at, country: "DE", hash } },
    });
    await browser.post(`/tokens/${id}/disable`);
    const page = await browser.get(`/tokens/${id}`);
    expect(seen(page)).toMatch(/Link Used Used \d{4}-\d\d-\d\d \d\d:\d\d UTC From Germany/);
    expect(seen(page)).toContain("A link works while its token does. This one doesn't now.");
    const late = await browser.post(`/tokens/${id}/claim/withdraw`);
    expect([late.status, seen(late).includes("The link was used already.")]).toEqual([409, true]);
    expect(seen(await browser.get(`/audit?token=${id}`))).toMatch(/A token was claimed by its link .*From country: DE/);
  });

  it("hands over a token that somebody has, with a grace", async ({ expect }) => {
    const browser = await signedIn();
    const { id } = await browser.create("alice");
    expect(seen(await browser.get(`/tokens/${id}`))).toContain("When it is used, the secret that works now shall");
    await browser.submit(`/tokens/${id}/claim`, { linkLife: "3600", graceSeconds: "86400" });
    expect((await recordOf(id)).claim).toMatchObject({ graceSeconds: 86_400, used: null });
  });

  it("is refused where the form was changed, or there is no such token", async ({ expect }) => {
    const browser = await signedIn();
    const { id } = await browser.create("alice");
    expect((await browser.post(`/tokens/${id}/claim`, { linkLife: "1", graceSeconds: "0" })).status).toBe(400);
    const wanted = { linkLife: "3600", graceSeconds: "0" };
    expect((await browser.post("/tokens/0123456789/claim", wanted)).status).toBe(404);
    expect((await browser.post(`/tokens/${id}/claim`, wanted, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  });
});
