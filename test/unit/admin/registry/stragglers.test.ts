import { afterEach, beforeEach, describe, it, vi } from "vitest";
import { Stragglers } from "../../../../admin/registry/stragglers.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const DEADLINE_MS = 3_000;
const words = async (run: Promise<void>): Promise<string> =>
  run.then(
    () => "done",
    (error: unknown) => String(error),
  );

describe("a KV call", () => {
  it("is done when it ends, and fails as it fails", async ({ expect }) => {
    const stragglers = new Stragglers();
    expect(await words(stragglers.run("a", async () => undefined))).toBe("done");
    expect(await words(stragglers.run("a", () => Promise.reject(new Error("full"))))).toBe("Error: full");
    expect(await words(stragglers.run("a", async () => undefined))).toBe("done");
  });

  it("isn't done while an older one of its key is out, which may land over it", async ({ expect }) => {
    const stragglers = new Stragglers();
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = words(stragglers.run("a", () => promise));
    await vi.advanceTimersByTimeAsync(DEADLINE_MS);
    expect(await late).toBe("Error: the gateway or KV: no answer in time");
    const newer = (key: string): Promise<string> => words(stragglers.run(key, async () => undefined));
    expect(await newer("a")).toBe("Error: An older write of this key may still land.");
    expect(await newer("b")).toBe("done");
    resolve();
    await promise;
    expect(await newer("a")).toBe("done");
  });
});
