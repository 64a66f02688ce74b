import { describe, it } from "vitest";
import { ask } from "../../support/gateway.ts";

describe("/-/health", () => {
  it("tells what works and nothing secret", async ({ expect }) => {
    const response = await ask("/-/health");
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "ok",
      kv: "ok",
      guard: "ok",
      providers: { openai: "configured", anthropic: "configured", gemini: "configured" },
    });
  });

  it("answers GET and HEAD only", async ({ expect }) => {
    const response = await ask("/-/health", { method: "POST" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
    expect(response.headers.get("x-doppelgate-error")).toBe("method_not_allowed");
  });
});

describe("under /-/", () => {
  it("nothing goes upstream that isn't there", async ({ expect }) => {
    for (const path of ["/-", "/-/other", "/-/health/x", "/-/constructor", "/-/me/", "/-//me"]) {
      const response = await ask(path);
      expect(response.status).toBe(404);
      expect(response.headers.get("x-doppelgate-error")).toBe("not_found");
    }
  });
});
