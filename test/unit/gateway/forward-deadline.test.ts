import { afterEach, it, vi } from "vitest";
import { Refused } from "../../../gateway/refusals.ts";
import { forward } from "../../../gateway/stages/forward.ts";
import { KEYS } from "../support/gateway.ts";
import { makePermit, OUTWARD } from "../support/permits.ts";

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const MINUTE = 60_000;
const TARGET = { path: "/v1/models", query: "" };
const PERMIT = makePermit({ route: "openai", origin: "https://api.openai.com", key: KEYS.openai });

it("a provider may take a quarter of an hour until its headers are there, and not longer", async ({ expect }) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(globalThis, "fetch").mockReturnValue(new Promise<Response>(() => undefined));
  const request = new Request("https://gateway.example/v1/models");
  let outcome: unknown = "waiting";
  const asked = forward(request, { target: TARGET, permit: PERMIT, body: null }, [], OUTWARD).catch(
    (error: unknown) => {
      outcome = error instanceof Refused ? error.refusal : error;
    },
  );
  await vi.advanceTimersByTimeAsync(15 * MINUTE - 1);
  expect(outcome).toBe("waiting");
  await vi.advanceTimersByTimeAsync(1);
  await asked;
  expect(outcome).toEqual({ code: "provider_timeout", provider: "openai", afterMs: 15 * MINUTE });
});

it("a body may take as long as it likes", async ({ expect }) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.spyOn(globalThis, "fetch").mockResolvedValue(new Response("{}"));
  const answer = await forward(
    new Request("https://gateway.example/"),
    { target: TARGET, permit: PERMIT, body: null },
    [],
    OUTWARD,
  );
  expect(vi.getTimerCount()).toBe(0);
  expect(await answer.text()).toBe("{}");
});
