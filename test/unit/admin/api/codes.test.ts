import { reset } from "cloudflare:test";
import { TOTP, Secret } from "otpauth";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { Owner, PASSWORD, type ProblemBody, registry, send, sendWith } from "../../support/admin.ts";

const BASE32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const WITH_CODE = { ADMIN_TOTP_SECRET: BASE32 };
const totp = new TOTP({ secret: Secret.fromBase32(BASE32) });
const STEP = 30_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
});

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const codeAt = (steps = 0): string => totp.generate({ timestamp: Date.now() + steps * STEP });
const enter = (body: Record<string, unknown>, headers: Record<string, string> = {}) =>
  sendWith<ProblemBody & { token: string }>(WITH_CODE, "POST", "/api/session", { body, headers });
const NEITHER = "This isn't the password, or not the code of now. Each code works once: wait for the next one.";

describe("where a code is asked for", () => {
  it("password and code together open a session", async ({ expect }) => {
    const { status, body } = await enter({ password: PASSWORD, totp: codeAt() });
    expect(status).toBe(201);
    const owner = new Owner(body.token);
    const { body: read } = await owner.send<{ session: { openedBy: string } }>("GET", "/api/session");
    expect(read.session.openedBy).toBe("password-and-code");
    const { entries } = await registry().readAudit({ tokenId: null, before: null, limit: 1 });
    expect(entries[0]?.changes).toEqual({ by: { before: null, after: "password and code" } });
  });

  it("nothing tells whether it was the password or the code that was wrong", async ({ expect }) => {
    const wrong = [
      { password: PASSWORD, totp: "000000" },
      { password: "not-the-password", totp: codeAt() },
      { password: "not-the-password", totp: "000000" },
    ];
    const answers = [];
    for (const body of wrong) answers.push(await enter(body));
    for (const { status, body, text } of answers) {
      expect(status).toBe(401);
      expect(body).toEqual({
        type: "urn:doppelgate:problem:wrong-password-or-code",
        title: "The password or the code is wrong",
        status: 401,
        detail: NEITHER,
        errors: [{ field: "password", message: NEITHER }],
      });
      expect(text).toBe(answers[0]?.text);
    }
    const { entries } = await registry().readAudit({ tokenId: null, before: null, limit: 10 });
    expect(entries.map(({ action, changes }) => [action, changes])).toEqual(
      wrong.map(() => ["session.refused", { by: { before: null, after: "password" } }]),
    );
    // A right code that came with a wrong password isn't used up: nobody can spoil the owner's.
    expect((await enter({ password: PASSWORD, totp: codeAt() })).status).toBe(201);
  });

  it("a missing code is told before the password is looked at, and costs no try", async ({ expect }) => {
    for (const password of [PASSWORD, "not-the-password"]) {
      for (const body of [{ password }, { password, totp: "" }, { password, totp: "  " }]) {
        const answer = await enter(body);
        expect([answer.status, answer.body.errors]).toEqual([
          400,
          [{ field: "totp", message: "Type the code of your authenticator too." }],
        ]);
      }
    }
    expect((await enter({ password: PASSWORD, totp: codeAt() })).status).toBe(201);
    const long = await enter({ password: PASSWORD, totp: "1".repeat(33) });
    expect([long.status, long.body.errors?.[0]?.message]).toEqual([400, "A code has six digits."]);
  });

  it("a code works once, also where it is sent several times at once", async ({ expect }) => {
    const body = { password: PASSWORD, totp: codeAt() };
    const statuses = (await Promise.all([enter(body), enter(body), enter(body)])).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 401, 401]);
    expect((await enter(body)).body.detail).toBe(NEITHER);
    vi.setSystemTime(Date.now() + STEP);
    // It would still be in the window, as the code of the step before.
    expect((await enter(body)).status).toBe(401);
    expect((await enter({ password: PASSWORD, totp: codeAt() })).status).toBe(201);
  });

  it("the codes of the step before and after count, and no others", async ({ expect }) => {
    for (const [steps, status] of [
      [-2, 401],
      [2, 401],
      [-1, 201],
      [1, 201],
      [0, 201],
    ] as const) {
      const headers = { "cf-connecting-ip": `192.0.2.${steps + 10}` };
      expect((await enter({ password: PASSWORD, totp: codeAt(steps) }, headers)).status).toBe(status);
    }
  });

  it("guesses of codes are throttled like guesses of passwords", async ({ expect }) => {
    for (let index = 0; index < 5; index++) await enter({ password: PASSWORD, totp: `00000${index}` });
    const { status, body } = await enter({ password: PASSWORD, totp: codeAt() });
    expect([status, body.detail]).toEqual([429, "Wait a second before you try again."]);
  });

  it("a fresh proof needs a code too, one that wasn't used", async ({ expect }) => {
    const code = codeAt();
    const { body } = await enter({ password: PASSWORD, totp: code });
    const headers = { authorization: `Bearer ${body.token}` };
    const confirm = (input: object) => sendWith(WITH_CODE, "POST", "/api/session/confirm", { body: input, headers });
    expect((await confirm({ password: PASSWORD })).status).toBe(400);
    expect((await confirm({ password: PASSWORD, totp: code })).status).toBe(401);
    vi.setSystemTime(Date.now() + STEP);
    expect((await confirm({ password: PASSWORD, totp: codeAt() })).status).toBe(200);
  });
});

describe("where no code is asked for", () => {
  it("one that is sent is refused: whoever sends it thinks that it protects them", async ({ expect }) => {
    const { status, body } = await send("POST", "/api/session", { body: { password: PASSWORD, totp: "123456" } });
    expect([status, body.errors]).toEqual([
      400,
      [{ field: "totp", message: "No code is asked for: ADMIN_TOTP_SECRET isn't set. Leave it out." }],
    ]);
  });
});
