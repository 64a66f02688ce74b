import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { Owner, sendWith } from "../../support/admin.ts";
import { fails, fakeGateway } from "../../support/usage.ts";

afterEach(() => reset());

describe("ending a token's open streams", () => {
  it("says how many were told, and is in the audit log", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const { token } = await owner.create("phone");
    const { status, body } = await owner.send("POST", `/api/tokens/${token.id}/end-streams`);
    expect([status, body]).toEqual([200, { ended: 0 }]);
    const audit = await owner.send<{ entries: unknown[] }>("GET", `/api/audit?token=${token.id}`);
    expect(audit.body.entries[0]).toMatchObject({
      action: "token.endStreams",
      label: "phone",
      changes: { streams: { before: null, after: 0 } },
    });
  });

  it("of a token that isn't there is a 404, and without the gateway a 503 that says nothing was done", async ({
    expect,
  }) => {
    const owner = await Owner.signedIn();
    const { token } = await owner.create("phone");
    expect((await owner.send("POST", "/api/tokens/0000000000/end-streams")).status).toBe(404);
    const { bindings } = fakeGateway({ endStreams: fails });
    const headers = { authorization: `Bearer ${owner.jwt}` };
    const path = `/api/tokens/${token.id}/end-streams`;
    const { status, body } = await sendWith(bindings, "POST", path, { headers });
    expect([status, body.detail]).toEqual([503, expect.stringContaining("nothing was done")]);
    const audit = await owner.send<{ entries: { action: string }[] }>("GET", `/api/audit?token=${token.id}`);
    expect(audit.body.entries.map(({ action }) => action)).toEqual(["token.create"]);
  });
});
