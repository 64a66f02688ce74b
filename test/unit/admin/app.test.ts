import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { Owner, PASSWORD, send, sendWith } from "../support/admin.ts";

afterEach(() => reset());

const bearer = async () => ({ authorization: `Bearer ${(await Owner.signedIn()).jwt}` });
const COMMAND = "npx wrangler secret put ADMIN_SECRET -c wrangler.admin.toml";

describe("without a usable ADMIN_SECRET", () => {
  for (const [name, secret] of [
    ["missing", undefined],
    ["empty", ""],
    ["one character short", "x".repeat(15)],
    ["not a text", 1234567890123456],
  ] as const) {
    it(`the API is shut and says what to do: ${name}`, async ({ expect }) => {
      for (const [method, path, body] of [
        ["POST", "/api/session", { password: secret ?? "" }],
        ["GET", "/api/tokens", undefined],
        ["GET", "/api/openapi.json", undefined],
      ] as const) {
        const answer = await sendWith({ ADMIN_SECRET: secret }, method, path, { body });
        expect(answer.status).toBe(503);
        expect(answer.headers.get("content-type")).toBe("application/problem+json");
        expect(answer.body).toEqual({
          type: "urn:doppelgate:problem:not-set-up",
          title: "The admin isn't set up",
          status: 503,
          detail: `ADMIN_SECRET is missing or shorter than 16 characters. Set it with: ${COMMAND}`,
        });
      }
    });

    it(`a page says what to do: ${name}`, async ({ expect }) => {
      const answer = await sendWith({ ADMIN_SECRET: secret }, "GET", "/");
      expect(answer.status).toBe(503);
      expect(answer.headers.get("content-type")).toBe("text/html; charset=UTF-8");
      expect(answer.text).toContain(COMMAND);
      expect(answer.text).not.toMatch(/<script|<style|style=/);
      expect(answer.headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self'");
      expect(answer.headers.get("content-security-policy")).not.toContain("unsafe");
    });
  }

  it("with sixteen characters it opens", async ({ expect }) => {
    const secret = "x".repeat(16);
    const answer = await sendWith({ ADMIN_SECRET: secret }, "POST", "/api/session", { body: { password: secret } });
    expect(answer.status).toBe(201);
  });
});

describe("every answer", () => {
  it("carries the security headers", async ({ expect }) => {
    const owner = await Owner.signedIn();
    for (const answer of [
      await owner.send("GET", "/api/tokens"),
      await owner.send("GET", "/api/tokens/none"),
      await owner.send("PUT", "/api/tokens"),
      await send("GET", "/api/tokens"),
      await send("GET", "/nowhere"),
    ]) {
      const value = (name: string) => answer.headers.get(name);
      expect(value("cache-control")).toBe("no-store");
      expect(value("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(value("x-content-type-options")).toBe("nosniff");
      expect(value("referrer-policy")).toBe("no-referrer");
      expect(value("x-frame-options")).toBe("DENY");
      expect(value("cross-origin-resource-policy")).toBe("same-origin");
      expect(value("strict-transport-security")).toBe("max-age=31536000");
      expect(value("access-control-allow-origin")).toBeNull();
    }
  });

  it("pins https only where it was asked by https", async ({ expect }) => {
    const { headers } = await send("GET", "/api/tokens", { origin: "http://localhost:8788" });
    expect(headers.get("strict-transport-security")).toBeNull();
  });
});

describe("what can't be read", () => {
  it("a path that there isn't: 404", async ({ expect }) => {
    const answer = await send("GET", "/api/tokenz", { headers: await bearer() });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    expect(answer.body.detail).toBe("There is nothing under this path. GET /api/openapi.json lists what there is.");
  });

  for (const [method, path, allow] of [
    ["PUT", "/api/tokens", "GET, HEAD, POST"],
    ["POST", "/api/tokens/abc", "DELETE, GET, HEAD, PATCH"],
    ["GET", "/api/tokens/abc/rotate", "POST"],
    ["PUT", "/api/session", "DELETE, GET, HEAD, POST"],
    ["DELETE", "/api/status", "GET, HEAD"],
  ] as const) {
    it(`a method that a path doesn't know: ${method} ${path} → 405`, async ({ expect }) => {
      const answer = await send(method, path, { headers: await bearer() });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
      expect(answer.body.detail).toBe(`This path knows only ${allow}.`);
    });
  }

  for (const body of ["{", "", "{'label': 1}", "\u0000", "[1", "nul"]) {
    it(`malformed JSON: 400 for ${JSON.stringify(body)}`, async ({ expect }) => {
      const answer = await send("POST", "/api/tokens", { body, headers: await bearer() });
      expect([answer.status, answer.body.detail]).toEqual([400, "The body isn't valid JSON. Send one JSON object."]);
    });
  }

  for (const body of ["[]", "null", '"text"', "7", "[".repeat(30_000) + "]".repeat(30_000)]) {
    it(`JSON that isn't an object: 400 for ${body.slice(0, 9)}`, async ({ expect }) => {
      const answer = await send("POST", "/api/tokens", { body, headers: await bearer() });
      expect([answer.status, answer.body.title]).toEqual([400, "The input isn't valid"]);
      expect(answer.body.errors).toEqual([{ field: "body", message: "Send one JSON object." }]);
    });
  }

  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "text/json"]) {
    it(`a body that isn't called JSON: 415 for ${type}`, async ({ expect }) => {
      const headers = { ...(await bearer()), "content-type": type };
      const answer = await send("POST", "/api/tokens", { body: { label: "a", providers: ["openai"] }, headers });
      expect([answer.status, answer.body.detail]).toEqual([
        415,
        "Send the body as JSON, with the header content-type: application/json.",
      ]);
    });
  }

  it("no body at all: 400 naming the fields", async ({ expect }) => {
    const answer = await send("POST", "/api/tokens", { headers: await bearer() });
    expect(answer.status).toBe(400);
    expect(answer.body.errors?.map(({ field }) => field)).toEqual(["label", "providers"]);
  });

  it("a body above 64 KiB: 413, before anybody is asked who it is", async ({ expect }) => {
    const answer = await send("POST", "/api/session", { body: { password: "x".repeat(64 * 1024) } });
    expect([answer.status, answer.body.detail]).toEqual([413, "A body may have at most 64 KiB."]);
  });

  it("a hundred unknown fields: twenty are named", async ({ expect }) => {
    const body = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`field-${index}`, 1]));
    const answer = await send("POST", "/api/session", { body: { ...body, password: PASSWORD } });
    expect([answer.status, answer.body.errors?.length]).toEqual([400, 20]);
  });
});
