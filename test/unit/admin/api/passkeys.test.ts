import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { ORIGIN, Owner, PASSWORD, type ProblemBody, registry, send, sendWith } from "../../support/admin.ts";
import { Authenticator, type Lies, type Options } from "../../support/authenticator.ts";

let owner: Owner;

beforeEach(async () => {
  owner = await Owner.signedIn();
});

afterEach(async () => {
  vi.useRealTimers();
  await reset();
});

const REFUSED = "The browser's answer doesn't fit what it was asked here";
const NOT_KNOWN = "This passkey doesn't open Doppelgate here";
const MINUTE = 60_000;

interface PasskeyBody {
  id: string;
  name: string;
  host: string;
  works: boolean;
  backedUp: boolean;
  createdAt: string;
  lastUsedAt: string | null;
}

const optionsToAdd = async (whose = owner) => (await whose.send<Options>("POST", "/api/passkeys/options")).body;
const optionsToSignIn = async () => (await send<Options>("POST", "/api/session/passkey")).body;

async function add(device: Authenticator, name: string, lies: Lies = {}, whose = owner) {
  const response = await device.create(await optionsToAdd(whose), ORIGIN, lies);
  return whose.send<ProblemBody & { passkey: PasskeyBody }>("POST", "/api/passkeys", { name, response });
}

/** A passkey that is known. */
async function known(counter = 0): Promise<Authenticator> {
  const device = await Authenticator.make(counter);
  const { status, text } = await add(device, "Laptop");
  if (status !== 201) throw new Error(`The passkey wasn't added: ${text}`);
  return device;
}

const enter = async (device: Authenticator, lies: Lies = {}, options?: Options) => {
  const passkey = await device.get(options ?? (await optionsToSignIn()), ORIGIN, lies);
  return send<ProblemBody & { token: string }>("POST", "/api/session", { body: { passkey } });
};

const list = async () => (await owner.send<{ passkeys: PasskeyBody[] }>("GET", "/api/passkeys")).body.passkeys;
const audit = async () => {
  const { entries } = await registry().readAudit({ tokenId: null, before: null, limit: 50 });
  return entries.map(({ action, changes }) => [action, changes] as const);
};

