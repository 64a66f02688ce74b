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
const SECRET = "whsec_bm90IGEgcmVhbCBzZWNyZXQ=";

const call = <T = ProblemBody>(parts: Partial<ControlApi>, method: string, path: string, body?: unknown) =>
  askFake<T>({ webhooks: async () => [], ...parts }, owner.jwt, method, path, body);

const adding: ControlApi["addWebhook"] = async (input) => ({ webhook: hook("w1", input), secret: SECRET });
const hangs = () => new Promise<never>(() => undefined);
const twenty = async () => Array.from({ length: 20 }, (_, index) => hook(`w${index}`));
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

describe("GET /api/webhooks", () => {
  it("lists what the gateway keeps", async ({ expect }) => {
    const tried = hook("w2", { lastTry: { at: AT, status: null }, waiting: 3, givenUp: 2 });
    const { body } = await call<object>({ webhooks: async () => [hook("w1"), tried] }, "GET", "/api/webhooks");
    const time = "2026-11-22T00:00:00.000Z";
    const triedThen = { ...tried, createdAt: time, lastTry: { at: time, status: null } };
    expect(body).toEqual({ webhooks: [{ ...hook("w1"), createdAt: time }, triedThen] });
  });

  it("says so where the gateway doesn't answer", async ({ expect }) => {
    const { status, body } = await call({ webhooks: fails }, "GET", "/api/webhooks");
    const detail = "The gateway keeps the webhooks, and it doesn't answer or fails. Try again in a moment.";
    expect([status, body.detail]).toEqual([503, detail]);
  });
});

