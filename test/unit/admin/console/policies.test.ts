import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { breakDelivery, Owner, withSql } from "../../support/admin.ts";
import { Browser, type Fields, newToken, seen } from "./browser.ts";
import { policyFields } from "./policy-form.ts";

afterEach(() => reset());

const RULES: Fields = { ...policyFields(), countries: "DE", requestsPerMinute: "60" };

/** The size of a text on its way to a browser. */
const zipped = async (text: string): Promise<number> => {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return (await new Response(stream).arrayBuffer()).byteLength;
};

/** Creates a policy by the form; returns its id. */
async function create(browser: Browser, name: string, more: Fields = {}): Promise<string> {
  const answer = await browser.post("/policies", { ...RULES, name, ...more });
  const id = /^\/policies\/([0-9A-Za-z]{10})\?done=policy-saved$/.exec(answer.headers.get("location") ?? "")?.[1];
  if (id === undefined) throw new Error(`No policy was created: ${answer.status}`);
  return id;
}

describe("the policies' pages", () => {
  it("are empty at first, and list what was made", async ({ expect }) => {
    const browser = await Browser.signedIn();
    expect(seen(await browser.get("/policies"))).toContain("There are no policies yet.");
    await create(browser, "students");
    const page = seen(await browser.get("/policies"));
    expect(page).toContain(
      "students No token The holder may use every model of OpenAI, Anthropic and Google Gemini, only in Germany, with no limit",
    );
    expect(page).toContain("No more than 60 requests a minute.");
  });

  it("edit a policy and all tokens that follow it", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const owner = await Owner.signedIn();
    const id = await create(browser, "students");
    const { token } = await owner.create("alice", { policy: id });
    const page = await browser.submit(`/policies/${id}`, {
      ...RULES,
      name: "class of 2027",
      countries: ["DE", "France"],
    });
    expect(seen(page)).toContain("The policy is saved, and with it every token that follows it.");
    expect(page.text).toContain(`<a href="/tokens?policy=${id}">1 token<`);
    // The policy that was made, a token, and both once more.
    expect(seen(page)).toContain(
      "1 token changes with it, at once. It takes 2 writes to KV; 4 were made today (UTC), and the free plan has 1,000 a day.",
    );
    expect(await owner.token(token.id)).toMatchObject({
      policy: { id, name: "class of 2027" },
      countries: ["DE", "FR"],
      limits: { requestsPerMinute: 60 },
    });
  });

  it("say how many tokens don't have the newest rules yet", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const id = await create(browser, "students");
    await (await Owner.signedIn()).create("alice", { policy: id });
    await breakDelivery({ apply: () => Promise.reject(new Error("it is down")) });
    const page = await browser.submit(`/policies/${id}`, { ...RULES, name: "students", countries: "FR" });
    expect(seen(page)).toContain("Of 1 token, 1 may not have the newest rules yet.");
  });

  it("make a policy the default, and take that back", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const id = await create(browser, "students");
    expect(seen(await browser.submit(`/policies/${id}/default`))).toContain("New tokens follow this policy");
    expect(seen(await browser.get("/policies"))).toContain("Default of new tokens");
    expect((await browser.get("/tokens/new")).text).toContain(`<option value="${id}" selected`);
    expect(seen(await browser.submit(`/policies/${id}/no-default`))).toContain("New tokens follow no policy");
    expect((await browser.get("/tokens/new")).text).toContain('<option value="" selected');
  });

  it("begin a new one with the rules of another", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const id = await create(browser, "students");
    const page = await browser.get(
      (await browser.get(`/policies/${id}`)).text.match(/href="(\/policies\/new[^"]*)"/)?.[1] ?? "",
    );
    expect(page.text).toMatch(/id="policy-name"[^>]* value="Copy of students"/);
    expect(page.text).toContain('name="countries" type="text" value="Germany"');
    expect(page.text).toContain('action="/policies"');
    expect((await browser.get("/policies/new?like=nix")).status).toBe(404);
  });

  it("say that KV takes no more today on the free plan", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const id = await create(browser, "students");
    await withSql((sql) => void sql.exec("UPDATE kv_calls SET writes = 1000"));
    expect(seen(await browser.get(`/policies/${id}/delete`))).toContain(
      "No token changes. It takes 1 write to KV; 1,000 were made today (UTC), and the free plan has 1,000 a day. On the free plan KV takes the rest tomorrow.",
    );
  });

  it("ask before they delete, and leave the tokens their rules", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const owner = await Owner.signedIn();
    const id = await create(browser, "students");
    const { token } = await owner.create("alice", { policy: id });
    const question = seen(await browser.get(`/policies/${id}/delete`));
    expect(question).toContain("1 token follows it. What follows it goes on working, and keeps its rules as its own.");
    expect(seen(await browser.submit(`/policies/${id}/delete`))).toContain("The policy is deleted.");
    expect(await owner.token(token.id)).toMatchObject({ policy: null, countries: ["DE"] });
    expect((await browser.get(`/policies/${id}`)).status).toBe(404);
  });

  for (const [name, more, status, id, message] of [
    ["no name", { name: " " }, 422, "policy-name", "A name can't be empty."],
    ["a taken name", { name: "taken" }, 409, "policy-name", "Another policy has this name."],
    ["a wrong rule", { name: "x", networks: "home" }, 422, "rule-networks", "“home”: Write a network as"],
  ] as const) {
    it(`refuse ${name} at the field, in a new one and in an edit`, async ({ expect }) => {
      const browser = await Browser.signedIn();
      await create(browser, "taken");
      const other = await create(browser, "other");
      for (const path of ["/policies", `/policies/${other}`]) {
        const answer = await browser.post(path, { ...RULES, ...more });
        expect(answer.status).toBe(status);
        expect(answer.text).toMatch(
          new RegExp(`role="alert".*<a href="#${id}">[^<]*${message.replaceAll("'", "&#39;")}`),
        );
        expect(answer.text).toMatch(new RegExp(`id="${id}"[^>]* aria-invalid="true"`));
        expect(answer.text).toContain('value="60"');
      }
    });
  }
});

