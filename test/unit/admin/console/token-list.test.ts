import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import enhance from "../../../../admin/console/built/enhance.txt";
import style from "../../../../admin/console/built/style.txt";
import { findToken, saveToken } from "../../../../admin/registry/tokens.ts";
import { breakDelivery, inRegistry, Owner } from "../../support/admin.ts";
import { Uses } from "../registry/uses.ts";
import { Browser, seen } from "./browser.ts";

let owner: Owner;
let browser: Browser;
beforeEach(async () => {
  owner = await Owner.signedIn();
  browser = await Browser.signedIn();
});
afterEach(() => reset());

const DAY = 86_400_000;
const labels = (text: string): string[] =>
  [...text.matchAll(/<a class="label"[^>]*>([^<]*)</g)].map(([, label]) => label ?? "");
const headings = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/<th scope="col"(?: aria-sort="(\w+)")?><a class="sort" href="([^"]*)">([^<]*)</g)].map(
      ([, sorted, href, title]) => [title, [sorted ?? null, href?.replaceAll("&amp;", "&")]],
    ),
  );
const linkTo = (text: string, rel: string): string =>
  new RegExp(`rel="${rel}" href="([^"]*)"`).exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "";

async function weightOf(text: string): Promise<number> {
  const packed = new Response(text).body?.pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).arrayBuffer()).byteLength;
}

