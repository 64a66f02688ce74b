import { reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, it } from "vitest";
import { PRICES_KEY } from "../../../../shared/prices.ts";
import { breakDelivery, Owner } from "../../support/admin.ts";
import { Browser, type Fields, seen } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await Browser.signedIn();
});
afterEach(() => reset());

const form = (model: string, more: Fields = {}): Fields => ({
  provider: "openai",
  model,
  input: "1.25",
  output: "10",
  cacheRead: "",
  usdPerRequest: "",
  ...more,
});
const ownModels = async () =>
  [...(await browser.get("/prices")).text.matchAll(/<a class="label"[^>]*>([^<]*)</g)].map(([, model]) => model);
const inKv = async () => (await env.TOKENS.get<{ prices: unknown[] }>(PRICES_KEY, "json"))?.prices;

describe("the page of prices", () => {
  it("shows the built-in ones with their day, and that there are none of the owner's", async ({ expect }) => {
    const page = await browser.get("/prices");
    expect(page.text).toContain('<a href="/prices" aria-current="page">');
    expect(page.text).toMatch(/As of <time datetime="\d{4}-\d{2}-\d{2}">/);
    const text = seen(page);
    expect(text).toContain("from @pydantic/genai-prices");
    expect(text).toContain(
      "gemini-2.5-pro Google Gemini Input 1.25, Read from a cache 0.125, Output 10 Input above 200000 tokens:",
    );
    expect(text).toContain("whisper-1 OpenAI Minute of audio 0.006");
    expect(text).toContain("There are none yet.");
  });

  it("is light, all models on it", async ({ expect }) => {
    const { text } = await browser.get("/prices");
    const packed = new Response(text).body?.pipeThrough(new CompressionStream("gzip"));
    const { byteLength } = await new Response(packed ?? null).arrayBuffer();
    expect(byteLength).toBeGreaterThan(1_000);
    expect(byteLength).toBeLessThan(15_000);
  });

  it("shows the owner's price beside the built-in one that it counts instead of, and the reverse", async ({
    expect,
  }) => {
    await browser.submit("/prices", form("gpt-4o*", { input: "7" }));
    await browser.submit("/prices", form("gpt-4o", { input: "8" }));
    const page = await browser.get("/prices?query=GPT-4O&provider=openai");
    const text = seen(page);
    expect(text).toMatch(/gpt-4o OpenAI Input 8, Output 10 Input 2\.5,/);
    expect(text).toMatch(/gpt-4o\* OpenAI Input 7, Output 10 – Move up/);
    expect(text).toMatch(
      /gpt-4o-mini OpenAI Input 0\.15, [^–]*? Input 7, Output 10 Counts instead, by gpt-4o\* for gpt-4o-mini/,
    );
    expect(text).toMatch(/\d+ of \d{2,3} models/);
    expect(page.text).toMatch(/<option value="openai" selected/);
    expect(seen(await browser.get("/prices?query=gpt-4o&provider=gemini"))).toContain("No model matches.");
  });

  it("can be searched", async ({ expect }) => {
    const text = seen(await browser.get("/prices?query=Haiku-4"));
    expect(text).toContain("claude-haiku-4-5");
    expect(text).not.toContain("gpt-5");
    const none = await browser.get("/prices?query=nobody-knows");
    expect(seen(none)).toContain("No model matches.");
    expect(none.text).toContain('value="nobody-knows"');
  });
});

