import { reset } from "cloudflare:test";
import { Secret, TOTP } from "otpauth";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { ORIGIN, PASSWORD, registry } from "../../support/admin.ts";
import { Authenticator, type Options } from "../../support/authenticator.ts";
import { Browser, seen } from "./browser.ts";

const PATH = "/settings/sign-in";
let browser: Browser;

beforeEach(async () => {
  browser = await Browser.signedIn();
});

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const ask = async (path: string, whose = browser) => JSON.parse((await whose.post(path)).text) as Options;

async function add(name: string, device: Authenticator) {
  const response = JSON.stringify(await device.create(await ask("/api/passkeys/options"), ORIGIN));
  return browser.post(`${PATH}/passkeys`, { name, response });
}

describe("the page of the sign-in's settings", () => {
  it("says how one signs in, and how each way is switched on", async ({ expect }) => {
    const words = seen(await browser.get(PATH));
    for (const part of ["ADMIN_SECRET", "ACCESS_TEAM_DOMAIN", "after 2 hours without a request", "Set up a code"]) {
      expect(words).toContain(part);
    }
    browser.bindings = { ADMIN_TOTP_SECRET: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", ADMIN_IDLE_MINUTES: "45" };
    const page = await browser.get(PATH);
    expect(seen(page)).toContain("after 45 minutes without a request");
    expect(seen(page)).toContain("npx wrangler secret delete ADMIN_TOTP_SECRET -c wrangler.admin.toml");
    expect(page.text).not.toContain("GEZDGNBV");
  });

  it("adds, renames and removes a passkey", async ({ expect }) => {
    const device = await Authenticator.make();
    const added = await add("Laptop <1>", device);
    expect([added.status, added.headers.get("location")]).toEqual([303, `${PATH}?done=passkey-added`]);
    const one = `${PATH}/passkeys/${device.credentialId}`;
    const page = await browser.get(PATH);
    expect(page.text).toContain(`<a href="${one}">Laptop &lt;1&gt;</a>`);
    expect(seen(page)).toContain("Never");
    expect(seen(await browser.submit(one, { name: "Phone" }))).toContain("The passkey has its new name.");
    await add("Key", await Authenticator.make());
    const taken = await browser.post(one, { name: "Key" });
    expect([taken.status, seen(taken).includes("Another passkey has this name.")]).toEqual([409, true]);
    const empty = await browser.post(one, { name: " " });
    expect([empty.status, seen(empty).includes("A name can't be empty.")]).toEqual([422, true]);
    expect(seen(await browser.submit(`${one}/remove`))).toContain("The passkey is removed.");
    expect((await browser.get(one)).status).toBe(404);
    expect((await browser.post(`${one}/remove`)).status).toBe(404);
  });

  it("says what is wrong with a passkey, and keeps nothing of it", async ({ expect }) => {
    const device = await Authenticator.make();
    const options = await ask("/api/passkeys/options");
    const forged = JSON.stringify(await device.create(options, "https://evil.test"));
    const right = JSON.stringify(await device.create(options, ORIGIN));
    for (const [name, response, status, message] of [
      ["Laptop", "", 422, "This isn't what a browser answers"],
      ["Laptop", "{", 422, "This isn't what a browser answers"],
      ["Laptop", forged, 400, "The browser's answer doesn't fit what it was asked here"],
      ["", right, 422, "A name can't be empty."],
    ] as const) {
      const page = await browser.post(`${PATH}/passkeys`, { name, response });
      expect([page.status, seen(page).includes(message)]).toEqual([status, true]);
    }
    expect(await registry().listPasskeys()).toEqual([]);
  });

  it("says which passkeys have stopped since ADMIN_SECRET was changed, and that the password goes on", async ({
    expect,
  }) => {
    await add("Laptop", await Authenticator.make());
    const other = new Browser();
    other.bindings = { ADMIN_SECRET: "another-secret-of-the-owner" };
    await other.post("/sign-in", { password: "another-secret-of-the-owner" });
    const words = seen(await other.get(PATH));
    expect(words).toContain("Stopped");
    expect(words).toContain("was added before ADMIN_SECRET was changed");
    expect((await other.get("/sign-in")).status).toBe(303);
    expect((await new Browser().get("/sign-in")).text).toContain("data-passkey");
    const signedOut = new Browser();
    signedOut.bindings = other.bindings;
    expect((await signedOut.get("/sign-in")).text).not.toContain("data-passkey");
  });

  it("offers no passkeys where browsers have none", async ({ expect }) => {
    const local = new Browser();
    local.origin = "http://127.0.0.1:8788";
    await local.post("/sign-in", { password: PASSWORD });
    const page = await local.get(PATH);
    expect(seen(page)).toContain("Browsers have no passkeys at this address.");
    expect(page.text).not.toContain("data-passkey");
    expect(page.text).not.toContain("/assets/passkey");
  });

  it("asks for a fresh proof before it offers to add one", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 20 * 60_000 });
    const page = await browser.get(PATH);
    expect(page.text).toContain('href="/confirm?next=%2Fsettings%2Fsign-in"');
    expect(page.text).not.toContain("data-passkey");
  });
});