describe("a new passkey", () => {
  it("is asked for with verification, discoverable, without attestation", async ({ expect }) => {
    expect(await optionsToAdd()).toMatchObject({
      rp: { id: "admin.test", name: "Doppelgate" },
      attestation: "none",
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
      timeout: 300_000,
      excludeCredentials: [],
    });
  });

  it("is added, listed, and stands in the audit log", async ({ expect }) => {
    const device = await Authenticator.make();
    const { status, body } = await add(device, "  Laptop  ");
    expect(status).toBe(201);
    const [passkey] = await list();
    expect(passkey).toEqual(body.passkey);
    expect(passkey).toMatchObject({
      id: device.credentialId,
      name: "Laptop",
      host: "admin.test",
      works: true,
      backedUp: false,
      lastUsedAt: null,
    });
    expect((await audit())[0]).toEqual(["passkey.add", { passkey: { before: null, after: "Laptop" } }]);
    expect((await optionsToAdd()) as unknown).toMatchObject({ excludeCredentials: [{ id: device.credentialId }] });
  });

  it("that attests itself is taken too, as some browsers leave that in", async ({ expect }) => {
    expect((await add(await Authenticator.make(), "Key", { attestation: "packed" })).status).toBe(201);
  });

  for (const [name, lies] of [
    ["another origin", { origin: "https://evil.test" }],
    ["the origin over http", { origin: "http://admin.test" }],
    ["another port", { origin: "https://admin.test:8443" }],
    ["another relying party", { rpId: "evil.test" }],
    ["an answer to a sign-in", { type: "webauthn.get" }],
    ["no verification of the user", { flags: 1 }],
    ["no presence of the user", { flags: 4 }],
    ["a made-up challenge", { challenge: "A".repeat(54) }],
    ["no challenge", { challenge: "" }],
  ] satisfies [string, Lies][]) {
    it(`isn't added with ${name}`, async ({ expect }) => {
      const { status, body } = await add(await Authenticator.make(), "Laptop", lies);
      expect([status, body.type]).toEqual([400, "urn:doppelgate:problem:passkey-refused"]);
      expect(body.detail).toContain(REFUSED);
      expect(await list()).toEqual([]);
    });
  }

  it("isn't added with a signature of another key, where it attests itself", async ({ expect }) => {
    const { privateKey } = await Authenticator.keys();
    const { status } = await add(await Authenticator.make(), "Key", { attestation: "packed", key: privateKey });
    expect(status).toBe(400);
  });

  it("isn't added for a challenge of another session, of a sign-in, or of a confirmation", async ({ expect }) => {
    const other = await Owner.signedIn();
    const confirming = (await owner.send<Options>("POST", "/api/session/confirm/passkey")).body;
    for (const options of [await optionsToAdd(other), await optionsToSignIn(), confirming]) {
      const response = await (await Authenticator.make()).create({ ...options, rp: { id: "admin.test" } }, ORIGIN);
      const { status, body } = await owner.send("POST", "/api/passkeys", { name: "Laptop", response });
      expect([status, body.detail.startsWith(REFUSED)]).toEqual([400, true]);
    }
  });

  it("isn't added five minutes later, nor twice for one challenge", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const options = await optionsToAdd();
    const post = async (name: string) => {
      const response = await (await Authenticator.make()).create(options, ORIGIN);
      return owner.send("POST", "/api/passkeys", { name, response });
    };
    vi.setSystemTime(Date.now() + 5 * MINUTE - 1000);
    expect((await post("Laptop")).status).toBe(201);
    const again = await post("Phone");
    expect([again.status, again.body.detail]).toEqual([409, "This was sent once already. Begin again."]);
    vi.setSystemTime(Date.now() + 1000);
    expect((await post("Phone")).body.detail).toContain(REFUSED);
  });

  it("needs a name of its own, and a passkey is added once", async ({ expect }) => {
    const device = await known();
    const sameName = await add(await Authenticator.make(), "Laptop");
    expect([sameName.status, sameName.body.errors]).toEqual([
      409,
      [{ field: "name", message: "Another passkey has this name. Choose another one." }],
    ]);
    expect((await add(device, "Phone")).body.detail).toBe("This passkey is here already.");
    for (const [name, message] of [
      ["", "A name can't be empty."],
      ["x".repeat(61), "A name has at most 60 characters."],
      ["a\u202Eb", "A name is one line of text without control characters."],
    ]) {
      const { status, body } = await owner.send("POST", "/api/passkeys", { name, response: {} });
      expect([status, body.errors?.[0]]).toEqual([400, { field: "name", message }]);
    }
  });

  it("is the twentieth at most", async ({ expect }) => {
    for (let index = 0; index < 20; index++) await add(await Authenticator.make(), `Key ${index}`);
    const { status, body } = await add(await Authenticator.make(), "One more");
    expect([status, body.detail]).toEqual([409, "There are 20 passkeys. Remove one that you don't use."]);
  });

  it("needs a fresh proof, and a session", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    expect((await send("POST", "/api/passkeys/options")).status).toBe(401);
    vi.setSystemTime(Date.now() + 15 * MINUTE);
    for (const [method, path] of [
      ["POST", "/api/passkeys/options"],
      ["POST", "/api/passkeys"],
      ["PATCH", "/api/passkeys/x"],
      ["DELETE", "/api/passkeys/x"],
    ] as const) {
      const { status, body } = await owner.send(method, path, method === "POST" ? {} : undefined);
      expect([status, body.type]).toEqual([403, "urn:doppelgate:problem:fresh-sign-in-required"]);
    }
  });

  it("has no place at an address of digits, or over http", async ({ expect }) => {
    for (const origin of ["https://192.0.2.7", "http://admin.test", "https://[2001:db8::1]", "http://127.0.0.1:8788"]) {
      const { status, body } = await send("POST", "/api/session/passkey", { origin });
      expect([status, body.title]).toEqual([409, "There are no passkeys at this address"]);
    }
    expect((await send("POST", "/api/session/passkey", { origin: "http://localhost:8788" })).status).toBe(200);
  });
});

