import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { tokenInput } from "../../../../admin/api/schemas.ts";
import { presetValues, refilled } from "../../../../admin/console/filling.ts";
import type { TokenValues } from "../../../../admin/console/forms.ts";
import { networkOf } from "../../../../admin/console/form-help.ts";
import { PRESET_NAMES, presetOf, presetPolicy, PRESETS } from "../../../../admin/console/presets.ts";
import { matchesGlob } from "../../../../shared/globs.ts";
import type { Provider } from "../../../../shared/providers.ts";
import { OPEN_POLICY } from "../../../../shared/policy.ts";
import { Owner } from "../../support/admin.ts";
import { Browser, type Fields, newToken, seen } from "./browser.ts";
import { policyFields } from "./policy-form.ts";

afterEach(() => reset());

const ZONE = "Europe/Berlin";
interface Prices {
  builtIn: { prices: { provider: Provider; model: string }[] };
}

describe("the presets", () => {
  for (const name of PRESET_NAMES) {
    it(`${name}: is valid for the API as it stands`, ({ expect }) => {
      const policy = presetPolicy(name, ZONE);
      const parsed = tokenInput.parse({ label: "x", providers: ["openai"], ...policy });
      expect(parsed.rules).toEqual(policy);
    });

    it(`${name}: makes what it says, with nothing but a label`, async ({ expect }) => {
      const browser = await Browser.signedIn();
      const page = await browser.get(`/tokens/new?preset=${name}`);
      expect(page.text).toMatch(new RegExp(`formaction="/tokens/new\\?preset=${name}"[^>]* aria-current="true"`));
      expect(page.text.match(/aria-current="true"/g)).toHaveLength(1);
      expect(page.text).toMatch(new RegExp(`id="expiry-${PRESETS[name].expiry}"[^>]* checked`));
      const zone = /name="timeZone"[^>]* value="([^"]*)"/.exec(page.text)?.[1] ?? "";
      const policy = presetPolicy(name, zone);
      const { id } = await browser.create("x", { ...policyFields(policy), expiry: PRESETS[name].expiry });
      expect(await (await Owner.signedIn()).token(id)).toMatchObject(policy);
    });
  }

  it("let each provider's cheap models through, and no dear one", async ({ expect }) => {
    const { builtIn } = (await (await Owner.signedIn()).send<Prices>("GET", "/api/prices")).body;
    const cheap = presetPolicy("class", ZONE).models;
    const open = builtIn.prices.filter(({ provider, model }) =>
      cheap?.[provider]?.some((glob) => matchesGlob(glob, model)),
    );
    for (const name of ["gpt-5.4-mini", "claude-haiku-4-5", "gemini-3.8-flash"]) {
      expect(open.map(({ model }) => model)).toContain(name);
    }
    expect(
      open.map(({ model }) => model).filter((model) => /opus|sonnet|gemini-.*-pro$|gpt-5(\.\d)?(-pro)?$/.test(model)),
    ).toEqual([]);
  });

  for (const name of ["", "nix", "constructor", "__proto__", null, undefined]) {
    it(`know nothing of ${name}`, ({ expect }) => expect(presetOf(name)).toBeNull());
  }
});

describe("another preset", () => {
  it("takes the place of the first where nothing was typed", ({ expect }) => {
    for (const from of PRESET_NAMES) {
      for (const to of PRESET_NAMES) {
        expect(refilled(presetValues(from, ZONE), to, ZONE)).toEqual({ values: presetValues(to, ZONE), kept: [] });
      }
    }
  });

  it("leaves what was typed, and names it", ({ expect }) => {
    const friend = presetValues("friend", ZONE);
    const budgets = [{ amount: "7", unit: "usd", per: "month", warnAt: "80" }];
    const entered: TokenValues = {
      ...friend,
      label: "Anna",
      note: "of the shop",
      ownSecret: true,
      expiry: "at",
      expiresAt: "2099-01-01T00:00",
      policy: { ...friend.policy, budgets, networks: ["203.0.113.7"] },
    };
    const { values, kept } = refilled(entered, "class", "America/New_York");
    expect(kept).toEqual(["Expires", "Networks", "Budgets"]);
    expect(values).toMatchObject({
      label: "Anna",
      note: "of the shop",
      ownSecret: true,
      preset: "class",
      expiry: "at",
    });
    expect(values.policy).toMatchObject({ budgets, networks: ["203.0.113.7"], timeZone: "America/New_York" });
    expect(values.policy.limits.concurrency).toBe("6");
    expect(values.policy.hours).toHaveLength(1);
  });

  it("takes hours away with their zone, whatever zone the script named", ({ expect }) => {
    const before = presetValues("class", "UTC");
    const entered = { ...before, policy: { ...before.policy, timeZone: ZONE } };
    expect(refilled(entered, "friend", "UTC").values.policy).toMatchObject({ hours: [], timeZone: "" });
    const typed = {
      ...entered,
      policy: { ...entered.policy, hours: before.policy.hours.map((row) => ({ ...row, to: "20:00" })) },
    };
    expect(refilled(typed, "friend", "UTC").values.policy).toMatchObject({ hours: [{ to: "20:00" }], timeZone: ZONE });
  });
});

const SENT: Fields = { preset: "friend", expiry: "1y", ...policyFields(presetPolicy("friend", ZONE)) };

