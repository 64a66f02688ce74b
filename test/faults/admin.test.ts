import { afterAll, beforeAll } from "vitest";
import { ADMIN_SECRET } from "../harness.ts";
import { hashToken } from "../../shared/hash.ts";
import { playerOf } from "../raw/simulation/players.ts";
import { UNKNOWN } from "./rows.ts";
import { chat, expectEnded, expectTold } from "./support/ask.ts";
import { fault } from "./support/fault.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.dispose());

fault(
  "admin dead, disabled or deleted",
  "tokens, limits, metering, revocations and the holder's own page go on",
  async ({ expect }) => {
    const limits = { budgets: [{ tokens: 1_250, per: "day" as const }] };
    const { id, secret } = await world.admin.issue({ limits, holderMay: ["revoke"] });
    const { id: goneId, secret: gone } = await world.admin.issue();
    await world.admin.edit(goneId, { status: "disabled" });
    await world.restart({ admin: "none" });
    expect((await chat(world, secret, "fake-usage-100-20")).status).toBe(200);
    await expect
      .poll(async () => (await world.books(id)).standing?.budgets)
      .toMatchObject([{ used: 120, reserved: 0 }]);
    expect(await chat(world, secret)).toMatchObject({ status: 429, code: "budget_used_up" });
    expectTold(expect, await chat(world, gone), UNKNOWN);
    const bearer = { authorization: `Bearer ${secret}` };
    const me = await fetch(`${world.gatewayUrl}/-/me`, { headers: bearer });
    expect([me.status, await me.json()]).toMatchObject([200, {}]);
    const health = await fetch(`${world.gatewayUrl}/-/health`);
    expect([health.status, await health.json()]).toMatchObject([200, { status: "ok" }]);
    // What the holder does is in the guard, and the admin hears of it when there is one again.
    const revoked = await fetch(`${world.gatewayUrl}/-/me/revoke`, { method: "POST", headers: bearer });
    expect(revoked.status, await revoked.text()).toBe(200);
    expectTold(expect, await chat(world, secret), UNKNOWN);
    await world.ringGuard(id, 11_000);
    await world.restart();
    const status = async (): Promise<unknown> => ((await world.admin.read(`tokens/${id}`)) as { token: object }).token;
    expect(await status()).toMatchObject({ status: "disabled" });
  },
);

fault(
  "old admin, new gateway",
  "a record of the first schema opens what it says, by KV and by RPC, and can be taken back",
  async ({ expect }) => {
    const { player, record } = await playerOf(null);
    const { id, version, label, note, state, providers, secrets, expiresAt, createdAt, updatedAt } = record;
    // What the first admin wrote: no policy, no fields that came with one.
    const first = { schema: 1, id, version, label, note, state, providers, secrets, expiresAt, createdAt, updatedAt };
    const hash = secrets[0]?.hash ?? "";
    const put = async (value: object): Promise<void> =>
      void (await fetch(`${world.adminUrl}/faults/kv?name=${hash}`, { method: "POST", body: JSON.stringify(value) }));
    await put(first);
    expect(world.recordIn(hash)).toEqual(first);
    expect((await chat(world, player.secret)).status).toBe(200);
    const applied = await world.rpc("apply", first);
    expect([applied.status, await applied.json()]).toMatchObject([200, { version }]);
    expect((await chat(world, player.secret)).status).toBe(200);
    // By RPC alone: what KV says is older then.
    const ended = await world.rpc("apply", { ...first, version: version + 1, state: "disabled" });
    expect(await ended.json()).toMatchObject({ version: version + 1 });
    await expectEnded(expect, world, player.secret);
    expect(await (await world.rpc("facts")).json()).toMatchObject({ providers: { openai: { configured: true } } });
  },
);

fault(
  "new admin, old gateway",
  "owner's actions are done; what the old gateway has no method for is missing, and never a 500",
  async ({ expect }) => {
    await world.restart({ admin: { entrypoint: "FirstControl" } });
    const { id, secret } = await world.admin.issue();
    expect((await chat(world, secret)).status).toBe(200);
    expect(await world.admin.read(`tokens/${id}`)).toMatchObject({ token: { status: "active", pending: [] } });
    // A record of a schema that the gateway is too old for isn't taken, and the one before it goes on to count.
    const later = {
      ...world.recordIn(await hashToken(secret)),
      schema: 3,
      version: Date.now() + 60_000,
      state: "disabled",
    };
    const refused = await world.rpc("apply", later);
    expect([refused.status, await refused.json()]).toEqual([
      500,
      { error: "TypeError: The token record can't be read: is the admin's version newer?" },
    ]);
    expect((await chat(world, secret)).status).toBe(200);
    await world.admin.edit(id, { status: "disabled" });
    await expectEnded(expect, world, secret);
    for (const path of DONE_WITHOUT) expect(await answerOf(path), path).toEqual([200, null]);
    for (const path of [...NEEDS_MORE, `usage?token=${id}&group=model`, `tokens/${id}/requests`]) {
      expect(await answerOf(path), path).toEqual([503, "gateway-unreachable"]);
    }
    for (const [path, status] of await pagesOf(id)) expect(status, path).toBe(200);
  },
);

/** What the API can answer without most of the gateway, and what it can't. */
const DONE_WITHOUT = [
  "tokens",
  "status",
  "audit",
  "policies",
  "prices",
  "sessions",
  "settings",
  "providers",
  "overview",
];
const NEEDS_MORE = ["usage?group=model", "usage/series", "webhooks"];

/** Status and code of what the API answers; the code is null where it is no problem. */
async function answerOf(path: string): Promise<unknown> {
  const answer = await world.admin.send("GET", path);
  const { type } = (await answer.json()) as { type?: string };
  return [answer.status, type?.replace("urn:doppelgate:problem:", "") ?? null];
}

/** Every page of the console, as a signed-in owner opens it. */
async function pagesOf(id: string): Promise<(readonly [path: string, status: number])[]> {
  const opened = await fetch(`${world.adminUrl}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ password: ADMIN_SECRET }),
  });
  const cookie = opened.headers
    .getSetCookie()
    .map((line) => line.split(";", 1)[0])
    .join("; ");
  const paths = ["/", "/tokens", `/tokens/${id}`, "/usage", "/policies", "/prices", "/webhooks", "/audit", "/settings"];
  return Promise.all(
    paths.map(async (path) => {
      const answer = await fetch(`${world.adminUrl}${path}`, { headers: { cookie }, redirect: "manual" });
      await answer.text();
      return [path, answer.status] as const;
    }),
  );
}
