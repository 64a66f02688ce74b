import {
  createExecutionContext,
  evictDurableObject,
  listDurableObjectIds,
  reset,
  runInDurableObject,
} from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { Control } from "../../../../gateway/control.ts";
import { guardName, pointerName } from "../../../../gateway/guard/guard.ts";
import { forgetAll } from "../../../../gateway/lookup.ts";
import { generateToken, newTokenId } from "../../../../shared/token.ts";
import { askAs, control, fakeUpstream, gatewayEnv, issue, makeToken } from "../../support/gateway.ts";

afterEach(async () => {
  forgetAll();
  await reset();
});

const guardOf = (id: string) => gatewayEnv.GUARD.getByName(guardName(id));

describe("guard", () => {
  it("knows the newest record it was told, in whatever order they came", async ({ expect }) => {
    const { record } = await makeToken({ version: 5 });
    expect(await control.apply(record)).toEqual({ version: 5, kept: null });
    expect(await control.apply({ ...record, version: 4, state: "disabled" })).toEqual({ version: 5, kept: record });
    expect(await control.apply({ ...record, version: 5, state: "disabled" })).toEqual({ version: 5, kept: null });
    expect((await guardOf(record.id).recall()).record).toEqual(record);
    expect(await control.apply({ ...record, version: 6, state: "disabled" })).toEqual({ version: 6, kept: null });
    expect((await guardOf(record.id).recall()).record?.state).toBe("disabled");
  });

  it("remembers across restarts", async ({ expect }) => {
    const { record } = await makeToken();
    await control.apply(record);
    await evictDurableObject(guardOf(record.id));
    expect((await guardOf(record.id).recall()).record).toEqual(record);
  });

  it("is found from a typed token by its hash, and from both secrets of a rotated one", async ({ expect }) => {
    const typed = await makeToken({}, "a-token-typed-by-hand");
    const other = await makeToken({}, "another-one-typed-later");
    const both = { ...typed.record, secrets: [...typed.record.secrets, ...other.record.secrets] };
    await control.apply(both);
    for (const { hash } of both.secrets) {
      expect((await gatewayEnv.GUARD.getByName(pointerName(hash)).recall()).record).toEqual(both);
    }
  });

  it("refuses a record that it can't read, and says so", async ({ expect }) => {
    const { record } = await makeToken();
    // Called here and not by RPC: an error that crosses the border would be reported as unhandled as well.
    const direct = new Control(createExecutionContext(), gatewayEnv);
    await expect(direct.apply({ ...record, schema: 3 as unknown as 2 })).rejects.toThrow(
      "The token record can't be read: is the admin's version newer?",
    );
    expect((await guardOf(record.id).recall()).record).toBeNull();
  });

  it("stores nothing for tokens that nobody issued", async ({ expect }) => {
    const { sent } = fakeUpstream();
    for (const secret of [generateToken(newTokenId()), "typed-but-never-issued"]) {
      const response = await askAs(secret, "/v1/models");
      expect(response.status).toBe(401);
    }
    expect(sent).toEqual([]);
    expect(await stored()).toBe(0);
    await issue();
    expect(await stored()).toBe(1);
  });
});

/** How many guards have anything on disk. */
async function stored(): Promise<number> {
  let count = 0;
  for (const id of await listDurableObjectIds(gatewayEnv.GUARD)) {
    const rows = await runInDurableObject(gatewayEnv.GUARD.get(id), (_, state) => [...state.storage.kv.list()].length);
    if (rows > 0) count++;
  }
  return count;
}