describe("signing in with a passkey", () => {
  it("opens a session that says so, and no passkey is named beforehand", async ({ expect }) => {
    const device = await known();
    const options = await optionsToSignIn();
    expect(options).toMatchObject({ rpId: "admin.test", userVerification: "required" });
    expect(options).not.toHaveProperty("allowCredentials");
    const { status, body } = await enter(device);
    expect(status).toBe(201);
    const session = await new Owner(body.token).send<{ session: unknown }>("GET", "/api/session");
    expect(session.body.session).toMatchObject({ openedBy: "passkey", current: true, identity: null });
    expect((await list())[0]?.lastUsedAt).toMatch(/Z$/);
    expect((await audit())[0]).toEqual(["session.open", { by: { before: null, after: "passkey “Laptop”" } }]);
  });

  it("needs no code where one is asked for with the password", async ({ expect }) => {
    const device = await known();
    const passkey = await device.get(await optionsToSignIn(), ORIGIN);
    const bindings = { ADMIN_TOTP_SECRET: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ" };
    expect((await sendWith(bindings, "POST", "/api/session", { body: { passkey } })).status).toBe(201);
  });

  for (const [name, lies] of [
    ["another origin", { origin: "https://evil.test" }],
    ["a subdomain's origin", { origin: "https://x.admin.test" }],
    ["another relying party", { rpId: "evil.test" }],
    ["an answer to a registration", { type: "webauthn.create" }],
    ["no verification of the user", { flags: 1 }],
    ["a made-up challenge", { challenge: "A".repeat(54) }],
    ["another user's handle", { userHandle: "c29tZWJvZHk" }],
  ] satisfies [string, Lies][]) {
    it(`is refused with ${name}, and the audit log says so`, async ({ expect }) => {
      const { status, body } = await enter(await known(), lies);
      expect([status, body.type]).toEqual([401, "urn:doppelgate:problem:wrong-passkey"]);
      expect(body.detail).toContain(NOT_KNOWN);
      expect((await audit())[0]).toEqual(["session.refused", { by: { before: null, after: "passkey" } }]);
    });
  }

  it("is refused with a signature of another key, of an unknown passkey, and of a removed one", async ({ expect }) => {
    const device = await known();
    const { privateKey } = await Authenticator.keys();
    expect((await enter(device, { key: privateKey })).status).toBe(401);
    expect((await enter(await Authenticator.make())).status).toBe(401);
    expect((await enter(device)).status).toBe(201);
    expect((await owner.send("DELETE", `/api/passkeys/${device.credentialId}`)).status).toBe(200);
    expect((await enter(device)).status).toBe(401);
    expect((await audit()).map(([action]) => action)).toContain("passkey.remove");
  });

  it("works once with one answer, also where it is sent twice at the same time", async ({ expect }) => {
    const device = await known();
    const passkey = await device.get(await optionsToSignIn(), ORIGIN);
    const post = () => send("POST", "/api/session", { body: { passkey } });
    const statuses = (await Promise.all([post(), post(), post()])).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([201, 401, 401]);
    expect((await post()).status).toBe(401);
  });

  it("is refused five minutes after the question", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const device = await known();
    const options = await optionsToSignIn();
    vi.setSystemTime(Date.now() + 5 * MINUTE);
    expect((await enter(device, {}, options)).status).toBe(401);
  });

  it("is refused with the answer to a confirmation", async ({ expect }) => {
    const device = await known();
    const confirming = (await owner.send<Options>("POST", "/api/session/confirm/passkey")).body;
    expect((await enter(device, {}, confirming)).status).toBe(401);
  });

  it("is refused to a copy whose counter has fallen behind", async ({ expect }) => {
    const device = await known(7);
    expect((await enter(device)).status).toBe(201);
    expect((await enter(device, { counter: 8 })).status).toBe(401);
    expect((await enter(device, { counter: 0 })).status).toBe(401);
    expect((await enter(device, { counter: 100 })).status).toBe(201);
  });

  it("is refused after ADMIN_SECRET was changed, and the list says so", async ({ expect }) => {
    const device = await known();
    const changed = { ADMIN_SECRET: "another-secret-of-the-owner" };
    const options = (await sendWith<Options>(changed, "POST", "/api/session/passkey")).body;
    const passkey = await device.get(options, ORIGIN);
    const refused = await sendWith(changed, "POST", "/api/session", { body: { passkey } });
    expect([refused.status, refused.body.type]).toEqual([401, "urn:doppelgate:problem:wrong-passkey"]);
    const opened = await sendWith<{ token: string }>(changed, "POST", "/api/session", {
      body: { password: changed.ADMIN_SECRET },
    });
    const headers = { authorization: `Bearer ${opened.body.token}` };
    const { body } = await sendWith<{ passkeys: PasskeyBody[] }>(changed, "GET", "/api/passkeys", { headers });
    expect(body.passkeys.map(({ works }) => works)).toEqual([false]);
  });

  it("counts for the throttle like a password", async ({ expect }) => {
    const device = await known();
    const stranger = await Authenticator.make();
    for (let index = 0; index < 5; index++) await enter(stranger);
    const { status, headers } = await enter(device);
    expect([status, headers.get("retry-after")]).toEqual([429, "1"]);
  });

  for (const [name, body, field, message] of [
    [
      "of junk",
      { passkey: { id: 1 } },
      "passkey.id",
      "This isn't what a browser answers when it is asked for a passkey.",
    ],
    ["as a text", { passkey: "x" }, "passkey", "This isn't what a browser answers when it is asked for a passkey."],
  ] as const) {
    it(`${name} is refused and named`, async ({ expect }) => {
      const answer = await send("POST", "/api/session", { body });
      expect([answer.status, answer.body.errors?.[0]]).toEqual([400, { field, message }]);
    });
  }

  it("isn't mixed with a password or a code", async ({ expect }) => {
    const passkey = await (await known()).get(await optionsToSignIn(), ORIGIN);
    const answer = await send("POST", "/api/session", { body: { passkey, password: PASSWORD, totp: "123456" } });
    expect([answer.status, answer.body.errors]).toEqual([
      400,
      [
        { field: "password", message: "Send the password or the passkey, not both." },
        { field: "totp", message: "A passkey needs no code; leave it out." },
      ],
    ]);
  });
});