describe("the page that makes a secret for codes", () => {
  const secretIn = (html: string): string => /name="secret" value="([A-Z2-7]{32})"/.exec(html)?.[1] ?? "";

  it("makes another one each time, as a QR code and as text, and stores nothing", async ({ expect }) => {
    const [one, other] = [await browser.get(`${PATH}/code`), await browser.get(`${PATH}/code`)];
    expect(secretIn(one.text)).toHaveLength(32);
    expect(secretIn(one.text)).not.toBe(secretIn(other.text));
    expect(one.text).toMatch(/<svg class="qr" viewBox="0 0 \d+ \d+" role="img" aria-label="QR code/);
    expect(seen(one)).toContain(secretIn(one.text).replaceAll(/(.{4})(?=.)/g, "$1 "));
    expect(seen(one)).toContain("npx wrangler secret put ADMIN_TOTP_SECRET -c wrangler.admin.toml");
    expect(one.headers.get("cache-control")).toBe("no-store");
  });

  it("tries a code, and keeps the secret that it is of", async ({ expect }) => {
    const secret = secretIn((await browser.get(`${PATH}/code`)).text);
    const totp = new TOTP({ secret: Secret.fromBase32(secret) }).generate();
    const right = await browser.post(`${PATH}/code`, { secret, totp });
    expect([right.status, secretIn(right.text)]).toEqual([200, secret]);
    expect(seen(right)).toContain("The code is right: your authenticator has the secret.");
    const wrong = await browser.post(`${PATH}/code`, { secret, totp: "12345" });
    expect([wrong.status, secretIn(wrong.text), seen(wrong).includes("This isn't the code of now.")]).toEqual([
      422,
      secret,
      true,
    ]);
    const junk = await browser.post(`${PATH}/code`, { secret: "<script>", totp });
    expect([junk.status, junk.text.includes("<script>")]).toEqual([200, false]);
  });
});

describe("the sign-in page", () => {
  it("takes a passkey, and asks for a code where one is set", async ({ expect }) => {
    const device = await Authenticator.make();
    await add("Laptop", device);
    const stranger = new Browser();
    stranger.bindings = { ADMIN_TOTP_SECRET: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" };
    const page = await stranger.get("/sign-in");
    expect(page.text).toContain('data-passkey="get" data-options="/api/session/passkey" hidden');
    expect(page.text).toContain('autocomplete="one-time-code"');
    const missing = await stranger.post("/sign-in", { password: PASSWORD, totp: "" });
    expect([missing.status, seen(missing).includes("Type the code of your authenticator too.")]).toEqual([422, true]);
    const wrong = await stranger.post("/sign-in", { password: PASSWORD, totp: "000000" });
    expect([wrong.status, seen(wrong).includes("This isn't the password, or not the code of now.")]).toEqual([
      401,
      true,
    ]);
    const passkey = JSON.stringify(await device.get(await ask("/api/session/passkey", stranger), ORIGIN));
    const answer = await stranger.post("/sign-in", { password: "", totp: "", passkey });
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/"]);
    expect(seen(await stranger.get("/sessions"))).toContain("Passkey");
  });
});
