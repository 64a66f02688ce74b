import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { control } from "../../support/gateway.ts";
import { NOON, noticeOf, reportOf, TestLedger } from "../../support/ledgers.ts";

const URL = "https://hooks.example/doppelgate";
const INPUT = { url: URL, events: ["token.first_used" as const] };

interface Message {
  url: string;
  headers: Headers;
  body: string;
}

let messages: Message[];
let answers: Record<string, () => Promise<Response>>;

beforeEach(() => {
  messages = [];
  answers = {};
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    messages.push({ url: request.url, headers: request.headers, body: await request.text() });
    return answers[request.url]?.() ?? new Response(null, { status: 204 });
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

/** The signature as a receiver works it out, written apart from the gateway's code. */
async function signatureOf(secret: string, { headers, body }: Message): Promise<string> {
  const raw = Uint8Array.from(atob(secret.replace("whsec_", "")), (one) => one.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const text = [headers.get("webhook-id"), headers.get("webhook-timestamp"), body].join(".");
  const mac = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(mac)))}`;
}

describe("a webhook", () => {
  it("gets what it asked for once, signed so that it can be checked", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    const { secret } = await ledger.stub.addWebhook(INPUT);
    const notices = [noticeOf("n1"), noticeOf("n2", NOON, "token.revoked_by_holder")];
    for (let time = 0; time < 2; time++) await ledger.stub.take(reportOf("a", { notices }));
    // Nothing is sent while a guard waits for its answer.
    expect(messages).toEqual([]);
    expect(await ledger.alarm()).toBe(0);
    await ledger.ring();
    await ledger.stub.take(reportOf("a", { notices }));
    await ledger.ring();
    expect(messages.map(({ url }) => url)).toEqual([URL]);
    const [message] = messages;
    if (message === undefined) return;
    expect(JSON.parse(message.body)).toEqual({
      type: "token.first_used",
      timestamp: "2030-01-02T12:00:00.000Z",
      data: { token: { id: "aaaaaaaaaa", label: "alice" } },
    });
    expect(message.headers.get("webhook-id")).toBe("n1");
    expect(message.headers.get("webhook-timestamp")).toBe(String(NOON / 1_000));
    expect(message.headers.get("webhook-signature")).toBe(await signatureOf(secret, message));
    const told = await ledger.stub.webhooks();
    expect(told).toMatchObject([{ url: URL, waiting: 0, lastTry: { at: NOON, status: 204 } }]);
    expect(JSON.stringify(told)).not.toContain(secret);
  });

  it("is told of a budget in dollars, for people and for programs", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.addWebhook({ url: URL, events: ["budget.warning"] });
    const budget = {
      unit: "usd" as const,
      per: "day" as const,
      limit: 5_000_000,
      used: 4_000_000.5,
      reserved: 0,
      left: 999_999.5,
      resetsAt: NOON + 1_000,
      warnAt: 0.8,
    };
    await ledger.stub.notify({ id: "b", at: NOON, type: "budget.warning", token: { id: "t", label: "x" }, budget });
    await ledger.ring();
    expect(JSON.parse(messages[0]?.body ?? "{}")).toMatchObject({
      data: {
        budget: {
          limit: { micros: 5_000_000, usd: "5.000000" },
          left: { micros: 999_999.5, usd: "1.000000" },
          resetsAt: "2030-01-02T12:00:01.000Z",
        },
      },
    });
  });

  it("that fails is tried again with longer pauses, under the same id, and given up after the last", async ({
    expect,
  }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.addWebhook(INPUT);
    answers[URL] = async () => new Response("no", { status: 500 });
    await ledger.stub.notify(noticeOf("n"));
    const pauses: number[] = [];
    for (let tries = 0; tries < 7; tries++) {
      await ledger.ring();
      const at = await ledger.within(
        (_, state) => state.storage.sql.exec<{ at: number }>("SELECT next_at AS at FROM deliveries").one().at,
      );
      pauses.push((at - ledger.now) / 1_000);
      await ledger.at(at);
    }
    expect(pauses).toEqual([5, 30, 120, 600, 3_600, 21_600, 86_400]);
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 1, lastTry: { status: 500 } }]);
    await ledger.ring();
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 0 }]);
    expect(new Set(messages.map(({ headers }) => headers.get("webhook-id")))).toEqual(new Set(["n"]));
    expect(messages).toHaveLength(8);
  });

  it("that follows a redirect would leave its place, so none is followed; 410 ends an event", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.addWebhook(INPUT);
    const asked = vi.mocked(fetch);
    answers[URL] = async () => new Response(null, { status: 410 });
    await ledger.stub.notify(noticeOf("n"));
    await ledger.ring();
    expect(asked.mock.calls[0]?.[1]).toMatchObject({ redirect: "manual", method: "POST" });
    expect(await ledger.stub.webhooks()).toMatchObject([{ waiting: 0, lastTry: { status: 410 } }]);
  });

  it("that is slow or dead holds up neither another one nor a report", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    await ledger.stub.addWebhook(INPUT);
    await ledger.stub.addWebhook({ ...INPUT, url: "https://slow.example/" });
    answers["https://slow.example/"] = async () => {
      await new Promise((resolve) => setTimeout(resolve, 500));
      throw new TypeError("connection reset");
    };
    for (let index = 0; index < 9; index++) await ledger.stub.notify(noticeOf(`n${index}`));
    const ringing = ledger.ring();
    await vi.waitFor(() => expect(messages.filter(({ url }) => url === URL)).toHaveLength(4));
    // While the slow one is waited for.
    await ledger.stub.take(reportOf("a"));
    expect(await ledger.stub.lastUsed(["a"])).toEqual({ a: NOON });
    await ringing;
    const told = Object.fromEntries((await ledger.stub.webhooks()).map((one) => [one.url, one]));
    expect(told).toMatchObject({
      [URL]: { waiting: 5 },
      "https://slow.example/": { waiting: 9, lastTry: { status: null } },
    });
  });

  it("can be tried at once, and says how that went", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    const { webhook } = await ledger.stub.addWebhook(INPUT);
    expect(await control.tryWebhook(webhook.id)).toEqual({ status: 204, problem: null });
    expect(JSON.parse(messages[0]?.body ?? "{}")).toMatchObject({ type: "test", data: {} });
    answers[URL] = async () => Promise.reject(new TypeError("secret words of a stack"));
    expect(await control.tryWebhook(webhook.id)).toEqual({ status: null, problem: "it could not be reached" });
    expect(await control.tryWebhook("nix")).toBeNull();
  });

  it("that is removed gets nothing more", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    const { webhook } = await ledger.stub.addWebhook(INPUT);
    await ledger.stub.notify(noticeOf("n"));
    expect(await control.removeWebhook(webhook.id)).toBe(true);
    expect(await control.removeWebhook(webhook.id)).toBe(false);
    await ledger.ring();
    expect([messages, await control.webhooks()]).toEqual([[], []]);
  });

  for (const [url, problem] of [
    ["http://hooks.example/", "it isn't https"],
    ["ftp://hooks.example/", "it isn't https"],
    ["https://me:secret@hooks.example/", "it holds a user or a password"],
    ["hooks.example", "it is no whole address"],
    [`https://hooks.example/${"x".repeat(2_000)}`, "it is no whole address"],
  ] as const) {
    it(`can't be at ${url.slice(0, 40)}`, async ({ expect }) => {
      const ledger = await TestLedger.fresh();
      const words = `The webhook's address can't be used: ${problem}.`;
      await ledger.within(async (instance) => {
        await expect(instance.addWebhook({ ...INPUT, url })).rejects.toThrow(words);
      });
    });
  }

  it("is one of 20 at most", async ({ expect }) => {
    const ledger = await TestLedger.fresh();
    for (let index = 0; index < 20; index++) await ledger.stub.addWebhook(INPUT);
    await ledger.within(async (instance) => {
      await expect(instance.addWebhook(INPUT)).rejects.toThrow("There are 20 webhooks already.");
    });
  });
});
