import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { fakeReceivers, HOOK, type Receivers } from "../../support/hooks.ts";
import { NOON, noticeOf, TestLedger } from "../../support/ledgers.ts";

const SLOW_URL = "https://slow.example/";

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

describe("a webhook that takes longer than it may", () => {
  it("is looked at again later, and not without a pause", async ({ expect }) => {
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
});
