import { afterAll, beforeAll } from "vitest";
import { BUSY, UNKNOWN } from "./rows.ts";
import { chat, expectEnded, expectTold } from "./support/ask.ts";
import { fault } from "./support/fault.ts";
import { startWorld, type World } from "./support/world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.dispose());

interface View {
  id: string;
  label: string;
  status: string;
  pending: string[];
}
const viewOf = async (id: string): Promise<View> => ((await world.admin.read(`tokens/${id}`)) as { token: View }).token;
const endBeforePublishing = (): Promise<Response> =>
  fetch(`${world.adminUrl}/faults/end-before-publishing`, { method: "POST" });

/** An answer of the admin's API, as a program reads it. */
async function problemOf(answer: Response): Promise<object> {
  const { status, type, detail } = (await answer.json()) as { status: number; type: string; detail: string };
  return { status, code: type.replace("urn:doppelgate:problem:", ""), message: detail };
}

fault(
  "registry restarted between its write and its publish",
  "its alarm publishes what the owner did, and nothing is done twice",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue();
    expect((await chat(world, secret)).status).toBe(200);
    await endBeforePublishing();
    const answer = await world.admin.send("PATCH", `tokens/${id}`, { status: "disabled" });
    expect(await problemOf(answer)).toEqual(BUSY);
    // The write is there, and says that nobody was told.
    expect(await viewOf(id)).toMatchObject({ status: "disabled", pending: ["gateway", "kv"] });
    expect((await chat(world, secret)).status).toBe(200);
    await expect.poll(async () => (await viewOf(id)).pending, { timeout: 10_000, interval: 200 }).toEqual([]);
    await expectEnded(expect, world, secret);
    const { entries } = (await world.admin.read(`audit?token=${id}`)) as { entries: { action: string }[] };
    expect(entries.map(({ action }) => action)).toEqual(["token.update", "token.create"]);
  },
);

fault(
  "workerd killed between the registry's write and its publish",
  "the restarted registry publishes what the owner did",
  async ({ expect }) => {
    const { id, secret } = await world.admin.issue();
    await world.trouble(id, { kind: "slow", calls: ["apply"], ms: 20_000 });
    world.kv.failWritesWith = 429;
    const answer = world.admin.send("PATCH", `tokens/${id}`, { status: "disabled" }).catch(() => null);
    await expect.poll(async () => (await viewOf(id)).status, { timeout: 3_000, interval: 20 }).toBe("disabled");
    await world.kill();
    expect(await answer).toBe(null);
    world.kv.failWritesWith = null;
    await world.restart();
    await expect.poll(async () => (await viewOf(id)).pending, { timeout: 15_000, interval: 200 }).toEqual([]);
    expectTold(expect, await chat(world, secret), UNKNOWN);
  },
);
