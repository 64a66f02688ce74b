import { afterEach, describe, it, vi } from "vitest";
import { relay, type Relay } from "../../../../gateway/sockets/relay.ts";
import { listen, pair, type End } from "../../support/sockets.ts";

const KEY = "unit-test-openai-key";

interface Joined {
  relay: Relay;
  holder: End;
  provider: End;
}

function join(halfOpen: { holder?: boolean; provider?: boolean } = {}): Joined {
  const [holder, towardsHolder] = pair();
  const [provider, towardsProvider] = pair();
  return {
    relay: relay(towardsHolder, towardsProvider, [KEY], null),
    holder: listen(holder, halfOpen.holder),
    provider: listen(provider, halfOpen.provider),
  };
}

afterEach(() => vi.useRealTimers());

describe("frames", () => {
  it("pass both ways, text and bytes, in their order", async ({ expect }) => {
    const { holder, provider, relay } = join();
    for (let index = 0; index < 50; index++) {
      holder.socket.send(`up ${index}`);
      holder.socket.send(new Uint8Array([index, 0, 255]));
      provider.socket.send(`down ${index} grüße 🐈`);
      provider.socket.send(new Uint8Array([index, 128]));
    }
    holder.socket.send("");
    holder.socket.close(1000);
    await relay.ended;
    const indexes = Array.from({ length: 50 }, (_, index) => index);
    expect(provider.messages).toEqual([...indexes.flatMap((index) => [`up ${index}`, [index, 0, 255]]), ""]);
    expect(holder.messages).toEqual(indexes.flatMap((index) => [`down ${index} grüße 🐈`, [index, 128]]));
  });

  it("lose the provider key on the way to the holder, and nothing on the way up", async ({ expect }) => {
    const { holder, provider, relay } = join();
    provider.socket.send(`{"message":"Consumer 'api_key:${KEY}'"}`);
    provider.socket.send(new TextEncoder().encode(KEY));
    holder.socket.send(`a guess: ${KEY}`);
    holder.socket.close(1000);
    await relay.ended;
    expect(holder.messages).toEqual([
      `{"message":"Consumer 'api_key:[provider key]'"}`,
      [...new TextEncoder().encode("[provider key]")],
    ]);
    expect(provider.messages).toEqual([`a guess: ${KEY}`]);
  });
});

describe("close frames", () => {
  for (const [code, reason] of [
    [1000, ""],
    [1001, "going"],
    [1008, "policy"],
    [3000, "grüße 🐈"],
    [4999, "x".repeat(123)],
  ] as const) {
    it(`${code} from the holder reaches the provider`, async ({ expect }) => {
      const { holder, provider, relay } = join();
      holder.socket.close(code, reason);
      expect(await provider.closed).toEqual({ code, reason });
      expect(await holder.closed).toEqual({ code, reason });
      expect(await relay.ended).toEqual({ by: "holder", code });
    });

    it(`${code} from the provider reaches the holder`, async ({ expect }) => {
      const { holder, provider, relay } = join();
      provider.socket.close(code, reason);
      expect(await holder.closed).toEqual({ code, reason });
      expect(await relay.ended).toEqual({ by: "provider", code });
    });
  }

  it("one without a code stays one (1005 can't be sent)", async ({ expect }) => {
    const one = join();
    one.holder.socket.close();
    expect(await one.provider.closed).toEqual({ code: 1005, reason: "" });
    expect(await one.relay.ended).toEqual({ by: "holder", code: 1005 });
    const other = join();
    other.provider.socket.close();
    expect(await other.holder.closed).toEqual({ code: 1005, reason: "" });
    expect(await other.relay.ended).toEqual({ by: "provider", code: 1005 });
  });

  it("a reason loses the provider key, and still fits", async ({ expect }) => {
    const { holder, provider } = join();
    provider.socket.close(4003, `${KEY} ${KEY} of org-AbC123xyz`);
    expect(await holder.closed).toEqual({ code: 4003, reason: "[provider key] [provider key] of [organization]" });
  });

  it("the answer of the other side is what the first one gets", async ({ expect }) => {
    const { holder, provider } = join({ provider: true });
    holder.socket.close(4001, "leaving");
    expect(await provider.closed).toEqual({ code: 4001, reason: "leaving" });
    provider.socket.close(4002, "so be it");
    expect(await holder.closed).toEqual({ code: 4002, reason: "so be it" });
  });
});

