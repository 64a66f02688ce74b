import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { Browser, seen } from "./browser.ts";

afterEach(() => reset());

describe("the hand-over card", () => {
  it("has the token, a QR code, what it may do, and each client", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { secret, page } = await browser.create("phone", { providers: ["openai"] });
    expect(page.text).toContain(`<code data-copy="token">${secret}</code>`);
    expect(page.text).toContain('aria-label="The token as a QR code"');
    expect(seen(page)).toContain("phone may use every model of OpenAI, with no limit");
    for (const title of ["curl", "Python SDKs", "Node SDKs", ".env", "Codex", "opencode", "AI SDK"]) {
      expect(page.text).toContain(`<summary>${title}</summary>`);
    }
    expect(page.text).not.toContain("<summary>Claude Code</summary>");
    expect(page.headers.get("cache-control")).toBe("no-store");
  });

  it("tests the token, and keeps it on the screen", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id, secret } = await browser.create("phone", { providers: ["anthropic"] });
    const page = await browser.post(`/tokens/${id}/secret/test`, { secret, provider: "anthropic" });
    expect(page.status).toBe(200);
    expect(page.text).toContain(`<code data-copy="token">${secret}</code>`);
    expect(seen(page)).toContain("Doppelgate refused it with status 503 (provider_not_configured).");
  });

  it("answers the script with words alone", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id, secret } = await browser.create("phone", { providers: ["anthropic"] });
    const fields = { secret, provider: "anthropic" };
    const { body } = await browser.post(`/tokens/${id}/secret/test`, fields, { accept: "application/json" });
    expect(body).toEqual({
      good: false,
      title: "Doppelgate refused it with status 503 (provider_not_configured).",
      detail: expect.stringContaining("Anthropic"),
    });
  });

  it("tells what came back from a model", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id, secret } = await browser.create("phone", { providers: ["openai"] });
    const answer = { choices: [{ message: { content: "Hello <you>." } }] };
    browser.bindings = { GATEWAY_DOOR: { fetch: async () => Response.json(answer) } };
    const page = await browser.post(`/tokens/${id}/secret/test`, { secret, provider: "openai" });
    expect(seen(page)).toContain("It works: gpt-5.4-mini of OpenAI answered in ");
    expect(page.text).toContain("“Hello &lt;you&gt;.”");
  });

  it("says what is wrong with a test of something else", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("phone", { providers: ["openai"] });
    const page = await browser.post(`/tokens/${id}/secret/test`, { secret: "something", provider: "gemini" });
    expect(page.status).toBe(422);
    expect(seen(page)).toContain("This isn't the token of “phone”. Paste it whole.");
    expect(seen(page)).toContain("The token isn't for this provider, but for openai.");
  });
});