describe("POST /api/webhooks", () => {
  it("adds one, answers its secret, and writes down its host alone: a path may be a secret", async ({ expect }) => {
    const input = { url: hook("w1").url, events: ["budget.used_up", "budget.warning"] };
    const answer = await call<object>({ addWebhook: adding }, "POST", "/api/webhooks", input);
    expect(answer.status).toBe(201);
    // In the order of the list of events, so that equal webhooks look the same.
    const events = ["budget.warning", "budget.used_up"];
    expect(answer.calls).toEqual([LIST, ["addWebhook", { ...input, events }]]);
    expect(answer.body).toEqual({
      secret: SECRET,
      webhook: { ...hook("w1"), events, createdAt: "2026-11-22T00:00:00.000Z" },
    });
    const { entries, text } = await audit();
    expect(entries).toEqual([
      [
        "webhook.add",
        {
          id: { before: null, after: "w1" },
          address: { before: null, after: "https://hooks.example" },
          events: { before: null, after: events },
        },
      ],
    ]);
    expect(text).not.toMatch(/a-secret-path|whsec_/);
  });

  for (const url of [
    "http://localhost:9999/hook",
    "http://127.0.0.1/hook",
    "http://[::1]:8080/",
    "  https://a.example ",
  ]) {
    it(`takes ${url.trim()}`, async ({ expect }) => {
      const input = { url, events: ["budget.warning"] };
      const { status, calls } = await call({ addWebhook: adding }, "POST", "/api/webhooks", input);
      expect([status, calls]).toEqual([201, [LIST, ["addWebhook", { ...input, url: url.trim() }]]]);
    });
  }

  const HTTPS = "The address has to begin with https://. Only this machine may do without.";
  for (const [name, input, field, message] of [
    ["no address", { events: ["budget.warning"] }, "url", "This field is missing."],
    ["half an address", { url: "hooks.example" }, "url", /^Write a whole address, like https:/],
    ["http", { url: "http://hooks.example/" }, "url", HTTPS],
    ["http to a host that looks like this machine", { url: "http://localhost.hooks.example/" }, "url", HTTPS],
    ["another scheme", { url: "javascript:alert(1)" }, "url", HTTPS],
    [
      "a password",
      { url: "https://me:pass@hooks.example/" },
      "url",
      "The address can't hold a user name or a password.",
    ],
    ["a fragment", { url: "https://hooks.example/#x" }, "url", /^The address can't have a part after #/],
    ["a long address", { url: `https://hooks.example/${"x".repeat(2000)}` }, "url", /at most 2000 characters/],
    ["no events", { events: [] }, "events", "Choose at least one event."],
    ["an unknown event", { events: ["token.used"] }, "events.0", /^This has to be one of budget\.warning, /],
    ["an event twice", { events: ["budget.warning", "budget.warning"] }, "events", "Name each event once."],
    ["its own secret", { secret: "mine" }, "secret", "There is no such field; leave it out."],
  ] as const) {
    it(`refuses ${name}, and asks nobody`, async ({ expect }) => {
      const fine = name === "no address" ? {} : { url: "https://hooks.example/", events: ["budget.warning"] };
      const { status, body, calls } = await call({}, "POST", "/api/webhooks", { ...fine, ...input });
      const [error] = body.errors ?? [];
      expect([status, body.errors?.length, error?.field, calls]).toEqual([400, 1, field, []]);
      expect(error?.message).toMatch(message);
      expect((await audit()).entries).toEqual([]);
    });
  }

  it("says that nothing was done where the gateway doesn't answer, and writes nothing down", async ({ expect }) => {
    const input = { url: "https://hooks.example/", events: ["budget.warning"] };
    const { status, body } = await call({ addWebhook: fails }, "POST", "/api/webhooks", input);
    const detail = "The gateway doesn't answer or fails, so nothing was done. Try again in a moment.";
    expect([status, body.type, body.detail]).toEqual([503, "urn:doppelgate:problem:gateway-unreachable", detail]);
    expect((await audit()).entries).toEqual([]);
  });

  it("adds no more than the gateway keeps", async ({ expect }) => {
    const input = { url: "https://hooks.example/", events: ["budget.warning"] };
    const { status, body, calls } = await call(
      { webhooks: twenty, addWebhook: adding },
      "POST",
      "/api/webhooks",
      input,
    );
    const detail = "There are 20 webhooks already. Remove one first.";
    expect([status, body.detail, calls]).toEqual([409, detail, [LIST]]);
  });

  it("says that it can't tell where the gateway takes too long", { timeout: 10_000 }, async ({ expect }) => {
    const input = { url: "https://hooks.example/", events: ["budget.warning"] };
    const { status, body } = await call({ addWebhook: hangs }, "POST", "/api/webhooks", input);
    expect([status, body.detail]).toEqual([
      503,
      "The gateway didn't answer in time, so it may have been done or not. Look at the list before you try again.",
    ]);
  });
});

describe("DELETE /api/webhooks/{id}", () => {
  it("removes one, and writes that down", async ({ expect }) => {
    const parts = { webhooks: async () => [hook("w1")], removeWebhook: async () => true };
    const { status, body, calls } = await call<object>(parts, "DELETE", "/api/webhooks/w1");
    expect([status, body, calls.at(-1)]).toEqual([200, { removed: "w1" }, ["removeWebhook", "w1"]]);
    expect((await audit()).entries).toEqual([
      [
        "webhook.remove",
        { id: { before: "w1", after: null }, address: { before: "https://hooks.example", after: null } },
      ],
    ]);
  });

  for (const [name, parts] of [
    ["isn't there", { webhooks: async () => [] }],
    ["went in the meantime", { webhooks: async () => [hook("w1")], removeWebhook: async () => false }],
  ] as const) {
    it(`knows none that ${name}`, async ({ expect }) => {
      const { status, body } = await call(parts, "DELETE", "/api/webhooks/w1");
      expect([status, body.detail]).toEqual([404, "There is no webhook of that id."]);
      expect((await audit()).entries).toEqual([]);
    });
  }

  it("says that nothing was done where the gateway fails", async ({ expect }) => {
    const parts = { webhooks: async () => [hook("w1")], removeWebhook: fails };
    const { status, body } = await call(parts, "DELETE", "/api/webhooks/w1");
    expect([status, body.detail]).toEqual([
      503,
      "The gateway doesn't answer or fails, so nothing was done. Try again in a moment.",
    ]);
    expect((await audit()).entries).toEqual([]);
  });
});
