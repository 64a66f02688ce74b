import { describe, it } from "vitest";
import { actorOf } from "../../../../admin/auth/actor.ts";

const ask = (headers: Record<string, string>) => actorOf(new Request("https://admin.test/", { headers }), "jti-1");

describe("who acts", () => {
  it("is told by the session, the address and the user agent", ({ expect }) => {
    expect(ask({ "cf-connecting-ip": "192.0.2.7", "user-agent": "curl/8" })).toEqual({
      session: "jti-1",
      address: "192.0.2.7",
      userAgent: "curl/8",
      country: null,
    });
  });

  it("is unknown where Cloudflare says nothing, and no other header stands in", ({ expect }) => {
    expect(ask({ "x-forwarded-for": "192.0.2.7", "x-real-ip": "192.0.2.7" })).toEqual({
      session: "jti-1",
      address: "unknown",
      userAgent: "",
      country: null,
    });
  });

  it("has a user agent of at most 200 characters, without control characters", ({ expect }) => {
    expect(ask({ "user-agent": "a\tb" + "x".repeat(500) }).userAgent).toBe(`a b${"x".repeat(197)}`);
  });
});