describe("a token's forms", () => {
  it("let a new token follow a policy, whatever stands in its rules", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const follow = await create(browser, "students");
    const { id } = await browser.create("alice", { follow, countries: "FR" });
    expect(await (await Owner.signedIn()).token(id)).toMatchObject({ policy: { id: follow }, countries: ["DE"] });
    expect(seen(await browser.get(`/tokens/${id}`))).toContain("It follows students , and changes with it.");
  });

  it("let a token leave its policy with other rules, and follow it again", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const owner = await Owner.signedIn();
    const follow = await create(browser, "students");
    const { id } = await browser.create("alice", { follow });
    expect((await browser.get(`/tokens/${id}/edit`)).text).toContain(`<option value="${follow}" selected`);
    await browser.submit(`/tokens/${id}/edit`, newToken("alice", { ...RULES, follow: "", countries: "FR" }));
    expect(await owner.token(id)).toMatchObject({ policy: null, countries: ["FR"], limits: { requestsPerMinute: 60 } });
    await browser.submit(`/tokens/${id}/edit`, newToken("alice", { follow }));
    expect(await owner.token(id)).toMatchObject({ policy: { id: follow }, countries: ["DE"] });
  });

  it("refuse a policy that went away, at the field", async ({ expect }) => {
    const browser = await Browser.signedIn();
    await create(browser, "students");
    const answer = await browser.post("/tokens", newToken("alice", { follow: "nix" }));
    expect(answer.status).toBe(409);
    expect(answer.text).toMatch(/role="alert".*<a href="#rule-policy">There is no policy of that id\./);
  });

  it("hold the page light", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice");
    for (const path of [`/tokens/${id}`, `/tokens/${id}/edit`]) {
      const page = await browser.get(path);
      const assets = [...page.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, asset = ""]) => asset);
      let bytes = await zipped(page.text);
      for (const asset of assets) bytes += await zipped((await browser.get(asset)).text);
      expect(assets.length).toBeGreaterThan(1);
      expect(bytes).toBeLessThan(30 * 1024);
    }
  });
});
