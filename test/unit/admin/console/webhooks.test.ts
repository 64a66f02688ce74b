import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { ControlApi } from "../../../../shared/control.ts";
import type { Webhook } from "../../../../shared/webhooks.ts";
import { fails, fakeGateway } from "../../support/usage.ts";
import { Browser, type Fields, seen } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await Browser.signedIn();
});
afterEach(() => reset());

const AT = Date.UTC(2026, 10, 22);
const SECRET = "whsec_bm90IGEgcmVhbCBzZWNyZXQ=";
const hook = (id: string, some: Partial<Webhook> = {}): Webhook => ({
  id,
  url: `https://hooks.example/${id}`,
  events: ["budget.used_up"],
  createdAt: AT,
  lastTry: null,
  waiting: 0,
  givenUp: 0,
  ...some,
});

const FORM: Fields = { url: "https://hooks.example/new", events: ["token.first_used", "budget.warning"] };

/** Puts a gateway behind the browser that keeps webhooks as the real one does. */
function withHooks(parts: Partial<ControlApi> = {}) {
  const kept: Webhook[] = [];
  const fake = fakeGateway({
    webhooks: async () => [...kept],
    addWebhook: async (input) => {
      const webhook = hook(`w${kept.length + 1}`, input);
      kept.push(webhook);
      return { webhook, secret: SECRET };
    },
    removeWebhook: async (id) => kept.splice(0).some((one) => one.id === id),
    webhookDeliveries: async (id) => {
      const webhook = kept.find((one) => one.id === id);
      return webhook === undefined ? null : { webhook, oldSecretUntil: null, waiting: [], tries: [] };
    },
    ...parts,
  });
  browser.bindings = fake.bindings;
  return { kept, calls: fake.calls };
}

