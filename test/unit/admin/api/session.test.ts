import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { Owner, PASSWORD, type ProblemBody, registry, send, sendWith, signIn } from "../../support/admin.ts";

const MINUTE = 60_000;

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const open = (password: unknown, headers: Record<string, string> = {}, origin?: string) =>
  send<ProblemBody & { token: string; expiresAt: string }>("POST", "/api/session", {
    body: { password },
    headers,
    ...(origin !== undefined && { origin }),
  });
const withCookie = (jwt: string, more: Record<string, string> = {}) => ({
  cookie: `__Host-doppelgate=${jwt}`,
  ...more,
});
const bearer = (jwt: string) => ({ authorization: `Bearer ${jwt}` });

describe("signing in", () => {
  it("gives the JWT, its end, and the same as a cookie", async ({ expect }) => {
    const before = Date.now();
    const { status, body, headers } = await open(PASSWORD);
    expect(status).toBe(201);
    expect(body.expiresAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
    expect(Math.abs(Date.parse(body.expiresAt) - before - 12 * 60 * 60 * 1000)).toBeLessThan(60_000);
    expect(headers.get("set-cookie")).toBe(
      `__Host-doppelgate=${body.token}; Max-Age=43200; Path=/; HttpOnly; Secure; SameSite=Strict`,
    );
  });

  it("at plain http on localhost sets a cookie that Safari takes", async ({ expect }) => {
    const { body, headers } = await open(PASSWORD, {}, "http://localhost:8788");
    expect(headers.get("set-cookie")).toBe(
      `doppelgate-local=${body.token}; Max-Age=43200; Path=/; HttpOnly; SameSite=Strict`,
    );
    const cookie = `doppelgate-local=${body.token}`;
    expect((await send("GET", "/api/tokens", { headers: { cookie }, origin: "http://localhost:8788" })).status).toBe(
      200,
    );
  });

  it("refuses a wrong password, without repeating it", async ({ expect }) => {
    const { status, body, text, headers } = await open("not-the-password");
    expect(status).toBe(401);
    expect(body).toEqual({
      type: "urn:doppelgate:problem:wrong-password",
      title: "The password is wrong",
      status: 401,
      detail: "This isn't the password. It is the value of the secret ADMIN_SECRET.",
      errors: [{ field: "password", message: "This isn't the password." }],
    });
    expect(headers.get("www-authenticate")).toBe('Bearer realm="doppelgate-admin"');
    expect(headers.get("set-cookie")).toBeNull();
    expect(text).not.toContain("not-the-password");
  });

  for (const [name, body, errors] of [
    ["nothing", {}, [{ field: "password", message: "This field is missing." }]],
    ["a number", { password: 7 }, [{ field: "password", message: "This has to be text." }]],
    ["an object", { password: { $ne: "" } }, [{ field: "password", message: "This has to be text." }]],
    [
      "too long a text",
      { password: "x".repeat(1025) },
      [{ field: "password", message: "A password has at most 1024 characters." }],
    ],
    [
      "one field more",
      { password: "x", remember: true },
      [{ field: "remember", message: "There is no such field; leave it out." }],
    ],
  ] as const) {
    it(`refuses ${name} and names the field`, async ({ expect }) => {
      const answer = await send("POST", "/api/session", { body });
      expect(answer.status).toBe(400);
      expect(answer.body.errors).toEqual(errors);
      expect(answer.body.type).toBe("urn:doppelgate:problem:invalid-input");
    });
  }

  for (const headers of [
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { origin: "https://evil.test" },
  ]) {
    it(`from another site is refused: ${JSON.stringify(headers)}`, async ({ expect }) => {
      const { status, body } = await open(PASSWORD, headers);
      expect(status).toBe(403);
      expect(body.title).toBe("The request comes from another site");
    });
  }

  for (const headers of [{ "sec-fetch-site": "same-origin" }, { origin: "https://admin.test" }]) {
    it(`from the own page is fine: ${JSON.stringify(headers)}`, async ({ expect }) => {
      expect((await open(PASSWORD, headers)).status).toBe(201);
    });
  }
});

describe("ending sessions", () => {
  it("by signing out refuses the JWT at once and clears the cookie", async ({ expect }) => {
    const jwt = await signIn();
    const out = await send("DELETE", "/api/session", { headers: withCookie(jwt, { "sec-fetch-site": "same-origin" }) });
    expect([out.status, out.text]).toEqual([200, '{"ended":1}']);
    expect(out.headers.get("set-cookie")).toBe(
      "__Host-doppelgate=; Max-Age=0; Path=/; HttpOnly; Secure; SameSite=Strict",
    );
    expect((await send("GET", "/api/tokens", { headers: bearer(jwt) })).status).toBe(401);
    expect((await send("GET", "/api/tokens", { headers: withCookie(jwt) })).status).toBe(401);
  });

  it("lists the live ones and says which one asks", async ({ expect }) => {
    const first = new Owner(await signIn({ "cf-connecting-ip": "192.0.2.1", "user-agent": "one" }));
    const second = new Owner(await signIn({ "cf-connecting-ip": "192.0.2.2", "user-agent": "two" }));
    type List = { sessions: { jti: string; address: string; userAgent: string; current: boolean }[] };
    const { body } = await first.send<List>("GET", "/api/sessions");
    const rows = body.sessions.map(({ address, userAgent, current }) => [address, userAgent, current]);
    expect(rows.toSorted((a, b) => String(a).localeCompare(String(b)))).toEqual([
      ["192.0.2.1", "one", true],
      ["192.0.2.2", "two", false],
    ]);
    const other = body.sessions.find(({ current }) => !current)?.jti ?? "";
    expect((await first.send("DELETE", `/api/sessions/${other}`)).status).toBe(200);
    expect((await second.send("GET", "/api/tokens")).status).toBe(401);
    expect((await first.send("GET", "/api/tokens")).status).toBe(200);
    const again = await first.send("DELETE", `/api/sessions/${other}`);
    expect([again.status, again.body.detail]).toEqual([404, "There is no live session of that id."]);
  });

  it("all at once ends every one", async ({ expect }) => {
    const owners = [await Owner.signedIn(), await Owner.signedIn(), await Owner.signedIn()];
    const answer = await owners[0]?.send("DELETE", "/api/sessions");
    expect(answer?.text).toBe('{"ended":3}');
    for (const owner of owners) expect((await owner.send("GET", "/api/tokens")).status).toBe(401);
  });

  it("but the one that asks ends all others", async ({ expect }) => {
    const [mine, ...others] = [await Owner.signedIn(), await Owner.signedIn(), await Owner.signedIn()];
    const answer = await mine?.send("DELETE", "/api/sessions?keep=this");
    expect(answer?.text).toBe('{"ended":2}');
    for (const owner of others) expect((await owner.send("GET", "/api/tokens")).status).toBe(401);
    expect((await mine?.send("GET", "/api/tokens"))?.status).toBe(200);
    const wrong = await mine?.send("DELETE", "/api/sessions?keep=that");
    expect([wrong?.status, wrong?.body.errors]).toEqual([
      400,
      [{ field: "keep", message: "Write this, or leave it out." }],
    ]);
  });

  it("happens by itself after twelve hours, however busy it is", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const began = Date.now();
    const owner = await Owner.signedIn();
    for (let hour = 1; hour < 12; hour++) {
      vi.setSystemTime(began + hour * 60 * MINUTE);
      expect((await owner.send("GET", "/api/tokens")).status).toBe(200);
    }
    vi.setSystemTime(began + 12 * 60 * MINUTE - 2000);
    expect((await owner.send("GET", "/api/tokens")).status).toBe(200);
    vi.setSystemTime(began + 12 * 60 * MINUTE);
    expect((await owner.send("GET", "/api/tokens")).status).toBe(401);
  });
});

