import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { WEBHOOK_EVENTS, type WebhookEvent } from "../../../../shared/webhooks.ts";
import { control } from "../../support/gateway.ts";
import { answering, fakeReceivers, HOOK, HOOK_URL, type Receivers } from "../../support/hooks.ts";
import { NOON, noticeOf, TestLedger } from "../../support/ledgers.ts";

let receivers: Receivers;
let ledger: TestLedger;

beforeEach(async () => {
  receivers = fakeReceivers();
  ledger = await TestLedger.fresh();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

describe("a webhook", () => {
  it("is told in lists without its secret, which is shown once", async ({ expect }) => {
    const { webhook, secret } = await control.addWebhook({ url: HOOK_URL, events: [...WEBHOOK_EVENTS].toReversed() });
    expect(webhook).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      url: HOOK_URL,
      events: [...WEBHOOK_EVENTS],
      createdAt: NOON,
      lastTry: null,
      waiting: 0,
      givenUp: 0,
    });
    const told = await control.webhooks();
    expect(told).toEqual([webhook]);
    expect(JSON.stringify(told)).not.toContain(secret);
  });

  it("can be tried at once, and says how that went", async ({ expect }) => {
    const { webhook } = await control.addWebhook(HOOK);
    expect(await control.tryWebhook(webhook.id)).toEqual({ status: 204, problem: null });
    expect(JSON.parse(receivers.messages[0]?.body ?? "{}")).toEqual({
      type: "test",
      timestamp: "2030-01-02T12:00:00.000Z",
      data: {},
    });
    receivers.answers[HOOK_URL] = answering(500);
    expect(await control.tryWebhook(webhook.id)).toEqual({ status: 500, problem: null });
    receivers.answers[HOOK_URL] = async () => Promise.reject(new TypeError("secret words of a stack"));
    expect(await control.tryWebhook(webhook.id)).toEqual({ status: null, problem: "it could not be reached" });
    expect(await control.webhooks()).toMatchObject([{ lastTry: { at: NOON, status: null } }]);
    expect(await control.tryWebhook("nix")).toBeNull();
    // Each test is an event of its own.
    expect(new Set(receivers.messages.map(({ headers }) => headers.get("webhook-id"))).size).toBe(3);
  });

  it("that is removed gets nothing more", async ({ expect }) => {
    const { webhook } = await control.addWebhook(HOOK);
    await ledger.stub.notify(noticeOf("n"));
    expect(await control.removeWebhook(webhook.id)).toBe(true);
    expect(await control.removeWebhook(webhook.id)).toBe(false);
    await ledger.post();
    expect([receivers.messages, await control.webhooks()]).toEqual([[], []]);
  });

  it("may be at this machine without https", async ({ expect }) => {
    for (const url of ["http://localhost:8080/hook", "http://127.0.0.1/", "http://[::1]:9/x"]) {
      expect((await control.addWebhook({ ...HOOK, url })).webhook.url).toBe(url);
    }
  });

  for (const [url, problem] of [
    ["http://hooks.example/", "Its address isn't https. Only this machine may do without."],
    ["http://localhost.example/", "Its address isn't https. Only this machine may do without."],
    ["ftp://hooks.example/", "Its address isn't https. Only this machine may do without."],
    ["https://me:secret@hooks.example/", "Its address holds a user or a password."],
    ["hooks.example", "Its address is no whole address, like https://example.com/hook."],
    [`https://hooks.example/${"x".repeat(2_000)}`, "Its address has more than 2000 characters."],
  ] as const) {
    it(`can't be at ${url.slice(0, 40)}`, async ({ expect }) => {
      await ledger.within(async (instance) => {
        const adding = instance.addWebhook({ ...HOOK, url });
        await expect(adding).rejects.toThrow(new TypeError(`This can't be a webhook. ${problem}`));
      });
      expect(await control.webhooks()).toEqual([]);
    });
  }

  for (const events of [[], ["token.first_used", "token.sold"]]) {
    it(`can't be for ${events.length === 0 ? "nothing" : "what never happens"}`, async ({ expect }) => {
      await ledger.within(async (instance) => {
        const adding = instance.addWebhook({ url: HOOK_URL, events: events as WebhookEvent[] });
        await expect(adding).rejects.toThrow("Its events have to be one or more of budget.warning, budget.used_up");
      });
    });
  }

  it("is one of 20 at most", async ({ expect }) => {
    for (let index = 0; index < 20; index++) await ledger.stub.addWebhook(HOOK);
    await ledger.within(async (instance) => {
      const words = "There are 20 webhooks already. Remove one first.";
      await expect(instance.addWebhook(HOOK)).rejects.toThrow(new RangeError(words));
    });
  });
});