describe("the form of a new token", () => {
  it("is filled for a friend where nothing is said, and follows the default policy where there is one", async ({
    expect,
  }) => {
    const browser = await Browser.signedIn();
    const owner = await Owner.signedIn();
    expect(seen(await browser.get("/tokens/new"))).toContain(
      "The holder may use every model of OpenAI, Anthropic and Google Gemini, up to $5 a month, until",
    );
    const { id } = await owner.policy("students", { countries: ["DE"] });
    await owner.send("PUT", "/api/policies/default", { id });
    const page = await browser.get("/tokens/new");
    expect(page.text).toMatch(new RegExp(`formaction="/tokens/new\\?policy=${id}"[^>]* aria-current="true"`));
    expect(page.text).toContain(`<option value="${id}" selected`);
    expect(seen(page)).toContain("only in Germany");
    expect(seen(page)).toContain("Models: what the policy says, of OpenAI, Anthropic and Google Gemini");
  });

  it("loses nothing when another preset is chosen without a script", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const entered = newToken("Anna", {
      ...SENT,
      note: "kept",
      networks: "203.0.113.7",
      secretKind: "own",
      secret: "typed-by-the-owner-1",
    });
    const page = await browser.post("/tokens/new?preset=agent", entered);
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/id="label"[^>]* value="Anna"/);
    expect(page.text).toContain(">kept</textarea>");
    expect(page.text).toContain(">203.0.113.7</textarea>");
    expect(page.text).toMatch(/id="rule-budget-0-amount"[^>]* value="10"/);
    expect(page.text).toMatch(/id="rule-queueSeconds"[^>]* value="30"/);
    expect(page.text).toMatch(/type="hidden" name="preset" value="agent"/);
    expect(seen(page)).toContain("As you had it: Networks. Start anew with this preset alone");
    expect(seen(page)).toContain("Type the token again: it isn't kept in the page.");
    expect(page.text).not.toContain("typed-by-the-owner-1");
  });

  it("follows a policy by its card, and takes its own rules again by another", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await (await Owner.signedIn()).policy("students", { countries: ["DE"] });
    const follows = await browser.post(`/tokens/new?policy=${id}`, newToken("Anna", SENT));
    expect(follows.text).toContain(`<option value="${id}" selected`);
    expect(seen(follows)).toContain("Anna may use every model of OpenAI, Anthropic and Google Gemini, only in Germany");
    const own = await browser.post("/tokens/new?preset=app", newToken("Anna", { ...SENT, follow: id }));
    expect(own.text).toContain('<option value="" selected');
    expect(own.text).toMatch(/id="rule-budget-0-amount"[^>]* value="50"/);
  });

  it("doesn't let Enter in a field choose a preset", async ({ expect }) => {
    const browser = await Browser.signedIn();
    for (const [path, action] of [
      ["/tokens/new", "/tokens"],
      ["/policies/new", "/policies"],
    ] as const) {
      const { text } = await browser.get(path);
      const form = text.slice(text.indexOf(`<form class="panel" method="post" action="${action}"`));
      expect(/<button[^>]*>/.exec(form)?.[0]).not.toContain("formaction");
    }
  });

  it("offers the owner's own network, once, and the models that have a price", async ({ expect }) => {
    const browser = await Browser.signedIn();
    browser.headers = { "cf-connecting-ip": "203.0.113.9" };
    const page = await browser.get("/tokens/new");
    expect(page.text).toMatch(/type="checkbox" id="own-network" name="networks" value="203.0.113.9"/);
    expect(page.text).toMatch(/<datalist id="known-anthropic">.*<option>claude-haiku-4-5<\/option>/);
    expect(page.text).toContain("<option>Germany</option>");
    const again = await browser.post("/tokens/preview", newToken("x", { networks: ["", "203.0.113.9"] }));
    expect(again.text).toContain(">203.0.113.9</textarea>");
    expect(again.text).not.toContain("own-network");
  });

  it("is there while the gateway is away", async ({ expect }) => {
    const browser = await Browser.signedIn();
    browser.bindings = { GATEWAY: undefined };
    const page = await browser.get("/tokens/new");
    expect(page.status).toBe(200);
    expect(page.text).toContain('<datalist id="known-openai"></datalist>');
  });
});

describe("the form of a new policy", () => {
  it("is open at first, and is filled by a preset that leaves what was typed", async ({ expect }) => {
    const browser = await Browser.signedIn();
    expect(seen(await browser.get("/policies/new"))).toContain("with no limit on what it costs");
    const open = { ...policyFields(OPEN_POLICY), preset: "open", name: "class of 2027", countries: ["France"] };
    const page = await browser.post("/policies/new?preset=class", open);
    expect(page.text).toMatch(/id="policy-name"[^>]* value="class of 2027"/);
    expect(seen(page)).toContain("only in France, up to $1 a week");
    expect(seen(page)).toContain("As you had it: Countries.");
    expect(page.text).not.toContain("/policies/new?policy=");
  });
});

describe("networkOf", () => {
  for (const [address, network] of [
    ["203.0.113.9", "203.0.113.9"],
    ["2001:db8:0:12::1", "2001:db8:0:12::/64"],
    ["::1", "0:0:0:0::/64"],
    ["unknown", null],
    ["", null],
  ] as const) {
    it(`${address} → ${network}`, ({ expect }) => expect(networkOf(address)).toBe(network));
  }
});