describe("the list of tokens", () => {
  it("has headings that sort, say how it is sorted, turn it round and keep the filter", async ({ expect }) => {
    for (const label of ["b", "a", "c"]) await owner.create(label);
    const plain = await browser.get("/tokens?provider=openai");
    expect(headings(plain.text)).toEqual({
      Token: [null, "/tokens?provider=openai&sort=label"],
      Status: [null, "/tokens?provider=openai&sort=status"],
      Spend: [null, "/tokens?provider=openai&sort=-share"],
      "Last used": [null, "/tokens?provider=openai&sort=-used"],
      Expires: [null, "/tokens?provider=openai&sort=expires"],
      Created: ["descending", "/tokens?provider=openai&sort=created"],
    });
    const sorted = await browser.get("/tokens?sort=label");
    expect(labels(sorted.text)).toEqual(["a", "b", "c"]);
    expect(headings(sorted.text)["Token"]).toEqual(["ascending", "/tokens?sort=-label"]);
    expect(labels((await browser.get("/tokens?sort=-label")).text)).toEqual(["c", "b", "a"]);
    expect((await browser.get("/tokens?sort=odd")).status).toBe(400);
  });

  it("goes forwards and back, with the number of all that match", { timeout: 60_000 }, async ({ expect }) => {
    for (let index = 0; index < 51; index++) await owner.create(`token ${index}`);
    const first = await browser.get("/tokens?query=token&sort=label");
    expect(seen(first)).toContain("51 tokens");
    expect(first.text).not.toContain('rel="prev"');
    const second = await browser.get(linkTo(first.text, "next"));
    expect(labels(second.text)).toEqual(["token 50"]);
    expect(seen(second)).toContain("51 tokens");
    const back = await browser.get(linkTo(second.text, "prev"));
    expect(labels(back.text)).toEqual(labels(first.text));
    expect(back.text).not.toContain('rel="prev"');
    expect(back.text).toContain("All 51 that match, not only those on this page");
  });

  it("says where there may be more than were counted", { timeout: 60_000 }, async ({ expect }) => {
    const { token } = await owner.create("class of none");
    await inRegistry((_, { storage }) =>
      storage.transactionSync(() => {
        const record = findToken(storage.sql, token.id);
        if (record === null) throw new Error("The token isn't there.");
        for (let index = 0; index < 1_001; index++) {
          saveToken(storage.sql, {
            ...record,
            id: `x${String(index).padStart(9, "0")}`,
            label: `class ${index}`,
            secrets: [],
          });
        }
      }),
    );
    const found = await browser.get("/tokens?query=class");
    expect(seen(found)).toContain("1,001 tokens or more");
    expect(found.text).toContain("All 1,001 or more that match, not only those on this page");
    const all = await browser.get("/tokens");
    expect(seen(all)).toContain("1,002 tokens");
    expect(seen(all)).not.toContain("or more");
    const confirm = await browser.get("/tokens/bulk?query=class&all=yes&action=disable");
    expect(seen(confirm)).toContain("1,002 tokens");
    const { body } = await owner.send<{ total: number; totalIsExact: boolean }>("GET", "/api/tokens?query=class");
    expect(body).toMatchObject({ total: 1_001, totalIsExact: false });
  });

  it("shows spend beside the fullest budget, last use, and what ends soon", async ({ expect }) => {
    const uses = await Uses.install();
    const limits = { budgets: [{ usd: 5, per: "month" }] };
    const { token: alice } = await owner.create("alice", {
      limits,
      expiresAt: new Date(Date.now() + 3.5 * DAY).toISOString(),
    });
    const { token: bob } = await owner.create("bob", { limits });
    const { token: carol } = await owner.create("carol");
    await owner.create("dave");
    const used = (micros: number) => [
      { unit: "usd" as const, per: "month" as const, used: micros, resetsAt: Date.now() + DAY },
    ];
    uses.use(alice.id, Date.now() - 3 * 3_600_000 - 1, 3_200_000, used(3_200_000));
    uses.use(bob.id, Date.now(), 4_600_000, used(4_600_000));
    uses.use(carol.id, Date.now(), 1_500_000);
    const page = await browser.get("/tokens?sort=label");
    const [one, two, three, four] = page.text
      .split("<tr>")
      .slice(2)
      .map((text) => seen({ ...page, text }));
    expect(one).toMatch(/alice .* OpenAI Active .*\$3\.20 of \$5\.00 a month 3 hours ago in 3 days just now/);
    expect(two).toContain("$4.60 of $5.00 a month 92 % used just now Never");
    expect(three).toContain("$1.50 in all just now Never");
    expect(four).toContain("– Never Never");
    expect(page.text.match(/badge soon/g)).toHaveLength(1);
    expect(page.text.match(/class="spend nearly"/g)).toHaveLength(1);
    expect(page.text).toMatch(/<time datetime="[^"]+" title="\d{4}-\d\d-\d\d \d\d:\d\d UTC" data-words="">3 hours ago/);
  });

  it("works where the gateway is away, and says what isn't known", async ({ expect }) => {
    await breakDelivery({ useChanges: () => Promise.reject(new Error("it is down")) });
    await owner.create("alice", { limits: { budgets: [{ tokens: 1200, per: "day" }] } });
    const page = await browser.get("/tokens");
    expect(page.status).toBe(200);
    expect(seen(page)).toContain("The gateway doesn't answer. Spend and last use aren't known yet.");
    expect(seen(page)).toContain("Active Not known of 1,200 tokens a day Not known Never");
  });

  it("filters by policy, and offers that only where there are some", async ({ expect }) => {
    expect((await browser.get("/tokens")).text).not.toContain('name="policy"');
    const policy = await owner.policy("students");
    await owner.create("alice", { policy: policy.id });
    await owner.create("bob");
    const page = await browser.get(`/tokens?policy=${policy.id}`);
    expect(labels(page.text)).toEqual(["alice"]);
    expect(page.text).toContain(`<option value="${policy.id}" selected`);
    expect(labels((await browser.get("/tokens?policy=none")).text)).toEqual(["bob"]);
  });

  it("takes the bulk action's fields along without a script: checkboxes of a form that holds the filter", async ({
    expect,
  }) => {
    const { token } = await owner.create("alice");
    const { text } = await browser.get("/tokens?query=ali&status=active");
    expect(text).toContain(
      `<input type="checkbox" form="bulk" name="id" value="${token.id}" aria-label="Select alice"/>`,
    );
    const form = /<form id="bulk".*?<\/form>/s.exec(text)?.[0] ?? "";
    expect(form).toContain('method="get" action="/tokens/bulk"');
    expect(form).toContain('<input type="hidden" name="query" value="ali"/>');
    expect(form).toContain('<input type="hidden" name="status" value="active"/>');
  });

  it("weighs at most 30 KB with fifty tokens, its style and its script", { timeout: 60_000 }, async ({ expect }) => {
    for (let index = 0; index < 50; index++) await owner.create(`Somebody's token, number ${index}`);
    const { text } = await browser.get("/tokens");
    const weights = await Promise.all([text, style, enhance].map(weightOf));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeLessThan(30 * 1024);
  });
});
