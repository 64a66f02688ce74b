import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it, vi } from "vitest";
import type { Bindings } from "../../../../gateway/bindings.ts";
import { forgetAll } from "../../../../gateway/lookup.ts";
import { Html, html } from "../../../../gateway/reserved/html.ts";
import { forgetFacts } from "../../../../gateway/reserved/told.ts";
import { ask, makeToken, publish, type TestToken } from "../../support/gateway.ts";
import { bindingsWith, submit, toldGuard, type ToldGuard, usedRow, visit } from "../../support/holders.ts";

const HOSTILE = `"><script>alert('x')</script>&<img src=x onerror=alert(1)>`;

let token: TestToken;
let guard: ToldGuard;
let bindings: Bindings;

async function issued(change: Partial<TestToken["record"]>): Promise<void> {
  token = await makeToken(change);
  await publish(token);
  guard = toldGuard(token.record);
  bindings = bindingsWith(guard);
}

beforeEach(async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  await issued({ holderMay: ["rotate", "revoke"] });
});

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  forgetFacts();
  await reset();
});

/** What a reader sees. */
const seen = (page: string): string =>
  page
    .replaceAll(/<[^>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();

const INSIDE = { "sec-fetch-site": "same-origin", "cf-connecting-ip": "203.0.113.7" };
const show = async (): Promise<string> => (await submit(bindings, "/-/", { token: token.secret }, INSIDE)).text();

describe("markup", () => {
  it("escapes every value, in text and in attributes, and leaves its own pieces", ({ expect }) => {
    const piece = html`<b title="${HOSTILE}">${HOSTILE}</b>`;
    expect(piece).toBeInstanceOf(Html);
    const safe = "&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&lt;img src=x onerror=alert(1)&gt;";
    expect(html`<p>${piece}${["<", html`<i></i>`]}${null}${3}</p>`.text).toBe(
      `<p><b title="${safe}">${safe}</b>&lt;<i></i>3</p>`,
    );
  });
});

describe("the holders' page", () => {
  it("asks for the token, and is safe by its headers", async ({ expect }) => {
    const response = await ask("/-/");
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
    });
    const page = await response.text();
    expect(page).toContain('<form method="post" action="/-/">');
    expect(page).toMatch(/<input\s+type="password"\s+name="token"\s+required\s+autocomplete="off"/);
    expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+=/);
  });

  it("has its style in a file of its own", async ({ expect }) => {
    const response = await ask("/-/style.css");
    expect(response.headers.get("content-type")).toBe("text/css; charset=utf-8");
    const css = await response.text();
    expect(css).toContain("light-dark(");
    expect(css).not.toMatch(/url\(|@import/);
  });

  it("says what the typed token may do, has used and has left, and never repeats it", async ({ expect }) => {
    const resetsAt = Date.UTC(2026, 11, 1);
    await issued({
      providers: ["openai", "anthropic"],
      models: { openai: ["gpt-*", "o?-mini"] },
      networks: ["203.0.113.0/24"],
      activeHours: {
        timeZone: "Europe/Berlin",
        windows: [{ days: ["mon", "tue"], from: "08:00", to: "16:00" }],
      },
    });
    guard.standing = {
      requestsPerMinute: { limit: 10, left: 3, resetsAt },
      tokensPerMinute: null,
      concurrency: { limit: 2, running: 1, waiting: 0 },
      budgets: [
        { unit: "usd", per: "month", limit: 5e6, used: 1.25e6, reserved: 1e5, left: 3.65e6, resetsAt, warnAt: null },
      ],
    };
    guard.rows = [usedRow({ key: "gpt-5.5", requests: 1_234, micros: 1.25e6 })];
    const page = await show();
    const text = seen(page);
    for (const part of [
      `Token ${token.record.id}`,
      "OpenAI gpt-*, o?-mini Anthropic all models",
      "Everything that the provider has",
      "Mon, Tue 08:00–16:00 (Europe/Berlin)",
      "From some networks only",
      "Requests a minute 3 10 7 Tue, 01 Dec 2026 00:00:00 GMT",
      "Dollars a month $3.65 $5.00 $1.35 Tue, 01 Dec 2026 00:00:00 GMT",
      "Requests at the same time: 2; running now: 1.",
      "gpt-5.5 1,234 0 0 $1.25",
      "All 1,234 0 0 $1.25",
      "OPENAI_BASE_URL=https://gateway.example/v1 OPENAI_API_KEY=your-token",
      "ANTHROPIC_BASE_URL=https://gateway.example ANTHROPIC_API_KEY=your-token",
    ])
      expect(text).toContain(part);
    expect(text).not.toContain("GOOGLE_GEMINI_BASE_URL");
    expect(page).not.toContain(token.secret);
    expect(page).not.toContain("/-/me/rotate");
    expect(new TextEncoder().encode(page).length).toBeLessThan(10_240);
  });

  it("escapes whatever a name, a model or an address holds", async ({ expect }) => {
    await issued({ models: { openai: [HOSTILE] }, label: HOSTILE });
    guard.rows = [usedRow({ key: HOSTILE })];
    const page = await show();
    expect(page).not.toMatch(/<script|<img/);
    expect(page).toContain("&lt;script&gt;");
  });

  it("offers to rotate and to revoke where the owner allows it, and asks for the token again", async ({ expect }) => {
    const page = await show();
    expect(page).toContain('action="/-/me/rotate"');
    expect(page).toContain('action="/-/me/revoke"');
    expect(seen(page).match(/Type your token again to confirm/g)).toHaveLength(2);
    await issued({ holderMay: ["revoke"] });
    const other = await show();
    expect(other).not.toContain('action="/-/me/rotate"');
    expect(other).toContain('action="/-/me/revoke"');
  });

  it("shows a new secret once, and what became of the old one", async ({ expect }) => {
    guard.answer = (act) => {
      const hash = act.action === "rotate" ? act.hash : "";
      return { ok: true, record: { ...token.record, version: 2, secrets: [{ hash, typed: false, endsAt: null }] } };
    };
    const response = await submit(bindings, "/-/me/rotate", { token: token.secret, graceSeconds: "0" });
    const page = await response.text();
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(page).toMatch(new RegExp(`<code>dg_${token.record.id}\\w{38}</code>`));
    expect(seen(page)).toContain("The old one has ended.");
    expect(page).not.toContain(token.secret);
  });

  it("says that a token is revoked", async ({ expect }) => {
    guard.answer = () => ({ ok: true, record: { ...token.record, version: 2, state: "deleted" } });
    const response = await submit(bindings, "/-/me/revoke", { token: ` ${token.secret}\n` });
    expect(seen(await response.text())).toContain("It is revoked. Nothing can use it any more.");
  });

  for (const [name, fields, status, message] of [
    ["no token", {}, 401, "No token was sent."],
    ["no token's shape", { token: HOSTILE }, 401, "This token is not valid here."],
    ["an unknown token", { token: "a-token-that-nobody-made" }, 401, "This token is not valid here."],
    ["too much", { token: "x".repeat(5_000) }, 400, "The body may have 4096 bytes at most."],
  ] as const) {
    it(`says what is wrong: ${name}`, async ({ expect }) => {
      const response = await submit(bindings, "/-/", fields);
      expect(response.status).toBe(status);
      const page = await response.text();
      expect(seen(page)).toContain(message);
      expect(page).toContain('<form method="post" action="/-/">');
      expect(page).not.toContain("<script");
    });
  }

  it("works for browsers that name no site", async ({ expect }) => {
    expect((await submit(bindings, "/-/", { token: token.secret }, {})).status).toBe(200);
  });

  it("takes no token from its address", async ({ expect }) => {
    const page = await (await visit(bindings, `/-/?token=${token.secret}&key=${token.secret}`)).text();
    expect(page).not.toContain(token.secret);
    expect(seen(page)).toContain("Show what it may do");
    expect(guard.asked).toEqual([]);
  });
});
