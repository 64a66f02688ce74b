import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import { Owner, send, signIn, withSql } from "../../support/admin.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

interface Entry {
  action: string;
  session: string | null;
  country: string | null;
  label: string | null;
  changes: Record<string, { before: unknown; after: unknown }>;
}
interface Log {
  entries: Entry[];
  next: string | null;
  lookedBackTo: string | null;
}
const read = async (query: string): Promise<Log> => (await owner.send<Log>("GET", `/api/audit?${query}`)).body;
const labels = async (query: string) => (await read(query)).entries.map(({ label }) => label);

describe("GET /api/audit", () => {
  it("can be searched and filtered", async ({ expect }) => {
    const { token } = await owner.create("alice", { note: "the red notebook" });
    await owner.create("bob");
    await owner.send("PATCH", `/api/tokens/${token.id}`, { label: "carol" });
    expect(await labels("text=RED%20notebook")).toEqual(["alice"]);
    expect(await labels("text=alice")).toEqual(["carol", "alice"]);
    expect(await labels("action=token.create")).toEqual(["bob", "alice"]);
    expect(await labels(`token=${token.id}&action=token.update`)).toEqual(["carol"]);
    const today = new Date().toISOString().slice(0, 10);
    expect((await read(`from=${today}&to=${today}`)).entries).toHaveLength(4);
    expect(await read("to=2020-01-01")).toEqual({ entries: [], next: null, lookedBackTo: null });
  });

  it("shows 8 characters of a session's id, and finds what was done in it", async ({ expect }) => {
    const other = await Owner.signedIn();
    await other.create("by the other");
    await owner.create("by me");
    const { entries } = await read("action=token.create");
    const sessions = entries.map(({ session }) => session ?? "");
    expect(sessions[0]).toMatch(/^[0-9a-f]{8}$/);
    expect(await labels(`session=${sessions[1]}&action=token.create`)).toEqual(["by the other"]);
    await other.send("DELETE", "/api/session");
    const [ended] = (await read("action=session.end")).entries;
    expect(ended?.changes).toEqual({ session: { before: sessions[1], after: null } });
    const { body } = await owner.send<{ sessions: { jti: string }[] }>("GET", "/api/sessions");
    const text = JSON.stringify(await read(""));
    for (const { jti } of body.sessions) expect(text).not.toContain(jti);
  });

  it("says the country that Cloudflare knows, and not what a client says of itself", async ({ expect }) => {
    await signIn({ "cf-ipcountry": "NZ" });
    expect((await read("action=session.open")).entries[0]?.country).toBeNull();
    await withSql((sql) => void sql.exec("UPDATE audit SET country = 'NZ' WHERE number = 1"));
    expect((await read("action=session.open")).entries.at(-1)?.country).toBe("NZ");
  });

  for (const [query, field, message] of [
    ["action=nix", "action", /^This has to be one of token\.create, /],
    ["from=yesterday", "from", "This has to be a day like 2027-01-31."],
    ["from=2027-02-01&to=2027-01-31", "from", "The first day, 2027-02-01, is after the last one, 2027-01-31."],
    ["session=abc", "session", "Write the first 8 characters of the session's id, as the log shows them."],
    [`text=${"x".repeat(201)}`, "text", "A search has at most 200 characters."],
    ["cursor=nix", "cursor", "Take the cursor from the next of an earlier answer."],
    ["user=me", "user", "There is no such field; leave it out."],
  ] as const) {
    it(`refuses ?${query.slice(0, 40)}`, async ({ expect }) => {
      for (const path of ["/api/audit?", "/api/audit/export?format=csv&"]) {
        if (field === "cursor" && path.includes("export")) continue;
        const { status, body } = await owner.send("GET", path + query);
        const [error] = body.errors ?? [];
        expect([status, body.errors?.length, error?.field]).toEqual([400, 1, field]);
        expect(error?.message).toMatch(message);
      }
    });
  }
});

describe("GET /api/audit/export", () => {
  it("is CSV with a head, the same fields, and nothing that a spreadsheet would run", async ({ expect }) => {
    await owner.create("=1+1");
    await send("POST", "/api/session", { body: { password: "wrong" }, headers: { "user-agent": "@SUM(A1)" } });
    const answer = await owner.send("GET", "/api/audit/export?format=csv&from=2020-01-01");
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="doppelgate-audit-2020-01-01.csv"');
    const [head, refused, created, opened, ...more] = answer.text.split("\r\n");
    expect(head).toBe("number,at,action,tokenId,label,session,address,country,userAgent,changes");
    expect(refused).toMatch(/^3,[^,]*,session\.refused,,,,unknown,,'@SUM\(A1\),"\{""by"":/);
    expect(created).toMatch(
      /^2,[^,]*,token\.create,\w{10},'=1\+1,[0-9a-f]{8},unknown,,,"\{""label"":\{""before"":null,""after"":""=1\+1""\}/,
    );
    expect(opened).toMatch(/^1,[^,]*,session\.open,/);
    expect(more).toEqual([""]);
  });

  it("is NDJSON of what matches, over all pages, and no file name that a query wrote", async ({ expect }) => {
    for (const label of ["alice", "bob"]) await owner.create(label);
    const { text, headers } = await owner.send("GET", "/api/audit/export?format=ndjson&text=bob");
    expect(
      text
        .trimEnd()
        .split("\n")
        .map((line) => (JSON.parse(line) as Entry).label),
    ).toEqual(["bob"]);
    expect(headers.get("content-disposition")).toBe('attachment; filename="doppelgate-audit.ndjson"');
    const none = await owner.send("GET", `/api/audit/export?format=ndjson&token=${encodeURIComponent('a"; x="\r\n')}`);
    expect([none.status, none.text]).toEqual([200, ""]);
    expect(none.headers.get("content-disposition")).toBe('attachment; filename="doppelgate-audit-ax.ndjson"');
  });

  it("has more than a page of the registry's", async ({ expect }) => {
    await withSql((sql) => {
      for (let index = 0; index < 5_100; index++) {
        sql.exec(
          "INSERT INTO audit (at, address, user_agent, action, changes) VALUES (1, '', '', 'token.update', '{}')",
        );
      }
    });
    const { text } = await owner.send("GET", "/api/audit/export?format=ndjson&action=token.update");
    expect(text.trimEnd().split("\n")).toHaveLength(5_100);
  });
});
