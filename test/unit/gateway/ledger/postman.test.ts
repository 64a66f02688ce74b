import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { answering, fakeReceivers, HOOK, HOOK_URL, type Receivers, signatureOf } from "../../support/hooks.ts";
import { NOON, noticeOf, reportOf, TestLedger } from "../../support/ledgers.ts";

const SLOW_URL = "https://slow.example/";
const DAY_MS = 24 * 60 * 60_000;

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

const waitingFor = async (url: string) => (await ledger.stub.webhooks()).find((one) => one.url === url)?.waiting;
const urls = (): string[] => receivers.messages.map(({ url }) => url);

describe("an event", () => {
  it("reaches a webhook that asked for its kind once, signed, and never while a guard waits", async ({ expect }) => {
    const { secret } = await ledger.stub.addWebhook(HOOK);
    const notices = [noticeOf("n1"), noticeOf("n2", NOON, "token.revoked_by_holder")];
    for (let time = 0; time < 2; time++) await ledger.stub.take(reportOf("a", { notices }));
    expect(urls()).toEqual([]);
    expect(await ledger.alarm()).toBe(0);
    await ledger.postAll();
    await ledger.stub.take(reportOf("a", { notices }));
    await ledger.postAll();
    expect(urls()).toEqual([HOOK_URL]);
    const [message] = receivers.messages;
    if (message === undefined) return;
    expect(JSON.parse(message.body)).toEqual({
      type: "token.first_used",
      timestamp: "2030-01-02T12:00:00.000Z",
      data: { token: { id: "aaaaaaaaaa", label: "alice" } },
    });
    expect(message.headers.get("content-type")).toBe("application/json");
    expect(message.headers.get("webhook-timestamp")).toBe(String(NOON / 1_000));
    expect(message.headers.get("webhook-signature")).toBe(await signatureOf(secret, message));
    expect(await ledger.stub.webhooks()).toMatchObject([
      { waiting: 0, givenUp: 0, lastTry: { at: NOON, status: 204 } },
    ]);
  });

  it("that fails is tried again with longer pauses, under the same id, and given up after the last", async ({
    expect,
  }) => {
    await ledger.stub.addWebhook(HOOK);
    receivers.answers[HOOK_URL] = answering(500);
    await ledger.stub.notify(noticeOf("n"));
    const pauses: number[] = [];
    for (let tries = 0; tries < 7; tries++) {
      await ledger.post();
      const at = await ledger.within(
        (_, state) => state.storage.sql.exec<{ at: number }>("SELECT next_at AS at FROM deliveries").one().at,
      );
      pauses.push((at - ledger.now) / 1_000);
      // Nothing is sent before.
      await ledger.at(at - 1);
      await ledger.post();
      await ledger.at(at);
    }
    expect(pauses).toEqual([5, 30, 120, 600, 3_600, 21_600, 86_400]);
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 1, givenUp: 0, lastTry: { status: 500 } }]);
    await ledger.post();
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 0, givenUp: 1 }]);
    expect(new Set(receivers.messages.map(({ headers }) => headers.get("webhook-id"))).size).toBe(1);
    expect(new Set(receivers.messages.map(({ headers }) => headers.get("webhook-signature"))).size).toBe(8);
    expect(receivers.messages).toHaveLength(8);
  });

  it("is no delivery where it would be led elsewhere", async ({ expect }) => {
    await ledger.stub.addWebhook(HOOK);
    receivers.answers[HOOK_URL] = async () => Response.redirect("https://elsewhere.example/", 307);
    await ledger.stub.notify(noticeOf("n"));
    await ledger.post();
    expect(vi.mocked(fetch).mock.calls[0]?.[1]).toMatchObject({ redirect: "manual", method: "POST" });
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 1, lastTry: { status: 307 } }]);
  });

  it("that was on its way when the ledger went away is sent again", async ({ expect }) => {
    await ledger.stub.addWebhook({ ...HOOK, url: SLOW_URL });
    receivers.answers[SLOW_URL] = () => new Promise(() => {});
    await ledger.stub.notify(noticeOf("n"));
    await ledger.ring();
    await expect.poll(urls).toEqual([SLOW_URL]);
    expect(await ledger.alarm()).toBe(30_000);
    // What only its memory knew.
    await ledger.within(({ postman }) => postman.sending.clear());
    delete receivers.answers[SLOW_URL];
    await ledger.at(NOON + 30_000);
    await ledger.post();
    expect(urls()).toEqual([SLOW_URL, SLOW_URL]);
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 0, lastTry: { status: 204 } }]);
  });

  it("is given up after three days at a webhook that has been failing so long", async ({ expect }) => {
    await ledger.stub.addWebhook(HOOK);
    receivers.answers[HOOK_URL] = answering(503);
    await ledger.stub.take(reportOf("a", { notices: [noticeOf("n1"), noticeOf("n2"), noticeOf("n3")] }));
    await ledger.post();
    await ledger.at(NOON + 3 * DAY_MS + 1);
    await ledger.post();
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 0, givenUp: 3 }]);
  });

  it("takes the place of the oldest one where 1,000 wait", async ({ expect }) => {
    await ledger.stub.addWebhook(HOOK);
    for (const [index, count] of [2, 998, 2].entries()) {
      await ledger.at(NOON + index);
      const notices = Array.from({ length: count }, (_, place) => noticeOf(`${index}.${place}`));
      await ledger.stub.take(reportOf("a", { notices }));
    }
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 1_000, givenUp: 2 }]);
    expect((await ledger.stub.metrics()).webhooksWaiting).toBe(1_000);
    const query = "SELECT count(*) AS count FROM deliveries WHERE notice_id LIKE '0.%'";
    const { count } = await ledger.within((_, { storage }) => storage.sql.exec<{ count: number }>(query).one());
    expect(count).toBe(0);
  });
});