describe("a price of the owner's", () => {
  it("can be added, changed and removed, without scripts", async ({ expect }) => {
    const added = seen(await browser.submit("/prices", form("gpt-live-1", { usdPerRequest: "0.5" })));
    expect(added).toContain("The prices are saved.");
    expect(added).toContain("gpt-live-1 OpenAI Input 1.25, Output 10 Request 0.5");
    expect(await inKv()).toMatchObject([{ model: "gpt-live-1", usdPerMillion: { input: 1.25, output: 10 } }]);

    const edit = await browser.get("/prices/edit?provider=openai&model=gpt-live-1");
    expect(edit.text).toContain('value="1.25"');
    const old = { oldProvider: "openai", oldModel: "gpt-live-1" };
    await browser.submit("/prices", form("gpt-live-*", { ...old, input: "2", outputAudio: ".5" }));
    expect(await inKv()).toMatchObject([
      { model: "gpt-live-*", usdPerMillion: { input: 2, output: 10, outputAudio: 0.5 } },
    ]);

    await browser.submit("/prices/remove", { provider: "openai", model: "gpt-live-*" });
    expect(await inKv()).toEqual([]);
    expect(seen(await browser.get("/audit"))).toMatch(/Changed prices .*openai gpt-live-\*: input 2/);
  });

  it("can begin with the built-in one, and says what its longer inputs cost", async ({ expect }) => {
    const page = await browser.get("/prices/new?provider=gemini&model=gemini-2.5-pro");
    expect(page.text).toContain('value="0.125"');
    expect(page.text).toMatch(/<option value="gemini" selected/);
    expect(seen(page)).toContain("higher for inputs above 200000 tokens");
  });

  it("can be moved up, so that it counts before a glob", async ({ expect }) => {
    for (const model of ["gpt-*", "gpt-5"]) await browser.submit("/prices", form(model));
    expect(await ownModels()).toEqual(["gpt-*", "gpt-5"]);
    await browser.submit("/prices/up", { provider: "openai", model: "gpt-5" });
    expect(await ownModels()).toEqual(["gpt-5", "gpt-*"]);
    await browser.submit("/prices/up", { provider: "openai", model: "gpt-5" });
    expect(await ownModels()).toEqual(["gpt-5", "gpt-*"]);
  });

  it("says what is wrong at each field, and keeps what was entered", async ({ expect }) => {
    const page = await browser.post("/prices", form("gpt live", { input: "1,25", output: "", contextTokens: "0" }));
    expect(page.status).toBe(422);
    for (const [field, message] of [
      ["model", "A model's name has no spaces, and no characters beyond ASCII."],
      ["input", "This has to be an amount of US dollars, like 1.25."],
      ["output", "This field is missing."],
      ["contextTokens", "This has to be 1 or more."],
    ]) {
      expect(page.text.replaceAll("&#39;", "'")).toContain(`<a href="#price-${field}">${message}</a>`);
      expect(page.text).toContain(`id="price-${field}-error"`);
    }
    expect(page.text).toContain('value="1,25"');
    expect(page.text).toContain('value="gpt live"');
    expect(await inKv()).toBeUndefined();
  });

  it("can't be there twice", async ({ expect }) => {
    await browser.submit("/prices", form("gpt-5"));
    const page = await browser.post("/prices", form("GPT-5"));
    expect([page.status, seen(page).includes("You have a price for this model already.")]).toEqual([409, true]);
    await browser.submit("/prices", form("gpt-6"));
    const renamed = await browser.post("/prices", form("gpt-5", { oldProvider: "openai", oldModel: "gpt-6" }));
    expect(renamed.status).toBe(409);
    expect(await ownModels()).toEqual(["gpt-5", "gpt-6"]);
  });

  it("that is gone is said so", async ({ expect }) => {
    for (const answer of [
      await browser.get("/prices/edit?provider=openai&model=nix"),
      await browser.get("/prices/edit"),
      await browser.post("/prices/remove", { provider: "openai", model: "nix" }),
      await browser.post("/prices/up", {}),
      await browser.post("/prices", form("gpt-5", { oldProvider: "openai", oldModel: "nix" })),
    ]) {
      expect([answer.status, seen(answer).includes("There is no such price of yours any more.")]).toEqual([404, true]);
    }
  });

  it("is no more than one of 250", async ({ expect }) => {
    const owner = await Owner.signedIn();
    const prices = Array.from({ length: 250 }, (_, index) => ({
      provider: "openai",
      model: `m${index}`,
      usdPerMillion: { input: 1, output: 1 },
    }));
    expect((await owner.send("PUT", "/api/prices", { prices })).status).toBe(200);
    const page = await browser.post("/prices", form("one-more"));
    expect([page.status, seen(page).includes("You have 250 prices already.")]).toEqual([409, true]);
  });

  it("that KV hasn't taken yet is shown as not published", async ({ expect }) => {
    await breakDelivery({ put: () => Promise.reject(new Error("KV is down")) });
    const text = seen(await browser.submit("/prices", form("gpt-5")));
    expect(text).toContain("The prices are saved, but KV hasn't taken them yet.");
    expect(text).toContain("Not published yet");
    expect(seen(await browser.get("/status"))).toContain("Settings not yet stored in KV 1");
  });
});