describe("a passkey that is there", () => {
  it("gets another name", async ({ expect }) => {
    const { credentialId } = await known();
    const path = `/api/passkeys/${credentialId}`;
    const { status, body } = await owner.send<{ passkey: PasskeyBody }>("PATCH", path, { name: "Old laptop" });
    expect([status, body.passkey.name]).toEqual([200, "Old laptop"]);
    expect((await audit())[0]).toEqual(["passkey.rename", { passkey: { before: "Laptop", after: "Old laptop" } }]);
    await add(await Authenticator.make(), "Phone");
    expect((await owner.send("PATCH", path, { name: "Phone" })).status).toBe(409);
    const missing = await owner.send("PATCH", "/api/passkeys/none", { name: "Phone" });
    expect([missing.status, missing.body.detail]).toEqual([404, "There is no passkey of that id."]);
    expect((await owner.send("DELETE", "/api/passkeys/none")).status).toBe(404);
  });

  it("makes a session's proof fresh, in that session alone", async ({ expect }) => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    const device = await known();
    const other = await Owner.signedIn();
    vi.setSystemTime(Date.now() + 20 * MINUTE);
    const options = (await owner.send<Options>("POST", "/api/session/confirm/passkey")).body;
    const passkey = await device.get(options, ORIGIN);
    expect((await other.send("POST", "/api/session/confirm", { passkey })).status).toBe(401);
    expect((await owner.send("POST", "/api/passkeys/options")).status).toBe(403);
    expect((await owner.send("POST", "/api/session/confirm", { passkey })).status).toBe(200);
    expect((await owner.send("POST", "/api/passkeys/options")).status).toBe(200);
    expect((await other.send("POST", "/api/passkeys/options")).status).toBe(403);
  });
});
