import { createExecutionContext, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it } from "vitest";
import { makeApp } from "../../../../admin/app.ts";
import type { ControlApi } from "../../../../shared/control.ts";
import { ORIGIN, Owner } from "../../support/admin.ts";
import { askWith, counts, errors, fails, fakeGateway, row } from "../../support/usage.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

/** A gateway whose usage is on several pages; the last one may fail. */
function paged(pages: Awaited<ReturnType<ControlApi["usageRows"]>>["rows"][], last?: ControlApi["usageRows"]) {
  return fakeGateway({
    usageRows: async (query) => {
      const index = query.after === null ? 0 : Number(query.after);
      if (index === pages.length && last !== undefined) return last(query);
      const isLast = index === pages.length - 1 && last === undefined;
      return { rows: pages[index] ?? [], next: isLast ? null : String(index + 1) };
    },
  });
}

const USED = {
  requests: 2,
  errors: errors({ policy: 1 }),
  counts: counts({ input: 10, output: 5 }),
  micros: 2300,
  ttfbMs: 30,
  timed: 2,
  durationMs: 90,
};
const RANGE = "from=2026-11-01&to=2026-11-30";

describe("GET /api/usage/export", () => {
  it("is CSV with a head, the tokens' labels, and every page", async ({ expect }) => {
    const { id } = (await owner.create('Bob "the builder", jr.')).token;
    const { bindings, calls } = paged([[row(id, "2026-11-01", USED)], [], [row("gone123456", "2026-11-02")]]);
    const answer = await askWith(bindings, owner.jwt, "GET", `/api/usage/export?format=csv&${RANGE}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8; header=present");
    expect(answer.headers.get("content-disposition")).toBe(
      'attachment; filename="doppelgate-usage-2026-11-01-2026-11-30.csv"',
    );
    const [head, first, second, ...more] = answer.text.split("\r\n");
    expect(head).toMatch(
      /^day,token,label,provider,model,requests,errors\.limit,errors\.policy,.*,counts\.input,.*,usd,/,
    );
    expect(first).toMatch(
      new RegExp(`^2026-11-01,${id},"Bob ""the builder"", jr\\.",openai,gpt-live-1,2,0,1,.*,0\\.0023,0,0,30,2,90$`),
    );
    expect(second).toMatch(/^2026-11-02,gone123456,,openai,gpt-live-1,0,/);
    expect(more).toEqual([""]);
    const columns = head?.split(",").length;
    expect(second?.split(",").length).toBe(columns);
    const query = { tokenId: null, from: "2026-11-01", to: "2026-11-30", limit: 1000 };
    expect(calls).toEqual([null, "1", "2"].map((after) => ["usageRows", { ...query, after }]));
  });

  it("is NDJSON with the same fields", async ({ expect }) => {
    const { id } = (await owner.create("alice")).token;
    const { bindings } = paged([[row(id, "2026-11-01", USED)], [row(id, "2026-11-02")]]);
    const path = `/api/usage/export?format=ndjson&token=${id}&${RANGE}`;
    const { headers, text } = await askWith(bindings, owner.jwt, "GET", path);
    expect(headers.get("content-type")).toBe("application/x-ndjson; charset=utf-8");
    expect(headers.get("content-disposition")).toContain(`doppelgate-usage-2026-11-01-2026-11-30-${id}.ndjson`);
    const lines = text.trimEnd().split("\n");
    expect(lines.length).toBe(2);
    const { tokenId: _, ...rest } = row(id, "2026-11-01", USED);
    expect(JSON.parse(lines[0] ?? "")).toEqual({ ...rest, token: id, label: "alice", usd: 0.0023 });
  });

  it("runs nothing in a spreadsheet, whatever a model is called", async ({ expect }) => {
    const { id } = (await owner.create("=1+1")).token;
    const models = [
      "=cmd|' /C calc'!A0",
      "+1",
      "-1",
      "@SUM(A1)",
      "a=b",
      '=HYPERLINK("http://x")',
      "\t=1",
      "line\r\n=1",
    ];
    const { bindings } = paged([models.map((model) => row(id, "2026-11-01", { model }))]);
    const { text } = await askWith(bindings, owner.jwt, "GET", `/api/usage/export?format=csv&${RANGE}`);
    const cells = [...text.matchAll(/2026-11-01,\w+,'=1\+1,openai,("(?:[^"]|"")*"|[^,]*),0/g)].map(([, cell]) => cell);
    expect(cells).toEqual([
      "'=cmd|' /C calc'!A0",
      "'+1",
      "'-1",
      "'@SUM(A1)",
      "a=b",
      `"'=HYPERLINK(""http://x"")"`,
      "'\t=1",
      '"line\r\n=1"',
    ]);
  });

  it("has only the head where there was no usage", async ({ expect }) => {
    const csv = await askWith(paged([[]]).bindings, owner.jwt, "GET", "/api/usage/export?format=csv");
    expect(csv.text.split("\r\n").length).toBe(2);
    const ndjson = await askWith(paged([[]]).bindings, owner.jwt, "GET", "/api/usage/export?format=ndjson");
    expect([ndjson.status, ndjson.text]).toEqual([200, ""]);
  });

  it("breaks off where a later page fails, so that nobody takes a part for the whole", async ({ expect }) => {
    const { bindings } = paged([[row("gone123456", "2026-11-01")]], fails);
    await expect(askWith(bindings, owner.jwt, "GET", "/api/usage/export?format=csv")).rejects.toThrow(
      "The gateway doesn't answer",
    );
  });

  it("is a readable problem where the first page fails", async ({ expect }) => {
    const { status, headers, body } = await askWith(
      fakeGateway({ usageRows: fails }).bindings,
      owner.jwt,
      "GET",
      "/api/usage/export?format=csv",
    );
    expect([status, headers.get("content-type"), body.title]).toEqual([
      503,
      "application/problem+json",
      "The gateway doesn't answer",
    ]);
  });

  it("reads a page only when it is wanted", async ({ expect }) => {
    const { bindings, calls } = paged([1, 2, 3].map((day) => [row("gone123456", `2026-11-0${day}`)]));
    const request = new Request(`${ORIGIN}/api/usage/export?format=ndjson`, {
      headers: { authorization: `Bearer ${owner.jwt}` },
    });
    const admin = { ...env, ...bindings } as unknown as AdminEnv;
    const reader = (await makeApp().fetch(request, admin, createExecutionContext())).body?.getReader();
    expect(calls.length).toBe(1);
    await reader?.read();
    expect(calls.length).toBe(1);
    await reader?.read();
    expect(calls.length).toBe(2);
    await reader?.cancel();
    expect(calls.length).toBe(2);
  });

  it("answers HEAD with the same headers and no body, by the first page alone", async ({ expect }) => {
    const { bindings, calls } = paged([[row("gone123456", "2026-11-01")], []]);
    const { status, headers, text } = await askWith(
      bindings,
      owner.jwt,
      "HEAD",
      `/api/usage/export?format=csv&${RANGE}`,
    );
    expect([status, headers.get("content-type"), text, calls.length]).toEqual([
      200,
      "text/csv; charset=utf-8; header=present",
      "",
      1,
    ]);
  });

  for (const [query, field, message] of [
    ["", "format", "This field is missing."],
    ["format=xml", "format", "This has to be one of csv, ndjson."],
    ["format=csv&from=2020-01-01", "from", /^This range has \d+ days; it may have at most 400\.$/],
    ["format=csv&group=day", "group", "There is no such field; leave it out."],
  ] as const) {
    it(`refuses ?${query}`, async ({ expect }) => {
      const { status, body } = await askWith(fakeGateway({}).bindings, owner.jwt, "GET", `/api/usage/export?${query}`);
      const [error] = body.errors ?? [];
      expect([status, body.errors?.length, error?.field]).toEqual([400, 1, field]);
      expect(error?.message).toMatch(message);
    });
  }
});
