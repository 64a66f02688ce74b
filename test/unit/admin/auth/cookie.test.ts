import { describe, it } from "vitest";
import { cookieKind } from "../../../../admin/auth/cookie.ts";

describe("the session's cookie", () => {
  for (const url of [
    "https://admin.test/",
    "https://localhost/",
    "http://admin.test/",
    "http://localhost.evil.test/",
    "http://10.0.0.1:8788/",
    "http://127.0.0.1.evil.test/",
  ]) {
    it(`has the __Host- prefix and is Secure at ${url}`, ({ expect }) => {
      expect(cookieKind(new URL(url))).toEqual({
        name: "__Host-doppelgate",
        options: { httpOnly: true, secure: true, sameSite: "Strict", path: "/" },
      });
    });
  }

  for (const url of ["http://localhost:8788/", "http://127.0.0.1:8788/", "http://[::1]:8788/", "http://LOCALHOST/"]) {
    it(`has neither at ${url}, where Safari would refuse it`, ({ expect }) => {
      expect(cookieKind(new URL(url))).toEqual({
        name: "doppelgate-local",
        options: { httpOnly: true, secure: false, sameSite: "Strict", path: "/" },
      });
    });
  }
});
