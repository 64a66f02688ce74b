import { describe, it } from "vitest";
import { readSignInSettings } from "../../../../admin/auth/settings.ts";
import { sendWith } from "../../support/admin.ts";

const AUD = "0123456789abcdef".repeat(4);
const TEAM = "https://team.cloudflareaccess.com";
const TOTP = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const MINUTE = 60_000;

const faultsOf = (env: Record<string, unknown>): string[] =>
  readSignInSettings(env).faults.map(({ message }) => message);

const NO_TOTP =
  "ADMIN_TOTP_SECRET isn't a secret for time-based codes: it has to be base32 (A–Z and 2–7), 26 characters or more. " +
  "Set it anew, or take it away to sign in without a code.";
const NO_DOMAIN = "ACCESS_TEAM_DOMAIN has to look like https://your-team.cloudflareaccess.com.";
const NO_AUD =
  "ACCESS_AUD has to be the Application Audience (AUD) tag of the Access application: letters a–f and digits.";
const NO_IDLE = "ADMIN_IDLE_MINUTES has to be a whole number from 5 to 720.";

describe("the settings of the sign-in", () => {
  it("are the password alone and two hours where nothing is set", ({ expect }) => {
    expect(readSignInSettings({})).toEqual({
      settings: { totp: null, access: null, idleMs: 120 * MINUTE },
      faults: [],
    });
    const empty = { ACCESS_TEAM_DOMAIN: "", ACCESS_AUD: "", ADMIN_IDLE_MINUTES: "" };
    expect(readSignInSettings(empty)).toEqual(readSignInSettings({}));
  });

  it("are read as they are set", ({ expect }) => {
    const env = { ADMIN_TOTP_SECRET: TOTP, ACCESS_TEAM_DOMAIN: `${TEAM}/`, ACCESS_AUD: AUD, ADMIN_IDLE_MINUTES: "30" };
    expect(readSignInSettings(env)).toEqual({
      settings: {
        totp: new TextEncoder().encode("12345678901234567890"),
        access: { teamDomain: TEAM, audience: AUD },
        idleMs: 30 * MINUTE,
      },
      faults: [],
    });
  });

  for (const [name, env, fault] of [
    ["an empty secret of codes", { ADMIN_TOTP_SECRET: "" }, NO_TOTP],
    ["one with a digit that base32 hasn't got", { ADMIN_TOTP_SECRET: TOTP.replace("3", "1") }, NO_TOTP],
    ["one that is too short", { ADMIN_TOTP_SECRET: TOTP.slice(0, 24) }, NO_TOTP],
    ["one that is no text", { ADMIN_TOTP_SECRET: 12345678901234 }, NO_TOTP],
    [
      "a team without an application",
      { ACCESS_TEAM_DOMAIN: TEAM },
      "ACCESS_TEAM_DOMAIN is set but ACCESS_AUD isn't. Cloudflare Access needs both, or neither.",
    ],
    [
      "an application without a team",
      { ACCESS_AUD: AUD, ACCESS_TEAM_DOMAIN: "" },
      "ACCESS_AUD is set but ACCESS_TEAM_DOMAIN isn't. Cloudflare Access needs both, or neither.",
    ],
    ["a team over http", { ACCESS_TEAM_DOMAIN: "http://team.cloudflareaccess.com", ACCESS_AUD: AUD }, NO_DOMAIN],
    ["a team elsewhere", { ACCESS_TEAM_DOMAIN: "https://evilcloudflareaccess.com", ACCESS_AUD: AUD }, NO_DOMAIN],
    ["a team with a path", { ACCESS_TEAM_DOMAIN: `${TEAM}/x`, ACCESS_AUD: AUD }, NO_DOMAIN],
    ["a team with a user", { ACCESS_TEAM_DOMAIN: "https://a@team.cloudflareaccess.com", ACCESS_AUD: AUD }, NO_DOMAIN],
    ["a team that is no address", { ACCESS_TEAM_DOMAIN: "team", ACCESS_AUD: AUD }, NO_DOMAIN],
    ["a short tag", { ACCESS_TEAM_DOMAIN: TEAM, ACCESS_AUD: "abc" }, NO_AUD],
    ["a tag that is a name", { ACCESS_TEAM_DOMAIN: TEAM, ACCESS_AUD: "the name of the application here" }, NO_AUD],
    ["too short a time", { ADMIN_IDLE_MINUTES: "4" }, NO_IDLE],
    ["too long a time", { ADMIN_IDLE_MINUTES: 721 }, NO_IDLE],
    ["a time with a unit", { ADMIN_IDLE_MINUTES: "2h" }, NO_IDLE],
    ["half a minute more", { ADMIN_IDLE_MINUTES: "5.5" }, NO_IDLE],
  ] as const) {
    it(`keep the door shut with ${name}, and say what is wrong`, ({ expect }) => {
      expect(faultsOf(env)).toEqual([fault]);
    });
  }

  it("are told on every page and at every address, all of them at once, without a secret", async ({ expect }) => {
    const bindings = { ADMIN_TOTP_SECRET: "not-base32-at-all-1890", ACCESS_AUD: AUD, ADMIN_IDLE_MINUTES: "2h" };
    const page = await sendWith(bindings, "GET", "/sign-in");
    expect([page.status, page.headers.get("cache-control")]).toEqual([503, "no-store"]);
    for (const text of [NO_TOTP.slice(0, 17), "ACCESS_AUD is set but", NO_IDLE]) expect(page.text).toContain(text);
    expect(page.text).toContain("npx wrangler secret put ADMIN_TOTP_SECRET -c wrangler.admin.toml");
    expect(page.text).not.toContain("1890");
    const api = await sendWith(bindings, "POST", "/api/session", { body: { password: "unit-test-admin-secret" } });
    expect([api.status, api.body.type]).toEqual([503, "urn:doppelgate:problem:not-set-up"]);
    expect(api.body.detail).toContain(`${NO_TOTP} Set it with: npx wrangler secret put ADMIN_TOTP_SECRET`);
    expect(api.text).not.toContain("1890");
  });
});
