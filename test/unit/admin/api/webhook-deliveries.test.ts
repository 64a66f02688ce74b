import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { ControlApi } from "../../../../shared/control.ts";
import type { Webhook, WebhookDeliveries } from "../../../../shared/webhooks.ts";
import { Owner, type ProblemBody } from "../../support/admin.ts";
import { askFake, fails } from "../../support/usage.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const AT = Date.UTC(2026, 10, 22);
const TIME = "2026-11-22T00:00:00.000Z";
const HOOK: Webhook = {
  id: "w1",
  url: "https://hooks.example/services/a-secret-path",
  events: ["budget.used_up"],
  createdAt: AT,
  lastTry: null,
  waiting: 0,
  givenUp: 0,
};
const FOUND: WebhookDeliveries = {
  webhook: HOOK,
  oldSecretUntil: AT,
  waiting: [{ eventId: "e1", type: "budget.used_up", since: AT, tries: 2, nextTryAt: AT }],
  tries: [
    { eventId: null, type: "test", at: AT, outcome: "failed", status: null, problem: "it could not be reached" },
    { eventId: "e1", type: "budget.used_up", at: AT, outcome: "failed", status: 500, problem: null },
  ],
};
const SECRET = "whsec_bm90IGEgcmVhbCBzZWNyZXQ=";

const call = <T = ProblemBody>(parts: Partial<ControlApi>, method: string, path: string, body?: unknown) =>
  askFake<T>({ webhooks: async () => [HOOK], ...parts }, owner.jwt, method, `/api/webhooks/w1/${path}`, body);

interface Entry {
  action: string;
  changes: Record<string, { before: unknown; after: unknown }>;
}
const logged = async () => {
  const { body, text } = await owner.send<{ entries: Entry[] }>("GET", "/api/audit");
  expectNoPath(text);
  return body.entries
    .filter(({ action }) => action.startsWith("webhook."))
    .map(({ action, changes }) => [action, changes["address"]?.after, changes["event"]?.after]);
};
function expectNoPath(text: string): void {
  if (/a-secret-path|whsec_/.test(text)) throw new Error("The log holds what may be a secret.");
}

describe("a webhook's deliveries", () => {
  it("are told", async ({ expect }) => {
    const { status, body } = await call<object>({ webhookDeliveries: async () => FOUND }, "GET", "deliveries");
    expect([status, body]).toEqual([
      200,
      {
        webhook: { ...HOOK, createdAt: TIME },
        oldSecretUntil: TIME,
        waiting: [{ ...FOUND.waiting[0], since: TIME, nextTryAt: TIME }],
        tries: FOUND.tries.map((one) => ({ ...one, at: TIME })),
      },
    ]);
    expect((await call({ webhookDeliveries: async () => null }, "GET", "deliveries")).status).toBe(404);
    expect((await call({ webhookDeliveries: fails }, "GET", "deliveries")).status).toBe(503);
  });

  it("can be sent again, which is written down", async ({ expect }) => {
    const { status, body, calls } = await call<object>({ resendEvent: async () => "queued" }, "POST", "resend", {
      event: "e1",
    });
    expect([status, body, calls]).toEqual([200, { queued: "e1" }, [["webhooks"], ["resendEvent", "w1", "e1"]]]);
    expect(await logged()).toEqual([["webhook.resend", "https://hooks.example", "e1"]]);
  });

  for (const [came, status, detail] of [
    ["missing", 404, "There is no such event any more. Events are known for 60 days."],
    ["gone", 409, "It answered 410, so nothing but tests is sent there. Revive it first, then send the event again."],
  ] as const) {
    it(`aren't sent again: ${came}`, async ({ expect }) => {
      const answer = await call({ resendEvent: async () => came }, "POST", "resend", { event: "e1" });
      expect([answer.status, answer.body.detail]).toEqual([status, detail]);
      expect(await logged()).toEqual([]);
    });
  }

  it("need an event to send", async ({ expect }) => {
    const { status, body, calls } = await call({}, "POST", "resend", {});
    expect([status, body.errors, calls]).toEqual([400, [{ field: "event", message: "This field is missing." }], []]);
  });
});

describe("a webhook", () => {
  for (const [path, parts, answer, action] of [
    ["revive", { reviveWebhook: async () => true }, { revived: "w1" }, "webhook.revive"],
    ["rotate", { rotateWebhookSecret: async () => SECRET }, { secret: SECRET }, "webhook.secret"],
  ] as const) {
    it(`can be asked to ${path}, which is written down without its secret`, async ({ expect }) => {
      const { status, body } = await call<object>(parts, "POST", path);
      expect([status, body]).toEqual([200, answer]);
      expect(await logged()).toEqual([[action, "https://hooks.example", undefined]]);
    });
  }

  for (const [path, missing, failing] of [
    ["revive", { reviveWebhook: async () => false }, { reviveWebhook: fails }],
    ["rotate", { rotateWebhookSecret: async () => null }, { rotateWebhookSecret: fails }],
    ["resend", { webhooks: async () => [] }, { resendEvent: fails }],
  ] as const) {
    it(`isn't told to ${path} where it isn't there, or the gateway fails`, async ({ expect }) => {
      expect((await call(missing, "POST", path, { event: "e1" })).status).toBe(404);
      expect((await call(failing, "POST", path, { event: "e1" })).status).toBe(503);
      expect(await logged()).toEqual([]);
    });
  }
});