describe("the page of webhooks", () => {
  it("says that there are none, and offers a form", async ({ expect }) => {
    withHooks();
    const page = await browser.get("/webhooks");
    expect(seen(page)).toContain("There are no webhooks yet.");
    expect(page.text).toContain('<a href="/webhooks" aria-current="page">');
    expect([...page.text.matchAll(/name="events" value="([^"]*)" checked/g)].map(([, event]) => event)).toEqual([
      "budget.warning",
      "budget.used_up",
      "provider_key.rejected",
    ]);
  });

  it("lists them with their last try and what waits", async ({ expect }) => {
    const { kept } = withHooks();
    kept.push(
      hook("w1", { lastTry: { at: AT, status: 204 } }),
      hook("w2", { lastTry: { at: AT, status: 500 }, waiting: 1_234, givenUp: 5 }),
      hook("w3", { lastTry: { at: AT, status: null } }),
      hook("w5", { lastTry: { at: AT, status: 410 } }),
      hook("w4"),
    );
    const page = await browser.get("/webhooks");
    const text = seen(page);
    expect(text).toContain(
      "https://hooks.example/w1 A budget is used up Answered 204 2026-11-22 00:00 UTC 0 0 Test https://hooks.example/w1",
    );
    expect(text).toMatch(
      /w2 A budget is used up Answered 500 2026-11-22 00:00 UTC 1,234 5 .*w3 .* No answer .*w5 .* UTC It is gone: nothing but tests is sent\. 0 0 .*w4 .* None yet 0 0/,
    );
    expect(page.text).toMatch(/<span class="badge active">Answered 204<.*<span class="badge expired">Answered 500</s);
  });

  it("adds one, and shows its secret exactly once, in no other session and not in the address", async ({ expect }) => {
    const { kept, calls } = withHooks();
    const answer = await browser.post("/webhooks", FORM);
    const location = answer.headers.get("location") ?? "";
    expect([answer.status, location, answer.text]).toEqual([303, "/webhooks/w1/secret", ""]);
    expect(calls.at(-1)).toEqual(["addWebhook", { ...FORM, events: ["budget.warning", "token.first_used"] }]);
    const other = await Browser.signedIn();
    other.bindings = browser.bindings;
    other.cookies.set("__Host-doppelgate-once", browser.cookies.get("__Host-doppelgate-once") ?? "");
    expect((await other.get(location)).status).toBe(410);
    const page = await browser.get(location);
    expect(page.text).toContain(`<code data-copy="signing secret">${SECRET}</code>`);
    const again = await browser.get(location);
    expect([again.status, again.text.includes(SECRET)]).toEqual([410, false]);
    expect(seen(again)).toContain("The secret was shown already");
    expect(kept.length).toBe(1);
    expect((await browser.get("/webhooks/nix/secret")).status).toBe(404);
    expect(seen(await browser.get("/audit"))).toContain("Added a webhook");
  });

  it("doesn't show a token's secret as a webhook's, nor the reverse", async ({ expect }) => {
    const { kept } = withHooks();
    const { id } = await browser.create("alice");
    kept.push(hook(id));
    await browser.post(`/tokens/${id}/rotate`, { graceSeconds: "0", secretKind: "make", secret: "" });
    expect((await browser.get(`/webhooks/${id}/secret`)).status).toBe(410);
    await browser.post("/webhooks", FORM);
    expect((await browser.get(`/tokens/${id}/secret`)).status).toBe(410);
  });

  for (const [name, fields, message] of [
    ["no address", { ...FORM, url: "" }, "Write a whole address, like https://example.com/hooks/doppelgate."],
    ["plain http", { ...FORM, url: "http://hooks.example/" }, "The address has to begin with https://."],
    ["no event", { url: "https://hooks.example/" }, "Choose at least one event."],
  ] as const) {
    it(`says what is wrong beside the field: ${name}`, async ({ expect }) => {
      const { kept } = withHooks();
      const page = await browser.post("/webhooks", fields);
      expect([page.status, kept]).toEqual([422, []]);
      expect(seen(page)).toMatch(/^Webhooks Nothing was saved yet/);
      expect(seen(page)).toContain(message);
      expect(page.text).toContain(`value="${fields.url}"`);
    });
  }

  it("keeps what was entered where the gateway doesn't answer, or has enough of them", async ({ expect }) => {
    withHooks({ addWebhook: fails });
    const failed = await browser.post("/webhooks", FORM);
    expect([failed.status, seen(failed).includes("so nothing was done. Try again in a moment.")]).toEqual([503, true]);
    expect(failed.text).toMatch(/value="https:\/\/hooks\.example\/new".*value="token\.first_used" checked/s);
    withHooks({ webhooks: async () => Array.from({ length: 20 }, (_, index) => hook(`w${index}`)) });
    const full = await browser.post("/webhooks", FORM);
    expect([full.status, seen(full).includes("There are 20 webhooks already. Remove one first.")]).toEqual([409, true]);
  });

  it("stays calm where the gateway doesn't answer", async ({ expect }) => {
    withHooks({ webhooks: fails });
    const page = await browser.get("/webhooks");
    expect([page.status, seen(page).includes("The gateway doesn't answer It keeps the webhooks")]).toEqual([200, true]);
  });

  it("removes one", async ({ expect }) => {
    const { kept } = withHooks();
    kept.push(hook("w1"));
    expect(seen(await browser.submit("/webhooks/w1/remove"))).toContain("The webhook is removed.");
    expect(kept).toEqual([]);
    expect((await browser.post("/webhooks/w1/remove")).status).toBe(404);
    expect(seen(await browser.get("/audit"))).toContain("Removed a webhook – Id: w1");
  });

  for (const [trial, words] of [
    [{ status: 200, problem: null }, "The test was delivered."],
    [{ status: 404, problem: null }, "The test was sent, but the answer was no success."],
    [{ status: null, problem: "refused" }, "The test was sent, but nobody answered."],
  ] as const) {
    it(`says how a test went: ${trial.status}`, async ({ expect }) => {
      const { kept } = withHooks({ tryWebhook: async () => trial });
      kept.push(hook("w1"));
      expect(seen(await browser.submit("/webhooks/w1/test"))).toContain(words);
      expect(seen(await browser.get("/audit"))).toContain("Sent a test to a webhook – Id: w1");
    });
  }

  it("is a page of its own where a test can't be made", async ({ expect }) => {
    withHooks({ tryWebhook: async () => null }).kept.push(hook("w1"));
    expect((await browser.post("/webhooks/w1/test")).status).toBe(404);
    withHooks({ tryWebhook: fails }).kept.push(hook("w1"));
    const page = await browser.post("/webhooks/w1/test");
    expect([page.status, seen(page).startsWith("The gateway doesn't answer")]).toEqual([503, true]);
    expect(seen(await browser.get("/webhooks?test=%3Cscript%3E"))).not.toContain("script");
  });
});
