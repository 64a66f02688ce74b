import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { WebhookDeliveries } from "../../../../shared/webhooks.ts";
import { control } from "../../support/gateway.ts";
import { answering, fakeReceivers, HOOK, HOOK_URL, type Receivers, signatureOf } from "../../support/hooks.ts";
import { NOON, noticeOf, reportOf, TestLedger } from "../../support/ledgers.ts";

const DAY_MS = 24 * 60 * 60_000;

let receivers: Receivers;
let ledger: TestLedger;
let id: string;
let secret: string;

beforeEach(async () => {
  receivers = fakeReceivers();
  ledger = await TestLedger.fresh();
  const made = await ledger.stub.addWebhook(HOOK);
  [id, secret] = [made.webhook.id, made.secret];
});
afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

async function told(): Promise<WebhookDeliveries> {
  const found = await control.webhookDeliveries(id);
  if (found === null) throw new Error("The webhook is gone.");
  return found;
}
const tries = async () => (await told()).tries.map(({ eventId, outcome, status }) => [eventId, outcome, status]);

describe("what is told of a webhook", () => {
  it("is each try with how it went, the newest first, and when the next one is", async ({ expect }) => {
    receivers.answers[HOOK_URL] = answering(500);
    await ledger.stub.notify(noticeOf("n", NOON - 5));
    await ledger.post();
    expect(await told()).toMatchObject({
      webhook: { id, waiting: 1 },
      oldSecretUntil: null,
      waiting: [{ eventId: "n", type: "token.first_used", since: NOON - 5, tries: 1, nextTryAt: NOON + 5_000 }],
      tries: [{ eventId: "n", type: "token.first_used", at: NOON, outcome: "failed", status: 500, problem: null }],
    });
    receivers.answers[HOOK_URL] = () => Promise.reject(new TypeError("no way"));
    await ledger.at(NOON + 5_000);
    await ledger.post();
    delete receivers.answers[HOOK_URL];
    await ledger.at(NOON + 60_000);
    await ledger.post();
    await ledger.stub.tryWebhook(id);
    const { waiting, tries } = await told();
    expect(waiting).toEqual([]);
    expect(tries.map(({ type, at, outcome, status, problem }) => [type, at - NOON, outcome, status, problem])).toEqual([
      ["test", 60_000, "delivered", 204, null],
      ["token.first_used", 60_000, "delivered", 204, null],
      ["token.first_used", 5_000, "failed", null, "it could not be reached"],
      ["token.first_used", 0, "failed", 500, null],
    ]);
  });

  it("is what was given up, once each, with and without a try", async ({ expect }) => {
    receivers.answers[HOOK_URL] = answering(410);
    const notices = [noticeOf("n1", NOON), noticeOf("n2", NOON), noticeOf("n3", NOON)];
    await ledger.stub.take(reportOf("a", { notices }));
    await ledger.post();
    await ledger.at(NOON + 1);
    await ledger.stub.notify(noticeOf("n4"));
    const all = await tries();
    expect(all).toHaveLength(4);
    expect(all[0]).toEqual(["n4", "given_up", null]);
    expect(all.filter(([, , status]) => status === 410)).toHaveLength(1);
    expect(new Set(all.map(([eventId]) => eventId))).toEqual(new Set(["n1", "n2", "n3", "n4"]));
  });

  it("is given up after the last try", async ({ expect }) => {
    receivers.answers[HOOK_URL] = answering(500);
    await ledger.stub.notify(noticeOf("n"));
    for (let time = 0; time < 8; time++) {
      await ledger.at((await told()).waiting[0]?.nextTryAt ?? NOON);
      await ledger.post();
    }
    const outcomes = (await tries()).map(([, outcome]) => outcome);
    expect(outcomes).toEqual(["given_up", ...Array.from({ length: 7 }, () => "failed")]);
  });

  it("is the last 50 tries, whatever happened before", async ({ expect }) => {
    for (let time = 0; time < 53; time++) {
      await ledger.at(NOON + time);
      await ledger.stub.tryWebhook(id);
    }
    const { tries } = await told();
    expect(tries.map(({ at }) => at - NOON)).toEqual(Array.from({ length: 50 }, (_, index) => 52 - index));
    await control.removeWebhook(id);
    const left = "SELECT count(*) AS left FROM tries";
    expect(await ledger.within((_, { storage }) => storage.sql.exec<{ left: number }>(left).one().left)).toBe(0);
    expect(await control.webhookDeliveries(id)).toBeNull();
  });
});

