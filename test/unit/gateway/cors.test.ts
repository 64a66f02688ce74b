import { describe, it } from "vitest";
import { ask } from "../support/gateway.ts";

describe("browsers", () => {
  it("get their preflight answered before any token is asked for", async ({ expect }) => {
    const response = await ask("/v1/messages", {
      method: "OPTIONS",
      headers: {
        origin: "https://page.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,anthropic-version",
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-allow-methods")).toBe("GET, HEAD, POST, PUT, PATCH, DELETE");
    expect(response.headers.get("access-control-allow-headers")).toBe("authorization,anthropic-version");
    expect(response.headers.has("access-control-allow-credentials")).toBe(false);
  });

  it("may read answers, refusals too", async ({ expect }) => {
    const response = await ask("/v1/models", { headers: { origin: "https://page.example" } });
    expect(response.status).toBe(401);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
    expect(response.headers.get("access-control-expose-headers")).toContain("x-doppelgate-error");
  });

  it("an OPTIONS that is no preflight is a request like any other", async ({ expect }) => {
    expect((await ask("/v1/models", { method: "OPTIONS" })).status).toBe(401);
  });
});
