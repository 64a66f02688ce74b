import { describe, it, vi } from "vitest";
import { socketRequestOf } from "../../../../gateway/sockets/endpoints.ts";
import { openSocket, type Opened } from "../../../../gateway/sockets/open.ts";
import type { Refusal } from "../../../../gateway/refusals.ts";
import { clientOf, listen, pair, type End } from "../../support/sockets.ts";

const KEY = "unit-test-openai-key";

interface Ready {
  opened: Opened;
  client: End;
  provider: End;
  stop: ReturnType<typeof vi.fn<() => void>>;
  die: (refusal: Refusal) => void;
}

function open(path: string): Ready {
  const found = socketRequestOf({ method: "GET", headers: new Headers({ upgrade: "websocket" }) }, { path, query: "" });
  if (found === null) throw new Error(`${path} takes no sockets`);
  const [own, other] = pair();
  const upstream = new Response(null, { status: 101, webSocket: other });
  const stop = vi.fn<() => void>();
  const watchers: ((refusal: Refusal) => void)[] = [];
  const vigil = { whenDead: (tell: (refusal: Refusal) => void) => void watchers.push(tell), end: stop };
  const opened = openSocket(upstream, other, {
    endpoint: found.endpoint,
    keys: [KEY],
    offered: [],
    vigil,
    onlooker: null,
    judge: null,
  });
  return {
    opened,
    client: clientOf(opened.response),
    provider: listen(own),
    stop,
    die: (refusal) => watchers.forEach((onDead) => onDead(refusal)),
  };
}

describe("the watch of a socket's token", () => {
  it("ends with the socket", async ({ expect }) => {
    const { opened, client, stop } = open("/v1/responses");
    expect(stop).not.toHaveBeenCalled();
    client.socket.close(1000);
    expect(await opened.ended).toEqual({ by: "holder", code: 1000 });
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it("cuts it, with the reason in the endpoint's form", async ({ expect }) => {
    const { opened, client, provider, stop, die } = open("/v1/responses");
    die({ code: "expired_token", at: 0 });
    const reason = "This token expired on Thu, 01 Jan 1970 00:00:00 GMT. Ask its owner to extend it.";
    expect(await client.closed).toEqual({ code: 1008, reason });
    expect(client.messages.map((text) => JSON.parse(String(text)))).toMatchObject([
      { type: "error", status: 400, error: { code: "invalid_api_key", message: reason } },
    ]);
    expect(await provider.closed).toEqual({ code: 1000, reason: "" });
    expect(await opened.ended).toEqual({ by: "gateway", code: 1008 });
    expect(stop).toHaveBeenCalledTimes(1);
  });

  it("cuts Google's without a frame", async ({ expect }) => {
    const { client, die } = open("/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent");
    die({ code: "unknown_token" });
    expect((await client.closed).code).toBe(1008);
    expect(client.messages).toEqual([]);
  });
});
