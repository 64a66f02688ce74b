import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { type Answer, Owner } from "../../support/admin.ts";
import { Browser, newToken, seen } from "./browser.ts";
import { policyFields } from "./policy-form.ts";

afterEach(() => reset());

interface Told {
  sentence: string | null;
  folds: Record<string, string | null>;
  errors: { field: string; message: string }[];
}

const JSON_PLEASE = { accept: "application/json" };
const told = (answer: Answer): Told => answer.body as Told;
const SHUT = "files, batches and stored conversations stay shut.";

describe("the preview of a form", () => {
  it("says for the script what a new token would mean, with what is wrong", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const sent = newToken("Anna", { providers: ["openai"], countries: "France" });
    const fine = await browser.post("/tokens/preview", sent, JSON_PLEASE);
    expect([fine.status, fine.headers.get("content-type")]).toEqual([200, "application/json"]);
    expect(told(fine)).toMatchObject({
      sentence: `Anna may use every model of OpenAI, only in France, with no limit on what it costs, without an end; ${SHUT}`,
      folds: { models: "every model of OpenAI", places: "only in France" },
      errors: [],
    });
    const wrong = await browser.post("/tokens/preview", { ...sent, networks: "home" }, JSON_PLEASE);
    expect(told(wrong)).toMatchObject({
      sentence: null,
      folds: { places: null, models: "every model of OpenAI" },
      errors: [{ field: "networks", message: expect.stringContaining("“home”: Write a network as") }],
    });
  });

  it("says how fast, whatever is wrong with the budgets, and the other way round", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const sent = newToken("x", { requestsPerMinute: "60", budgetAmount: ["much"] });
    const answer = told(await browser.post("/tokens/preview", sent, JSON_PLEASE));
    expect(answer).toMatchObject({ sentence: null, folds: { pace: "60 requests a minute" } });
    const slow = newToken("x", { requestsPerMinute: "sixty" });
    expect(told(await browser.post("/tokens/preview", slow, JSON_PLEASE)).folds.pace).toBeNull();
  });

  it("doesn't wait for a label", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { sentence, errors } = told(await browser.post("/tokens/preview", newToken(""), JSON_PLEASE));
    expect(sentence).toMatch(/^The holder may use every model/);
    expect(errors.map(({ field }) => field)).toEqual(["label"]);
  });

  for (const [name, more] of [
    ["no provider", { providers: [] }],
    ["an end that is past", { expiry: "at", expiresAt: "2020-01-01T00:00" }],
    ["no end chosen at all", { expiry: "at" }],
    ["a policy that isn't there", { follow: "nix" }],
  ] as const) {
    it(`promises nothing with ${name}`, async ({ expect }) => {
      const browser = await Browser.signedIn();
      expect(told(await browser.post("/tokens/preview", newToken("x", more), JSON_PLEASE)).sentence).toBeNull();
    });
  }

  it("is the form again where no script runs, with all that was entered and nothing made", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const page = await browser.post("/tokens/preview", newToken("Anna", { countries: "France", note: "kept" }));
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/<output data-meaning="[^"]*">Anna may use every model/);
    expect(page.text).toMatch(/id="label"[^>]* value="Anna"/);
    expect(page.text).toMatch(/id="rule-countries-0"[^>]* value="France"/);
    expect(page.text).toContain(">kept</textarea>");
    expect(page.text).toMatch(/<noscript><button[^>]*formaction="\/tokens\/preview"[^>]*>Preview</);
    expect(page.text).not.toContain('role="alert"');
    expect(seen(await browser.get("/tokens"))).toContain("There are no tokens yet.");
  });

  it("of an edit keeps the end that the token has, and changes nothing", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const owner = await Owner.signedIn();
    const { token } = await owner.create("alice", { expiresAt: "2999-01-01T00:00:00Z" });
    const path = `/tokens/${token.id}/preview`;
    const edit = newToken("bob", { expiry: "keep", countries: "France" });
    expect(told(await browser.post(path, edit, JSON_PLEASE))).toMatchObject({
      sentence: expect.stringMatching(/^bob may use .*, only in France, .*, until 1 January 2999 \(UTC\);/),
      errors: [],
    });
    const page = await browser.post(path, edit);
    expect(page.text).toMatch(/<output data-meaning="[^"]*">bob may use/);
    expect(page.text).toMatch(/id="rule-countries-0"[^>]* value="France"/);
    expect(seen(page)).toContain("As it is now: 2999-01-01 00:00 UTC");
    expect(await owner.token(token.id)).toEqual(token);
  });

  it("of a token that isn't there is none", async ({ expect }) => {
    const browser = await Browser.signedIn();
    expect((await browser.post("/tokens/nix/preview", newToken("x"))).status).toBe(404);
    expect((await browser.post("/tokens/nix/preview", newToken("x"), JSON_PLEASE)).status).toBe(404);
  });

  it("of a policy says what it allows, new and edited, and changes nothing", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const owner = await Owner.signedIn();
    const policy = await owner.policy("students");
    const sent = { ...policyFields(), name: "others", countries: ["France"] };
    for (const path of ["/policies/preview", `/policies/${policy.id}/preview`]) {
      const answer = told(await browser.post(path, sent, JSON_PLEASE));
      expect(answer.errors).toEqual([]);
      expect(answer.sentence).toContain(
        "The holder may use every model of OpenAI, Anthropic and Google Gemini, only in",
      );
      const page = await browser.post(path, sent);
      expect(page.text).toMatch(/id="policy-name"[^>]* value="others"/);
      expect(page.text).toMatch(/<output data-meaning="[^"]*">The holder may use .*only in France/);
    }
    expect((await owner.send<{ policies: unknown[] }>("GET", "/api/policies")).body.policies).toEqual([policy]);
  });

  it("is the sentence of the token's page and of the API", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const owner = await Owner.signedIn();
    const sent = newToken("alice", { requestsPerMinute: "60", countries: "France", expiry: "90d" });
    const { sentence } = told(await browser.post("/tokens/preview", sent, JSON_PLEASE));
    const answer = await browser.submit("/tokens", sent);
    expect(answer.status).toBe(200);
    const { tokens } = (await owner.send<{ tokens: { id: string; summary: string }[] }>("GET", "/api/tokens")).body;
    expect(tokens[0]?.summary).toBe(sentence);
    expect(seen(await browser.get(`/tokens/${tokens[0]?.id}`))).toContain(`Policy ${sentence}`);
  });
});
