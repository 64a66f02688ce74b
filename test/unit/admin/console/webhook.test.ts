import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { ControlApi } from "../../../../shared/control.ts";
import type { Webhook, WebhookDeliveries } from "../../../../shared/webhooks.ts";
import { fails, fakeGateway } from "../../support/usage.ts";
import { Browser, seen } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await Browser.signedIn();
});
afterEach(() => reset());

const AT = Date.UTC(2026, 10, 22);
const SECRET = "whsec_bm90IGEgcmVhbCBzZWNyZXQ=";
const HOOK: Webhook = {
  id: "w1",
  url: "https://hooks.example/w1",
  events: ["budget.used_up"],
  createdAt: AT,
  lastTry: { at: AT, status: 500 },
  waiting: 1,
  givenUp: 3,
};
const FOUND: WebhookDeliveries = {
  webhook: HOOK,
  oldSecretUntil: null,
  waiting: [{ eventId: "e:1", type: "budget.used_up", since: AT, tries: 2, nextTryAt: AT + 60_000 }],
  tries: [
    { eventId: null, type: "test", at: AT, outcome: "delivered", status: 204, problem: null },
    {
      eventId: "e:1",
      type: "budget.used_up",
      at: AT,
      outcome: "failed",
      status: null,
      problem: "it could not be reached",
    },
    { eventId: "e:0", type: "budget.warning", at: AT, outcome: "given_up", status: null, problem: null },
  ],
};

function withHook(found: WebhookDeliveries | null = FOUND, parts: Partial<ControlApi> = {}) {
  const fake = fakeGateway({ webhooks: async () => [HOOK], webhookDeliveries: async () => found, ...parts });
  browser.bindings = fake.bindings;
  return fake.calls;
}

describe("the page of a webhook", () => {
  it("says how the last tries went, what waits, and when the next try is", async ({ expect }) => {
    withHook();
    const text = seen(await browser.get("/webhooks/w1"));
    for (const words of [
      "1 waiting, 3 given up since it was added.",
      "A budget is used up 2026-11-22 00:00 UTC 2 2026-11-22 00:01 UTC Send again",
      "Test Delivered Answered 204 –",
      "A budget is used up Failed, tried again it could not be reached Send again",
      "A budget is near its end Given up It was never tried. Send again",
      "Try all that wait now",
    ]) {
      expect(text).toContain(words);
    }
    expect(text).not.toContain("It said that it is gone");
  });

  it("doesn't say of a test that it is tried again", async ({ expect }) => {
    const failed = { eventId: null, type: "test", at: AT, outcome: "failed", status: 500, problem: null } as const;
    withHook({ ...FOUND, waiting: [], tries: [failed] });
    expect(seen(await browser.get("/webhooks/w1"))).toContain("Test Failed Answered 500 –");
  });

  it("offers to enable one that is gone, and no event before that", async ({ expect }) => {
    const calls = withHook(
      { ...FOUND, webhook: { ...HOOK, lastTry: { at: AT, status: 410 }, waiting: 0 }, waiting: [] },
      { reviveWebhook: async () => true },
    );
    const text = seen(await browser.get("/webhooks/w1"));
    expect(text).toContain("It said that it is gone It answered 410");
    expect(text).not.toMatch(/Send again|Try all/);
    expect(seen(await browser.submit("/webhooks/w1/revive"))).toContain("The webhook gets events again");
    expect(calls).toContainEqual(["reviveWebhook", "w1"]);
  });

  it("sends an event again", async ({ expect }) => {
    const calls = withHook(FOUND, { resendEvent: async (_, eventId) => (eventId === "e:0" ? "queued" : "missing") });
    expect(seen(await browser.submit("/webhooks/w1/resend", { event: "e:0" }))).toContain("The event is sent again.");
    expect(calls).toContainEqual(["resendEvent", "w1", "e:0"]);
    expect((await browser.post("/webhooks/w1/resend", { event: "nix" })).status).toBe(404);
    expect((await browser.post("/webhooks/w1/resend")).status).toBe(404);
    expect(seen(await browser.get("/audit"))).toContain("Sent an event to a webhook again");
  });

  it("makes a new signing secret, and shows it once", async ({ expect }) => {
    withHook({ ...FOUND, oldSecretUntil: AT }, { rotateWebhookSecret: async () => SECRET });
    const page = await browser.submit("/webhooks/w1/rotate");
    expect(page.text).toContain(`<code data-copy="signing secret">${SECRET}</code>`);
    const again = await browser.get("/webhooks/w1/secret");
    expect([again.status, again.text.includes(SECRET)]).toEqual([410, false]);
    expect(seen(await browser.get("/webhooks/w1"))).toContain(
      "Events are signed with the one before too, until 2026-11-22 00:00 UTC .",
    );
  });

  it("isn't there where the webhook isn't, and says where the gateway doesn't answer", async ({ expect }) => {
    withHook(null);
    expect((await browser.get("/webhooks/w1")).status).toBe(404);
    withHook(null, { webhookDeliveries: fails });
    const page = await browser.get("/webhooks/w1");
    expect([page.status, seen(page).startsWith("The gateway doesn't answer")]).toEqual([503, true]);
  });
});
