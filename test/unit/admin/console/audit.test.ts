import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import { addAudit, NOBODY } from "../../../../admin/registry/audit.ts";
import type { AuditAction, AuditChanges } from "../../../../admin/registry/reports.ts";
import type { Actor } from "../../../../admin/registry/types.ts";
import { inRegistry } from "../../support/admin.ts";
import { Browser, seen } from "./browser.ts";

let browser: Browser;
beforeEach(async () => {
  browser = await Browser.signedIn();
});
afterEach(() => reset());

const ME: Actor = {
  session: "0a1b2c3d-1111-4222-8333-444455556666",
  address: "203.0.113.7",
  userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/156.0 Safari/537.36",
  country: "NZ",
};
const write = (actor: Actor, action: AuditAction, changes: AuditChanges = {}) =>
  inRegistry((_, { storage }) =>
    storage.transactionSync(() => addAudit(storage.sql, actor, action, null, changes, Date.now())),
  );

describe("a line of the audit log", () => {
  for (const [name, actor, action, words] of [
    [
      "the owner's",
      ME,
      "policy.create",
      "Session 0a1b2c3d What it did in session 0a1b2c3d 203.0.113.7, New Zealand Chrome on Linux",
    ],
    ["by Tor", { ...ME, country: "T1" }, "policy.create", "203.0.113.7, Tor Chrome on Linux"],
    ["of a program", { ...ME, userAgent: "curl/8", country: null }, "policy.create", "203.0.113.7 curl/8"],
    ["a holder's", { ...NOBODY, address: "holder" }, "token.revoked_by_holder", "– – The holder"],
    ["the registry's", NOBODY, "policy.reconcile", "after a rebuild – – The registry, by itself"],
    ["of nobody's", { ...ME, session: null }, "session.refused", "Refused a sign-in – – Nobody signed in 203.0.113.7"],
  ] as const) {
    it(`says who did it: ${name}`, async ({ expect }) => {
      await write(actor, action);
      const page = await browser.get("/audit");
      expect(seen(page)).toContain(words);
      expect(page.text).not.toContain(ME.session);
    });
  }

  it("says what a list won and lost, and folds what is long", async ({ expect }) => {
    await write(ME, "policy.update", {
      "models.openai": { before: ["gpt-5*", "gpt-4o"], after: ["gpt-5*", "o5", "o6"] },
      networks: { before: ["192.0.2.0/24"], after: null },
      providers: { before: ["openai"], after: ["gemini", "openai"] },
      countries: { before: ["DE", "FR"], after: ["FR", "DE"] },
      note: { before: "old", after: "x".repeat(300) },
      "<b>": { before: "<i>", after: null },
    });
    const page = await browser.get("/audit");
    const text = seen(page);
    expect(text).toContain("Models of OpenAI: added o5, o6; removed gpt-4o");
    expect(text).toContain("Networks: 192.0.2.0/24 → from everywhere");
    expect(text).toContain("Providers: added Google Gemini");
    expect(text).toContain("Countries: in the order FR, DE");
    expect(page.text).toMatch(/old →\s*<details class="folded"><summary>x{80} …<\/summary>/);
    expect(page.text).not.toMatch(/<b>|<i>/);
  });
});

describe("the page of the audit log", () => {
  it("is searched by a form, which keeps what was entered, also over pages and downloads", async ({ expect }) => {
    for (let index = 0; index < 52; index++)
      await write(ME, "policy.update", { note: { before: null, after: `n${index}` } });
    const today = new Date().toISOString().slice(0, 10);
    const path = `/audit?text=203.0.113&action=policy.update&from=${today}&to=${today}&token=&session=0a1b2c3d`;
    const page = await browser.get(path);
    expect(page.text.match(/<td data-title="When">/g)).toHaveLength(50);
    expect(page.text).toMatch(/value="203\.0\.113".*<option value="policy\.update" selected.*value="0a1b2c3d"/s);
    const link = (pattern: RegExp): string => pattern.exec(page.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    const next = await browser.get(link(/rel="next" href="([^"]*)"/));
    expect(next.text.match(/<td data-title="When">/g)).toHaveLength(2);
    const csv = await browser.get(link(/href="([^"]*format=csv[^"]*)"/));
    expect([csv.status, csv.text.split("\r\n").length]).toEqual([200, 54]);
  });

  it("says what is wrong at the field", async ({ expect }) => {
    const page = await browser.get("/audit?from=2027-02-01&to=2027-01-01&session=me");
    expect(page.status).toBe(422);
    expect(page.text).toContain('<a href="#session">Write the first 8 characters');
    expect(page.text).toMatch(/id="session"[^>]* aria-invalid="true"/);
    expect(seen(page)).not.toContain("Download what matches");
    expect((await browser.get("/audit?cursor=nix")).status).toBe(400);
  });

  it("goes on where a search looked at enough lines", async ({ expect }) => {
    await inRegistry((_, { storage }) =>
      storage.transactionSync(() => {
        for (let index = 0; index < 2_100; index++) {
          const line =
            "INSERT INTO audit (at, address, user_agent, action, changes) VALUES (?, '', '', 'token.update', '{}')";
          storage.sql.exec(line, Date.UTC(2030, 0, 1));
        }
      }),
    );
    const page = await browser.get("/audit?text=qz");
    expect(seen(page)).toContain(
      "This search looked back to 2030-01-01 00:00 UTC . Older lines come with the next page.",
    );
    const next = /rel="next" href="([^"]*)"/.exec(page.text)?.[1]?.replaceAll("&amp;", "&") ?? "";
    expect(seen(await browser.get(next))).toContain("Nothing in the log matches.");
  });
});
