import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import type { ControlApi } from "../../../../shared/control.ts";
import { Owner } from "../../support/admin.ts";
import { askWith, entry, fakeGateway } from "../../support/usage.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const requests: ControlApi["requests"] = async ({ before }) =>
  before === null
    ? { entries: [entry("two")], next: 5 }
    : { entries: [entry("one", { counts: null, micros: null, model: "@evil", raw: {} })], next: null };

describe("GET /api/tokens/{id}/requests/export", () => {
  it("is CSV of all that is kept", async ({ expect }) => {
    const { id } = (await owner.create("alice")).token;
    const { bindings, calls } = fakeGateway({ requests });
    const path = `/api/tokens/${id}/requests/export?format=csv`;
    const { headers, text } = await askWith(bindings, owner.jwt, "GET", path);
    expect(headers.get("content-disposition")).toBe(`attachment; filename="doppelgate-requests-${id}.csv"`);
    const [head, two, one, ...more] = text.split("\r\n");
    expect(head).toMatch(/^token,label,id,at,provider,route,endpoint,model,status,refusedBy,code,error,counts\.input,/);
    expect(two).toMatch(
      new RegExp(`^${id},alice,two,2026-11-22T08:30:00\\.000Z,openai,openai,chat,gpt-live-1,200,,,,1200,1000,`),
    );
    expect(two).toMatch(/,0\.0023,false,450,1500,"\{""prompt_tokens"":1200\}"$/);
    expect(one).toMatch(/^\w+,alice,one,.*,'@evil,200,,,,,,,,,,,,,,,,,,,false,450,1500,\{\}$/);
    expect(more).toEqual([""]);
    expect(calls).toEqual([null, 5].map((before) => ["requests", { tokenId: id, before, limit: 1000 }]));
  });

  it("is NDJSON, and a problem where there is no such token", async ({ expect }) => {
    const { id } = (await owner.create("alice")).token;
    const { bindings } = fakeGateway({ requests });
    const { text } = await askWith(bindings, owner.jwt, "GET", `/api/tokens/${id}/requests/export?format=ndjson`);
    const lines = text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => [line["token"], line["label"], line["id"], line["usd"]])).toEqual([
      [id, "alice", "two", 0.0023],
      [id, "alice", "one", null],
    ]);
    const missing = "/api/tokens/0123456789/requests/export?format=csv";
    expect((await askWith(bindings, owner.jwt, "GET", missing)).status).toBe(404);
  });
});
