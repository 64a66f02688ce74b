import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { send, sendWith } from "../../support/admin.ts";
import { Browser, seen } from "./browser.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  await reset();
});

const FAILING = { getByName: () => ({ findSession: () => Promise.reject(new Error("a secret")) }) };

describe("what goes wrong", () => {
  it("is a page: no such page, wrong method, too large", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const missing = await browser.get("/nowhere");
    expect([missing.status, seen(missing)]).toEqual([
      404,
      "There is no such page The address may be mistyped. To the tokens",
    ]);
    const method = await browser.get("/sign-out");
    expect([method.status, method.headers.get("allow")]).toEqual([405, "POST"]);
    const large = await browser.post("/tokens", { label: "x".repeat(64 * 1024) });
    expect([large.status, seen(large).startsWith("The body is too large")]).toEqual([413, true]);
  });

  it("is a page: a registry that fails, with nothing of the request in the log", async ({ expect }) => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const cookie = [...(await Browser.signedIn()).cookies].map((one) => one.join("=")).join();
    const answer = await sendWith({ REGISTRY: FAILING }, "GET", "/tokens", { headers: { cookie } });
    expect([answer.status, answer.text.includes("Something went wrong")]).toEqual([500, true]);
    expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
    expect(JSON.stringify(error.mock.calls)).not.toContain("a secret");
  });

  it("is a page: no ADMIN_SECRET, with its style but without a form", async ({ expect }) => {
    const page = await sendWith({ ADMIN_SECRET: undefined }, "GET", "/tokens");
    expect([page.status, page.text.includes("Doppelgate isn&#39;t set up yet")]).toEqual([503, true]);
    expect(page.text).not.toContain("<form");
    const style = /href="(\/assets\/style[^"]*)"/.exec(page.text)?.[1] ?? "";
    expect((await sendWith({ ADMIN_SECRET: undefined }, "GET", style)).status).toBe(200);
    expect((await sendWith({ ADMIN_SECRET: "short" }, "POST", "/sign-in", { body: "password=short" })).status).toBe(
      503,
    );
  });
});

describe("assets", () => {
  it("are open to all and kept for ever, under a name that changes with them", async ({ expect }) => {
    const page = (await (await Browser.signedIn()).get("/tokens")).text;
    for (const [path, type] of [
      [/href="(\/assets\/style\.[0-9a-f]{8}\.css)"/, "text/css; charset=utf-8"],
      [/src="(\/assets\/enhance\.[0-9a-f]{8}\.js)" defer/, "text/javascript; charset=utf-8"],
    ] as const) {
      const { status, headers, text } = await send("GET", path.exec(page)?.[1] ?? "");
      expect([status, headers.get("content-type")]).toEqual([200, type]);
      expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(text.length).toBeGreaterThan(300);
      expect(text).not.toMatch(/innerHTML|eval\(|https?:/);
    }
    expect((await send("GET", "/favicon.svg")).headers.get("content-type")).toBe("image/svg+xml");
  });
});
