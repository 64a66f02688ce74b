import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe } from "vitest";
import { test } from "./fixture.ts";
import { until } from "./processes.ts";
import { LOGIN } from "./sandbox.ts";

describe.concurrent("the account", () => {
  test("is the only one that the login sees", async ({ box, expect }) => {
    await box.run(["admin", "disable"]);
    expect(box.cloudflare.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "GET /client/v4/accounts",
      "GET /client/v4/accounts/account-one/workers/scripts/my-admin/subdomain",
      "POST /client/v4/accounts/account-one/workers/scripts/my-admin/subdomain",
    ]);
  });

  test("is asked for when there are several or none", async ({ box, expect }) => {
    box.cloudflare.accounts = [
      { id: "account-one", name: "Example" },
      { id: "account-two", name: "Second\u001B[31m" },
    ];
    const several = await box.run(["admin", "disable"]);
    expect(several.code).toBe(1);
    expect(several.stderr).toBe(
      "admin: failed: which account? Set CLOUDFLARE_ACCOUNT_ID. This login sees account-one (Example), account-two (Second [31m)\n",
    );
    box.cloudflare.accounts = [];
    expect((await box.run(["admin", "disable"])).stderr).toContain("This login sees none");
  });

  test("comes from the environment, and first from the wrangler file", async ({ box, expect }) => {
    box.configure("admin", 'account_id = "account-three"\n');
    for (const key of ["account-two/my-gateway", "account-three/my-admin"]) {
      box.cloudflare.workers.set(key, { enabled: true, previews_enabled: false });
    }
    expect((await box.run(["disable"], { CLOUDFLARE_ACCOUNT_ID: "account-two" })).code).toBe(0);
    const posts = box.cloudflare.calls.filter(({ method }) => method === "POST");
    expect(posts.map(({ path }) => path.split("/")[4])).toEqual(["account-two", "account-three"]);
  });

  test("of a job is the one that it was scheduled for", async ({ box, expect }) => {
    box.cloudflare.workers.set("account-two/my-admin", { enabled: true, previews_enabled: false });
    await box.run(["admin", "disable", "+1s"], { CLOUDFLARE_ACCOUNT_ID: "account-two" });
    await until(() => box.jobs.length === 0);
    expect(box.cloudflare.workers.get("account-two/my-admin")?.enabled).toBe(false);
    expect(box.cloudflare.workers.get("account-one/my-admin")?.enabled).toBe(true);
  });
});

describe.concurrent("the login", () => {
  const signedOut = { CLOUDFLARE_API_TOKEN: undefined };

  test("is wrangler's own, now and later", async ({ box, expect }) => {
    const folder = join(box.home, ".wrangler", "config");
    mkdirSync(folder, { recursive: true });
    const scopes = '["account:read", "workers_scripts:write"]';
    const login = `oauth_token = "${LOGIN}"\nexpiration_time = "2099-01-01T00:00:00.000Z"\nscopes = ${scopes}\n`;
    writeFileSync(join(folder, "default.toml"), login);
    expect(await box.run(["admin", "disable"], signedOut)).toMatchObject({ code: 0, stderr: "" });
    const later = await box.run(["admin", "enable", "+1s"], signedOut);
    expect(later.stdout).toContain("Login: what wrangler has by then; nothing is stored.");
    await until(() => box.jobs.length === 0);
    expect(box.cloudflare.switches).toEqual(["my-admin off off", "my-admin on off"]);
    const used = new Set(box.cloudflare.calls.map(({ headers }) => headers["authorization"]));
    expect([...used]).toEqual([`Bearer ${LOGIN}`]);
  });

  test("may be an API key with its address", async ({ box, expect }) => {
    const key = { CLOUDFLARE_API_KEY: LOGIN, CLOUDFLARE_EMAIL: "owner@example.com" };
    expect((await box.run(["admin", "disable"], { ...signedOut, ...key })).code).toBe(0);
    expect(box.cloudflare.calls[0]?.headers).toMatchObject({
      "x-auth-key": LOGIN,
      "x-auth-email": "owner@example.com",
    });
  });

  test("may be missing: the message says what to do", async ({ box, expect }) => {
    const result = await box.run(["admin", "disable"], signedOut);
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("schedule.sh: No Cloudflare login: Not logged in.");
    expect(result.stderr).toContain('Sign in with "npx wrangler login", or set CLOUDFLARE_API_TOKEN.');
    expect(box.cloudflare.calls).toEqual([]);
  });

  test("with stray characters is refused without being repeated", async ({ box, expect }) => {
    const result = await box.run(["admin", "disable"], { CLOUDFLARE_API_TOKEN: `${LOGIN}\nx` });
    expect(result.code).toBe(1);
    expect(result.stderr).toContain("the token has characters in it that no token has");
  });
});