describe("an idle session", () => {
  it("ends after two hours without a request, and isn't listed any more", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const [one, other] = [await Owner.signedIn(), await Owner.signedIn()];
    vi.setSystemTime(Date.now() + 119 * MINUTE);
    expect((await one.send("GET", "/api/tokens")).status).toBe(200);
    vi.setSystemTime(Date.now() + MINUTE);
    expect((await other.send("GET", "/api/tokens")).status).toBe(401);
    const { body } = await one.send<{ sessions: { current: boolean }[] }>("GET", "/api/sessions");
    expect(body.sessions.map(({ current }) => current)).toEqual([true]);
    // What has ended by itself doesn't come back to life.
    expect((await other.send("GET", "/api/tokens")).status).toBe(401);
  });

  it("ends as ADMIN_IDLE_MINUTES says", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const headers = bearer(await signIn());
    const get = () => sendWith({ ADMIN_IDLE_MINUTES: 5 }, "GET", "/api/session", { headers });
    vi.setSystemTime(Date.now() + 5 * MINUTE - 1);
    expect((await get()).status).toBe(200);
    vi.setSystemTime(Date.now() + 5 * MINUTE);
    expect((await get()).status).toBe(401);
  });

  it("is written down as seen once a minute at most", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const began = Date.now();
    const owner = await Owner.signedIn();
    const seenAt = async (at: number) => {
      vi.setSystemTime(began + at);
      await owner.send("GET", "/api/tokens");
      return (await registry().listSessions(Infinity)).map(({ lastSeenAt }) => lastSeenAt - began);
    };
    expect(await seenAt(1000)).toEqual([0]);
    expect(await seenAt(MINUTE - 1)).toEqual([0]);
    expect(await seenAt(MINUTE)).toEqual([MINUTE]);
    expect(await seenAt(MINUTE + 59_000)).toEqual([MINUTE]);
    expect(await seenAt(2 * MINUTE)).toEqual([2 * MINUTE]);
  });

  it("says of itself when it ends, and how it was opened", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: 1_800_000_000_000 });
    const { body } = await new Owner(await signIn()).send("GET", "/api/session");
    expect(body).toEqual({
      session: {
        jti: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        address: "unknown",
        userAgent: "",
        createdAt: "2027-01-15T08:00:00.000Z",
        lastSeenAt: "2027-01-15T08:00:00.000Z",
        provenAt: "2027-01-15T08:00:00.000Z",
        idleEndsAt: "2027-01-15T10:00:00.000Z",
        expiresAt: "2027-01-15T20:00:00.000Z",
        openedBy: "password",
        identity: null,
        current: true,
      },
    });
  });
});
