import type { ProviderFacts } from "../../../../shared/control.ts";
import type { Provider } from "../../../../shared/providers.ts";
import { StatusPage } from "../../../../admin/console/pages/status.tsx";
import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { Owner } from "../../support/admin.ts";
import { keyOf, noProvider, withKeys } from "../../support/keys.ts";
import { Browser, seen } from "./browser.ts";

afterEach(() => reset());

describe("the list of tokens", () => {
  it("is empty at first, and says what to do", async ({ expect }) => {
    const page = await (await Browser.signedIn()).get("/tokens");
    expect(seen(page)).toContain("There are no tokens yet.");
    expect(page.text).toContain('<a href="/tokens" aria-current="page">');
  });

  it("can be searched and filtered", async ({ expect }) => {
    const browser = await Browser.signedIn();
    await browser.create("alice", { providers: ["openai"] });
    const { id } = await browser.create("bob", { providers: ["gemini"] });
    await browser.post(`/tokens/${id}/disable`);
    for (const [query, labels] of [
      ["", ["bob", "alice"]],
      ["?query=ALI&status=&provider=", ["alice"]],
      ["?query=&status=disabled&provider=", ["bob"]],
      ["?provider=openai", ["alice"]],
      [`?query=${id}`, ["bob"]],
      ["?query=carol", []],
    ] as const) {
      const page = await browser.get(`/tokens${query}`);
      expect([...page.text.matchAll(/<a class="label"[^>]*>([^<]*)</g)].map(([, label]) => label)).toEqual(labels);
    }
    const none = await browser.get("/tokens?query=carol&status=active");
    expect(seen(none)).toContain("No token matches.");
    expect(none.text).toMatch(/value="carol"/);
    expect(none.text).toMatch(/<option value="active" selected/);
  });

  it("has pages, and keeps the filter on the way", async ({ expect }) => {
    const owner = await Owner.signedIn();
    for (let index = 0; index < 51; index++) await owner.create(`token ${index}`);
    const browser = await Browser.signedIn();
    const first = await browser.get("/tokens?query=token");
    const next = /rel="next" href="([^"]*)"/.exec(first.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(next).toMatch(/^\/tokens\?query=token&cursor=t/);
    const second = await browser.get(next);
    expect(second.text.match(/class="label"/g)).toHaveLength(1);
    expect(second.text).not.toContain('rel="next"');
    expect(second.text).toContain('href="/tokens?query=token">First page');
  });

  for (const query of ["status=nix", "provider=nix", "cursor=nix", `query=${"x".repeat(201)}`]) {
    it(`says what is wrong with ${query.slice(0, 12)}`, async ({ expect }) => {
      const page = await (await Browser.signedIn()).get(`/tokens?${query}`);
      expect([page.status, seen(page).startsWith("The input isn't valid")]).toEqual([400, true]);
    });
  }
});

describe("the audit log", () => {
  it("says what was done, and can be filtered by token", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice", { expiry: "at", expiresAt: "2099-01-31T18:00" });
    const other = await browser.create("bob");
    await browser.post(`/tokens/${id}/disable`);
    const all = seen(await browser.get("/audit"));
    expect(all).toMatch(/Changed a token alice State: active → disabled .* Created a token bob .* Signed in/);
    expect(all).toContain("Expires: 2099-01-31 18:00 UTC");
    const page = await browser.get(`/audit?token=${id}`);
    expect(seen(page)).not.toContain("bob");
    expect(page.text).toContain(`value="${id}"`);
    expect(page.text).not.toContain(other.id);
    expect(seen(await browser.get("/audit?token=nix"))).toContain("Nothing in the log matches.");
  });

  it("has pages", async ({ expect }) => {
    const owner = await Owner.signedIn();
    for (let index = 0; index < 51; index++) await owner.create(`token ${index}`);
    const browser = await Browser.signedIn();
    const next = /rel="next" href="([^"]*)"/.exec((await browser.get("/audit")).text)?.[1] ?? "";
    expect(next).toMatch(/^\/audit\?cursor=a\d+$/);
    expect(seen(await browser.get(next))).toContain("Signed in");
    expect((await browser.get("/audit?cursor=nix")).status).toBe(400);
  });
});

describe("sessions", () => {
  it("are listed, and one can be ended", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const other = await Browser.signedIn();
    const page = await browser.get("/sessions");
    expect(page.text.match(/This one/g)).toHaveLength(1);
    const ends = [...page.text.matchAll(/action="(\/sessions\/[^"]*\/end)"/g)].map(([, path]) => path ?? "");
    expect(ends).toHaveLength(2);
    // Newest first: the other one.
    expect(seen(await browser.submit(ends[0] ?? ""))).toContain("The session has ended.");
    expect((await other.get("/tokens")).status).toBe(303);
    expect((await browser.post(ends[0] ?? "")).status).toBe(404);
    expect(seen(await browser.submit(ends[1] ?? ""))).toContain("You are signed out.");
  });

  it("can all be ended", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const other = await Browser.signedIn();
    expect(seen(await browser.submit("/sessions/end-all"))).toContain("All sessions have ended, this one too.");
    expect([browser.cookies.size, (await other.get("/tokens")).status]).toEqual([0, 303]);
  });
});

const NO_KEY = noProvider();

/** The page where the gateway says this of its providers. */
async function pageOf(providers: Record<Provider, ProviderFacts>): Promise<string> {
  const overview = {
    tokens: { active: 0, disabled: 0, expired: 0, deleted: 0 },
    pending: { gateway: 0, kv: 0, settings: 0 },
  };
  const gateway = { reachable: true, providers };
  const status = { ...overview, rebuild: null, version: "1.0.0", gateway, kv: { reachable: true } };
  return String(await StatusPage({ status, notice: null }));
}

describe("the status", () => {
  it("says what answers, and starts a rebuild", async ({ expect }) => {
    const browser = await Browser.signedIn();
    await browser.create("alice");
    const text = seen(await browser.get("/status"));
    expect(text).toContain("Gateway Answers KV Answers OpenAI Key is set Anthropic No key Google Gemini No key");
    expect(text).toContain("Active 1 Disabled 0 Expired 0 Deleted 0");
    const begun = seen(await browser.submit("/status/rebuild", { target: "registry" }));
    expect(begun).toContain("The rebuild has begun.");
    expect(begun).toContain("The last one Rebuild the registry from KV, begun");
    expect((await browser.post("/status/rebuild", { target: "nix" })).status).toBe(400);
  });

  const good = keyOf("0a1b2c3d");

  it("says which keys a provider doesn't accept any more, by their place", async ({ expect }) => {
    const rejectedAt = Date.UTC(2026, 10, 22, 8, 30);
    const bad = keyOf("4e5f6a7b", { rejectedAt });
    const text = await pageOf({
      openai: withKeys(bad),
      anthropic: withKeys(good, { ...bad, place: 2 }, good),
      gemini: withKeys(bad, bad),
    });
    expect(text).toContain("Key rejected");
    expect(text).toContain('<time datetime="2026-11-22T08:30:00.000Z" title="2026-11-22T08:30:00.000Z">');
    expect(text).toContain("3 keys, 1 rejected");
    expect(text).toMatch(/number 2 in the gateway(?:'|&#39;)s secret/);
    expect(text).toContain("All 2 keys rejected");
    expect(text).not.toMatch(/0a1b2c3d|4e5f6a7b/);
  });

  it("says how many keys are set", async ({ expect }) => {
    const openai = withKeys(good, good, good);
    expect(await pageOf({ openai, anthropic: NO_KEY, gemini: NO_KEY })).toContain("3 keys are set");
  });
});
