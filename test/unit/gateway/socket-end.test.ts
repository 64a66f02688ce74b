import { reset } from "cloudflare:test";
import { afterEach, describe, it, vi } from "vitest";
import { forgetAll } from "../../../gateway/lookup.ts";
import { ask, control, fakeUpstream, issue } from "../support/gateway.ts";
import { acceptedBy, clientOf, type ProviderSocket } from "../support/sockets.ts";

afterEach(async () => {
  vi.restoreAllMocks();
  forgetAll();
  await reset();
});

const LIVE = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";
const dial = (path: string, headers: Record<string, string> = {}) =>
  ask(path, { headers: { upgrade: "websocket", ...headers } });
const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

/** The lines that settle wrote, of one token. */
function settled(spy: { mock: { calls: unknown[][] } }, id: string): Record<string, unknown>[] {
  return spy.mock.calls
    .map(([line]) => JSON.parse(String(line)) as Record<string, unknown>)
    .filter(({ event, token }) => event === "request" && token === id);
}

describe("settle, exactly once", () => {
  it("when the socket is over, with who ended it and the code", async ({ expect }) => {
    const lines = vi.spyOn(console, "info").mockImplementation(() => undefined);
    fakeUpstream(acceptedBy({}));
    const { secret, record } = await issue();
    const client = clientOf(await dial("/v1/responses", bearer(secret)));
    await vi.waitFor(() => expect(client.messages).toHaveLength(1));
    expect(settled(lines, record.id)).toEqual([]);
    client.socket.send("close 4000 enough");
    expect(await client.closed).toEqual({ code: 4000, reason: "enough" });
    await vi.waitFor(() => expect(settled(lines, record.id)).toHaveLength(1));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(settled(lines, record.id)).toEqual([
      {
        event: "request",
        token: record.id,
        route: "openai",
        ended: "socket_closed",
        by: "provider",
        code: 4000,
        ms: expect.any(Number),
      },
    ]);
    expect(JSON.stringify(lines.mock.calls)).not.toContain(secret);
  });

  it("at once, where the provider refused", async ({ expect }) => {
    const lines = vi.spyOn(console, "info").mockImplementation(() => undefined);
    fakeUpstream(() => Response.json({}, { status: 418 }));
    const { secret, record } = await issue();
    await clientOf(await dial("/v1/responses", bearer(secret))).closed;
    expect(settled(lines, record.id)).toMatchObject([{ ended: "answered", status: 418 }]);
  });

  it("at once, where the gateway refused after the permit", async ({ expect }) => {
    const lines = vi.spyOn(console, "info").mockImplementation(() => undefined);
    fakeUpstream(() => Promise.reject(new Error("no")));
    const { secret, record } = await issue();
    await clientOf(await dial("/v1/responses", bearer(secret))).closed;
    expect(settled(lines, record.id)).toMatchObject([{ ended: "refused", code: "provider_unreachable" }]);
  });
});

describe("a token that dies ends its socket within 5 seconds", () => {
  it("disabled", async ({ expect }) => {
    const provider: ProviderSocket = {};
    fakeUpstream(acceptedBy(provider));
    const { secret, record } = await issue();
    const client = clientOf(await dial("/v1/realtime", bearer(secret)));
    const from = Date.now();
    await control.apply({ ...record, state: "disabled", version: record.version + 1 });
    expect(await client.closed).toMatchObject({ code: 1008 });
    expect(Date.now() - from).toBeLessThan(5_000);
    expect(JSON.parse(String(client.messages.at(-1)))).toMatchObject({
      type: "error",
      error: { code: "invalid_api_key" },
    });
    expect(await provider.end?.closed).toEqual({ code: 1000, reason: "" });
  }, 10_000);

  it("expired", async ({ expect }) => {
    const provider: ProviderSocket = {};
    fakeUpstream(acceptedBy(provider));
    const { secret } = await issue({ expiresAt: Date.now() + 400 });
    const client = clientOf(await dial(`${LIVE}?key=${secret}`));
    const { code, reason } = await client.closed;
    expect([code, reason]).toEqual([
      1008,
      expect.stringMatching(/^This token expired on .* Ask its owner to extend it\.$/),
    ]);
    expect(await provider.end?.closed).toEqual({ code: 1000, reason: "" });
  });
});