describe("half open", () => {
  it("what the provider still sends after the holder's close frame arrives", async ({ expect }) => {
    const { holder, provider, relay } = join({ provider: true });
    holder.socket.close(1000, "done");
    await provider.closed;
    for (let index = 0; index < 20; index++) provider.socket.send(`late ${index}`);
    provider.socket.close(1000, "done");
    await relay.ended;
    await holder.closed;
    expect(holder.messages).toEqual(Array.from({ length: 20 }, (_, index) => `late ${index}`));
  });

  it("and what the holder still sends after the provider's", async ({ expect }) => {
    const { holder, provider, relay } = join({ holder: true });
    provider.socket.close(4010, "enough");
    await holder.closed;
    holder.socket.send("late");
    holder.socket.close(4010, "enough");
    expect(await relay.ended).toEqual({ by: "provider", code: 4010 });
    await provider.closed;
    expect(provider.messages).toEqual(["late"]);
  });

  it("a side that never answers a close frame is given 10 seconds", async ({ expect }) => {
    vi.useFakeTimers();
    const { holder, provider, relay } = join({ provider: true });
    let over = false;
    void relay.ended.then(() => (over = true));
    holder.socket.close(4001, "leaving");
    await provider.closed;
    await vi.advanceTimersByTimeAsync(9_900);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(200);
    expect(await relay.ended).toEqual({ by: "holder", code: 4001 });
    await holder.closed;
  });
});

describe("cut", () => {
  const goodbye = { frame: '{"type":"error"}', code: 1008, reason: "token revoked" };

  it("tells the holder, closes the provider's socket, and lets nothing more pass", async ({ expect }) => {
    const { holder, provider, relay } = join({ holder: true, provider: true });
    provider.socket.send("before");
    await vi.waitFor(() => expect(holder.messages).toEqual(["before"]));
    relay.cut(goodbye);
    expect(await relay.ended).toEqual({ by: "gateway", code: 1008 });
    expect(await holder.closed).toEqual({ code: 1008, reason: "token revoked" });
    expect(await provider.closed).toEqual({ code: 1000, reason: "" });
    holder.socket.send("after");
    provider.socket.send("after");
    holder.socket.close(1008);
    provider.socket.close(1000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(holder.messages).toEqual(["before", '{"type":"error"}']);
    expect(provider.messages).toEqual([]);
  });

  it("sends no frame where there is none to send", async ({ expect }) => {
    const { holder, relay } = join();
    relay.cut({ ...goodbye, frame: null });
    expect(await holder.closed).toEqual({ code: 1008, reason: "token revoked" });
    expect(holder.messages).toEqual([]);
  });

  it("changes nothing once the socket is over", async ({ expect }) => {
    const { holder, relay } = join();
    holder.socket.close(4001, "first");
    expect(await relay.ended).toEqual({ by: "holder", code: 4001 });
    relay.cut(goodbye);
    expect(await holder.closed).toEqual({ code: 4001, reason: "first" });
    expect(await relay.ended).toEqual({ by: "holder", code: 4001 });
  });

  it("keeps the first close as the end, where one is under way", async ({ expect }) => {
    const { holder, provider, relay } = join({ provider: true });
    holder.socket.close(4001, "first");
    await provider.closed;
    relay.cut(goodbye);
    expect(await relay.ended).toEqual({ by: "holder", code: 4001 });
  });
});