describe("a webhook", () => {
  it("that is slow holds up neither another one, nor a report, nor an alarm", async ({ expect }) => {
    await ledger.stub.addWebhook(HOOK);
    await ledger.stub.addWebhook({ ...HOOK, url: SLOW_URL });
    const slow = { isWaiting: true };
    receivers.answers[SLOW_URL] = async () => {
      while (slow.isWaiting) await new Promise((resolve) => setTimeout(resolve, 10));
      return new Response(null, { status: 204 });
    };
    for (let index = 0; index < 9; index++) await ledger.stub.notify(noticeOf(`n${index}`));
    // Each returns while the slow one is still waited for.
    for (let time = 0; time < 9; time++) {
      await ledger.ring();
      await expect.poll(() => urls().filter((url) => url === HOOK_URL).length).toBe(time + 1);
      await expect.poll(() => waitingFor(HOOK_URL)).toBe(8 - time);
    }
    await ledger.stub.take(reportOf("a"));
    expect(await ledger.stub.tokenUses(["a"])).toMatchObject([{ tokenId: "a", lastUsedAt: NOON }]);
    expect(urls().filter((url) => url === SLOW_URL)).toHaveLength(1);
    slow.isWaiting = false;
    await expect.poll(() => waitingFor(SLOW_URL)).toBe(8);
    await ledger.postAll();
    expect(urls().filter((url) => url === SLOW_URL)).toHaveLength(9);
  });

  it("that takes longer than it may is looked at again later, and not without a pause", async ({ expect }) => {
    await ledger.stub.addWebhook({ ...HOOK, url: SLOW_URL });
    const slow = { isWaiting: true };
    receivers.answers[SLOW_URL] = async () => {
      while (slow.isWaiting) await new Promise((resolve) => setTimeout(resolve, 10));
      return new Response(null, { status: 204 });
    };
    for (const id of ["n1", "n2"]) await ledger.stub.notify(noticeOf(id));
    await ledger.ring();
    await expect.poll(urls).toEqual([SLOW_URL]);
    for (const seconds of [30, 61]) {
      await ledger.at(NOON + seconds * 1_000);
      await ledger.ring();
      expect(await ledger.alarm()).toBe(seconds * 1_000 + 30_000);
    }
    expect(urls()).toEqual([SLOW_URL]);
    slow.isWaiting = false;
    await expect.poll(() => waitingFor(SLOW_URL)).toBe(1);
    await ledger.postAll();
    expect(urls()).toEqual([SLOW_URL, SLOW_URL]);
  });

  it("that fails rests as long as the event that failed, and 10 minutes at most", async ({ expect }) => {
    await ledger.stub.addWebhook(HOOK);
    receivers.answers[HOOK_URL] = answering(500);
    const notices = [noticeOf("n1"), noticeOf("n2")];
    await ledger.stub.take(reportOf("a", { notices }));
    await ledger.postAll();
    expect(receivers.messages).toHaveLength(1);
    const seen: number[] = [];
    for (let time = 0; time < 12; time++) {
      const at = (await ledger.alarm()) ?? 0;
      seen.push(at - (ledger.now - NOON));
      await ledger.at(NOON + at);
      await ledger.post();
    }
    expect(Math.max(...seen.slice(0, 8))).toBeLessThanOrEqual(600_000);
    expect(seen.slice(0, 2)).toEqual([5_000, 5_000]);
    // Both are tried, in turns.
    const ids = receivers.messages.map(({ headers }) => headers.get("webhook-id"));
    expect(new Set(ids.slice(0, 2)).size).toBe(2);
  });

  it("that says that it is gone gets nothing more, until a test is answered otherwise", async ({ expect }) => {
    const { webhook } = await ledger.stub.addWebhook(HOOK);
    receivers.answers[HOOK_URL] = answering(410);
    await ledger.stub.take(reportOf("a", { notices: [noticeOf("n1"), noticeOf("n2")] }));
    await ledger.post();
    await ledger.stub.notify(noticeOf("n3"));
    await ledger.at(NOON + 60_000);
    await ledger.post();
    expect(receivers.messages).toHaveLength(1);
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 0, givenUp: 3, lastTry: { status: 410 } }]);
    delete receivers.answers[HOOK_URL];
    await ledger.stub.tryWebhook(webhook.id);
    await ledger.stub.notify(noticeOf("n4"));
    await ledger.post();
    expect(receivers.messages).toHaveLength(3);
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 0, givenUp: 3, lastTry: { status: 204 } }]);
  });

  it("whose answer is long is not read", async ({ expect }) => {
    await ledger.stub.addWebhook(HOOK);
    let cancelled = false;
    const body = () =>
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(1_024)),
        cancel: () => {
          cancelled = true;
        },
      });
    receivers.answers[HOOK_URL] = async () => new Response(body());
    await ledger.stub.notify(noticeOf("n"));
    await ledger.post();
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 0, lastTry: { status: 200 } }]);
    expect(cancelled).toBe(true);
  });
});
