import { afterEach, describe, it, vi } from "vitest";
import { isTaken, send } from "../../../../gateway/ledger/sending.ts";
import { newSigningSecret } from "../../../../gateway/ledger/signing.ts";
import { HOOK_URL } from "../../support/hooks.ts";

afterEach(() => {
  vi.restoreAllMocks();
});

const message = () => send({ url: HOOK_URL, secrets: [newSigningSecret()] }, "msg_1", "{}", 0);

describe("a message", () => {
  it("is given up where its receiver says nothing for 10 s", async ({ expect }) => {
    const timeout = vi
      .spyOn(AbortSignal, "timeout")
      .mockReturnValue(AbortSignal.abort(new DOMException("late", "TimeoutError")));
    vi.spyOn(globalThis, "fetch").mockImplementation(async (_, init) => {
      init?.signal?.throwIfAborted();
      return new Response();
    });
    expect(await message()).toEqual({ status: null, problem: "it took longer than 10 s" });
    expect(timeout).toHaveBeenCalledWith(10_000);
  });

  it("fails without a word of what was thrown, which may quote the address", async ({ expect }) => {
    vi.spyOn(globalThis, "fetch").mockRejectedValue(new TypeError(`can't connect to ${HOOK_URL}`));
    expect(await message()).toEqual({ status: null, problem: "it could not be reached" });
  });

  it("has arrived with any 2xx and nothing else", ({ expect }) => {
    expect([200, 204, 299].map(isTaken)).toEqual([true, true, true]);
    expect([null, 101, 199, 300, 302, 400, 410, 500].some(isTaken)).toBe(false);
  });
});
