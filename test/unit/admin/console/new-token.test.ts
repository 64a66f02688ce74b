import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { hashToken } from "../../../../shared/hash.ts";
import { tokenShape } from "../../../../shared/token.ts";
import { kvContent, Owner } from "../../support/admin.ts";
import { Browser, type Fields, newToken, seen } from "./browser.ts";

afterEach(() => reset());

const DAY = 24 * 60 * 60 * 1000;
const TYPED = "a-secret-that-the-owner-typed";

describe("a new token", () => {
  it("is made, shown once, and works", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const form = await browser.get("/tokens/new");
    expect(form.text.match(/name="providers"[^>]*checked/g)).toHaveLength(3);
    const { id, secret, page } = await browser.create("alice");
    expect(tokenShape(secret)).toEqual({ kind: "generated", id });
    expect(seen(page)).toContain("Copy it now: you will not see it again.");
    expect(page.text).toContain(`-H &quot;authorization: Bearer ${secret}&quot;`);
    expect(Object.keys(await kvContent())).toEqual([await hashToken(secret)]);
  });

  it("can be typed", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id, secret } = await browser.create("bob", { secretKind: "own", secret: TYPED });
    expect(secret).toBe(TYPED);
    expect((await (await Owner.signedIn()).token(id)).secrets).toEqual([{ typed: true, endsAt: null }]);
  });

  it("is what the form says", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create(" carol ", {
      providers: ["gemini", "openai"],
      expiry: "7d",
      note: "one\r\ntwo ",
    });
    const token = await (await Owner.signedIn()).token(id);
    expect(token).toMatchObject({ label: "carol", providers: ["openai", "gemini"], note: "one\ntwo" });
    expect(Math.abs(Date.parse(token.expiresAt ?? "") - Date.now() - 7 * DAY)).toBeLessThan(60_000);
  });

  it("expires at a time typed in the zone that the script named", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const entered = { expiry: "at", expiresAt: "2099-07-31T18:00", expiresZone: "Europe/Berlin" };
    const { id } = await browser.create("dora", entered);
    expect((await (await Owner.signedIn()).token(id)).expiresAt).toBe("2099-07-31T16:00:00.000Z");
  });

  it("expires at a time typed in UTC", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("dora", { expiry: "at", expiresAt: "2099-01-31T18:00" });
    expect((await (await Owner.signedIn()).token(id)).expiresAt).toBe("2099-01-31T18:00:00.000Z");
  });
});

const WRONG: [name: string, more: Fields, status: number, id: string, message: string][] = [
  ["no label", { label: " " }, 422, "label", "A label can't be empty."],
  ["a label of two lines", { label: "a\nb" }, 422, "label", "A label is one line of text without control characters."],
  ["no provider", { providers: [] }, 422, "providers", "Name at least one of openai, anthropic, gemini."],
  ["a provider that there isn't", { providers: ["nix"] }, 422, "providers", "one of openai, anthropic, gemini"],
  ["a note too long", { note: "x".repeat(501) }, 422, "note", "A note has at most 500 characters."],
  ["no choice of an expiry", { expiry: "" }, 422, "expiry", "Choose when the token expires."],
  ["nothing to keep", { expiry: "keep" }, 422, "expiry", "Choose when the token expires."],
  ["no time", { expiry: "at" }, 422, "expires-at", "Choose a date and a time."],
  ["a time in words", { expiry: "at", expiresAt: "soon" }, 422, "expires-at", "Write the time like 2027-01-31 18:00."],
  [
    "a zone that isn't",
    { expiry: "at", expiresAt: "2099-01-01T00:00", expiresZone: "Mars/Olympus" },
    422,
    "expires-at",
    "Your browser's time zone isn't known here.",
  ],
  [
    "a day that isn't",
    { expiry: "at", expiresAt: "2099-02-30T00:00" },
    422,
    "expires-at",
    "This has to be a time like",
  ],
  ["a time past", { expiry: "at", expiresAt: "2020-01-01T00:00" }, 422, "expires-at", "This time is past."],
  ["a time and never", { expiresAt: "2099-01-01T00:00" }, 422, "expires-at", "You entered a time but chose something"],
  ["a short secret", { secretKind: "own", secret: "short" }, 422, "secret", "A token needs at least 16 characters."],
  ["a secret and make", { secret: TYPED }, 422, "secret", "You typed a token but asked for one to be made."],
  ["a taken label", { label: "Taken" }, 409, "label", "Another token has this label."],
  ["a used secret", { secretKind: "own", secret: "the-secret-in-use" }, 409, "secret", "This secret is or was in use."],
];

describe("a form that can't be accepted", () => {
  for (const [name, more, status, id, message] of WRONG) {
    it(`${name}: says so at the field and at the top`, async ({ expect }) => {
      const browser = await Browser.signedIn();
      await browser.create("Taken", { secretKind: "own", secret: "the-secret-in-use" });
      const answer = await browser.post("/tokens", newToken("eve", more));
      expect(answer.status).toBe(status);
      const escaped = message.replaceAll("'", "&#39;");
      expect(answer.text).toMatch(new RegExp(`role="alert".*<a href="#${id}">[^<]*${escaped}`));
      expect(seen(answer).split(message)).toHaveLength(3);
      expect(answer.text).toContain(`id="${id}-error"`);
      expect(answer.text).toMatch(new RegExp(`id="${id}"[^>]* aria-invalid="true"`));
      expect(answer.text).toContain("<title>Error: new token · Doppelgate</title>");
    });
  }

  it("keeps what was entered, but never the typed secret", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const entered = { providers: ["anthropic"], note: "kept note", expiry: "30d", secretKind: "own", secret: TYPED };
    const answer = await browser.post("/tokens", newToken("x".repeat(81), entered));
    expect(answer.status).toBe(422);
    expect(answer.text).toContain(`value="${"x".repeat(81)}"`);
    expect(answer.text).toContain(">kept note</textarea>");
    expect(answer.text).toMatch(/value="anthropic" checked/);
    expect(answer.text).not.toMatch(/value="(openai|gemini|never)" checked/);
    expect(answer.text).toMatch(/value="30d" checked/);
    expect(answer.text).toMatch(/value="own" checked/);
    expect(answer.text).not.toContain(TYPED);
    expect(seen(answer)).toContain("Type the token again: it isn't kept in the page.");
  });

  it("that isn't a form at all is a form without fields", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const answer = await browser.post("/tokens", {}, { "content-type": "application/json" });
    expect(answer.status).toBe(422);
    expect(seen(answer)).toContain("A label can't be empty.");
  });
});
