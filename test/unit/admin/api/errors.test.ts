import { afterEach, describe, it, vi } from "vitest";
import { PASSWORD, sendWith } from "../../support/admin.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

/** An admin whose registry throws. */
const failing = (error: Error) => ({
  ADMIN_SECRET: PASSWORD,
  REGISTRY: {
    getByName: () => ({
      admitSignIn: async () => {
        throw error;
      },
    }),
  },
});
const open = (error: Error) => sendWith(failing(error), "POST", "/api/session", { body: { password: PASSWORD } });

describe("what nobody foresaw", () => {
  it("is a problem of 500 that tells the owner what to do, and the log nothing of the input", async ({ expect }) => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const { status, body, text, headers } = await open(new Error(`two lines:\n${PASSWORD} is the value that broke it`));
    expect(status).toBe(500);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(body.title).toBe("Something went wrong");
    expect(text).not.toContain(PASSWORD);
    expect(log).toHaveBeenCalledTimes(1);
    expect(log.mock.calls[0]?.[0]).toBe("POST /api/session failed: Error");
    expect(JSON.stringify(log.mock.calls)).not.toContain(PASSWORD);
  });

  for (const fact of ["retryable", "overloaded", "durableObjectReset"]) {
    it(`is a problem of 503 where the registry's fault is ${fact}`, async ({ expect }) => {
      vi.spyOn(console, "error").mockImplementation(() => {});
      const { status, body, headers } = await open(Object.assign(new Error("busy"), { [fact]: true }));
      expect([status, body.title, headers.get("retry-after")]).toEqual([503, "The registry doesn't answer", "1"]);
    });
  }
});
