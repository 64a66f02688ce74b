import { describe, it } from "vitest";
import { confirmAddress, ownPath } from "../../../../admin/console/next.ts";

const ORIGIN = "https://admin.test";

describe("where a page may lead on to", () => {
  for (const path of ["/", "/tokens", "/tokens/new", "/usage?from=2027-01-01&group=token", "/tokens?query=a%2Fb%26c"]) {
    it(`is a path of this admin: ${path}`, ({ expect }) => {
      expect(ownPath(path, ORIGIN)).toBe(path);
    });
  }

  for (const path of [
    undefined,
    "",
    "tokens",
    "https://evil.test/",
    "https://admin.test/tokens",
    "//evil.test",
    "///evil.test",
    "/\\evil.test",
    "/\t/evil.test",
    "/\n/evil.test",
    "\\\\evil.test",
    "/.//evil.test",
    "/x/..//evil.test",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.test",
    "//admin.test@evil.test",
    "//[",
  ]) {
    it(`is nowhere else: ${JSON.stringify(path)}`, ({ expect }) => {
      const next = ownPath(path, ORIGIN);
      const url = new URL(next, ORIGIN);
      expect([next.startsWith("//"), url.origin, url.hostname]).toEqual([false, ORIGIN, "admin.test"]);
      expect(next).toBe("/");
    });
  }

  it("loses what a fragment hides", ({ expect }) => {
    expect(ownPath("/tokens#x", ORIGIN)).toBe("/tokens");
  });

  it("comes back as it was from the page in between", ({ expect }) => {
    const at = new URL("/tokens?query=a%2Fb%26c&status=active", ORIGIN);
    const next = new URL(confirmAddress(at), ORIGIN).searchParams.get("next") ?? undefined;
    expect(ownPath(next, ORIGIN)).toBe("/tokens?query=a%2Fb%26c&status=active");
  });
});