describe("an event that is sent again", () => {
  it("goes at once, under the same id, whether it was delivered, waits or was given up", async ({ expect }) => {
    await ledger.stub.notify(noticeOf("n"));
    await ledger.post();
    expect(await control.resendEvent(id, "n")).toBe("queued");
    expect(await ledger.alarm()).toBe(0);
    receivers.answers[HOOK_URL] = answering(500);
    await ledger.post();
    expect((await told()).waiting).toMatchObject([{ eventId: "n", tries: 1 }]);
    delete receivers.answers[HOOK_URL];
    expect(await control.resendEvent(id, "n")).toBe("queued");
    await ledger.post();
    expect((await told()).webhook).toMatchObject({ waiting: 0, lastTry: { status: 204 } });
    const ids = receivers.messages.map(({ headers }) => headers.get("webhook-id"));
    expect([ids.length, new Set(ids).size]).toEqual([3, 1]);
  });

  it("isn't sent where the event or the webhook isn't known, or the webhook is gone", async ({ expect }) => {
    expect(await control.resendEvent(id, "nix")).toBe("missing");
    await ledger.stub.notify(noticeOf("n"));
    expect(await control.resendEvent("nix", "n")).toBe("missing");
    receivers.answers[HOOK_URL] = answering(410);
    await ledger.post();
    expect(await control.resendEvent(id, "n")).toBe("gone");
    expect((await told()).waiting).toEqual([]);
  });
});

describe("a webhook that is revived", () => {
  it("is no longer gone, and what was given up can be sent again", async ({ expect }) => {
    receivers.answers[HOOK_URL] = answering(410);
    await ledger.stub.notify(noticeOf("n"));
    await ledger.post();
    delete receivers.answers[HOOK_URL];
    expect(await control.reviveWebhook(id)).toBe(true);
    expect((await told()).webhook).toMatchObject({ lastTry: null, givenUp: 1 });
    expect(await control.resendEvent(id, "n")).toBe("queued");
    await ledger.post();
    expect(await tries()).toEqual([
      ["n", "delivered", 204],
      ["n", "given_up", 410],
    ]);
    expect(await control.reviveWebhook("nix")).toBe(false);
  });

  it("doesn't rest any more: what waits goes at once", async ({ expect }) => {
    receivers.answers[HOOK_URL] = answering(500);
    await ledger.stub.take(reportOf("a", { notices: [noticeOf("n1"), noticeOf("n2")] }));
    await ledger.post();
    await ledger.at(NOON + 1_000);
    delete receivers.answers[HOOK_URL];
    await ledger.post();
    expect(receivers.messages).toHaveLength(1);
    await control.reviveWebhook(id);
    await ledger.postAll();
    expect((await told()).webhook).toMatchObject({ waiting: 0, givenUp: 0, lastTry: { status: 204 } });
  });
});

describe("a signing secret that is rotated", () => {
  it("is a new one, and the one before signs too for 24 hours", async ({ expect }) => {
    const newer = (await control.rotateWebhookSecret(id)) ?? "";
    expect(newer).toMatch(/^whsec_/);
    expect(newer).not.toBe(secret);
    expect((await told()).oldSecretUntil).toBe(NOON + DAY_MS);
    for (const at of [NOON, NOON + DAY_MS]) {
      await ledger.at(at);
      await ledger.stub.tryWebhook(id);
    }
    const [both, one] = receivers.messages;
    if (both === undefined || one === undefined) throw new Error("Nothing was sent.");
    expect(both.headers.get("webhook-signature")).toBe(
      `${await signatureOf(newer, both)} ${await signatureOf(secret, both)}`,
    );
    expect(one.headers.get("webhook-signature")).toBe(await signatureOf(newer, one));
    expect((await told()).oldSecretUntil).toBeNull();
    expect(await control.rotateWebhookSecret("nix")).toBeNull();
  });
});
