import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { ControlApi } from "../../../../shared/control.ts";
import type { Webhook } from "../../../../shared/webhooks.ts";
import { Owner, type ProblemBody } from "../../support/admin.ts";
import { askFake, fails } from "../../support/usage.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const AT = Date.UTC(2026, 10, 22);
const hook = (id: string, some: Partial<Webhook> = {}): Webhook => ({
  id,
  url: "https://hooks.example/services/T0/a-secret-path",
  events: ["budget.used_up"],
  createdAt: AT,
  lastTry: null,
  waiting: 0,
  givenUp: 0,
  ...some,
});

const call = <T = ProblemBody>(parts: Partial<ControlApi>, method: string, path: string, body?: unknown) =>
  askFake<T>({ webhooks: async () => [], ...parts }, owner.jwt, method, path, body);

const one = async () => [hook("w1")];
const LIST = ["webhooks"];

interface Entry {
  action: string;
  changes: Record<string, { before: unknown; after: unknown }>;
}
const audit = async () => {
  const answer = await owner.send<{ entries: Entry[] }>("GET", "/api/audit");
  const entries = answer.body.entries.filter(({ action }) => action.startsWith("webhook."));
  return { text: answer.text, entries: entries.map(({ action, changes }) => [action, changes]) };
};

describe("POST /api/webhooks/{id}/test", () => {
  for (const [trial, delivered] of [
    [{ status: 204, problem: null }, true],
    [{ status: 302, problem: null }, false],
    [{ status: 500, problem: null }, false],
    [{ status: null, problem: "The address can't be reached." }, false],
  ] as const) {
    it(`says how it went: ${trial.status ?? trial.problem}`, async ({ expect }) => {
      const { status, body, calls } = await call<object>(
        { webhooks: one, tryWebhook: async () => trial },
        "POST",
        "/api/webhooks/w1/test",
      );
      expect([status, body, calls]).toEqual([200, { delivered, ...trial }, [LIST, ["tryWebhook", "w1"]]]);
      expect((await audit()).entries).toEqual([
        [
          "webhook.test",
          {
            id: { before: null, after: "w1" },
            address: { before: null, after: "https://hooks.example" },
            answer: { before: null, after: trial.status ?? trial.problem },
          },
        ],
      ]);
    });
  }

  it("knows none that isn't there, and says where the gateway doesn't answer", async ({ expect }) => {
    const path = "/api/webhooks/w1/test";
    expect((await call({}, "POST", path)).status).toBe(404);
    expect((await call({ webhooks: one, tryWebhook: async () => null }, "POST", path)).status).toBe(404);
    expect((await call({ webhooks: one, tryWebhook: fails }, "POST", path)).status).toBe(503);
    expect((await audit()).entries).toEqual([]);
  });
});
