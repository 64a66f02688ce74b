import { describe, it } from "vitest";
import { offeredSubprotocols, selectedSubprotocol } from "../../../../gateway/sockets/subprotocols.ts";

const SECRET = "a-token-typed-by-the-owner";
const offer = (value: string) => offeredSubprotocols(new Headers({ "sec-websocket-protocol": value }), [SECRET]);

describe("what is offered upstream", () => {
  it("keeps everything but credentials and accounts, in its order", ({ expect }) => {
    const items = [
      "realtime",
      `openai-insecure-api-key.${SECRET}`,
      "openai-organization.org-x",
      "OpenAI-Project.proj-x",
      "openai-agents-sdk.0.20.0",
    ];
    expect(offer(items.join(", "))).toEqual(["realtime", "openai-agents-sdk.0.20.0"]);
    expect(offer(items.join(","))).toEqual(["realtime", "openai-agents-sdk.0.20.0"]);
  });

  it("drops any item that holds a token, whatever it is called", ({ expect }) => {
    expect(offer(`bearer.${SECRET}, x${SECRET}y, realtime`)).toEqual(["realtime"]);
  });

  it("drops a credential that is no token of ours", ({ expect }) => {
    expect(offer("openai-insecure-api-key.ek_123, realtime")).toEqual(["realtime"]);
  });

  it("drops what is no name, which would break the handshake", ({ expect }) => {
    expect(offer('realtime, , "quoted", a b, x=y, ok')).toEqual(["realtime", "ok"]);
    expect(offeredSubprotocols(new Headers(), [SECRET])).toEqual([]);
  });
});

describe("what is selected for the client", () => {
  it("the provider's choice", ({ expect }) => {
    expect(selectedSubprotocol(["realtime", "other"], "other")).toBe("other");
    expect(selectedSubprotocol(["realtime", "other"], " other ")).toBe("other");
  });

  it("its first one, where the provider chose none or one that wasn't offered", ({ expect }) => {
    expect(selectedSubprotocol(["realtime", "other"], null)).toBe("realtime");
    expect(selectedSubprotocol(["realtime", "other"], "")).toBe("realtime");
    expect(selectedSubprotocol(["realtime"], `openai-insecure-api-key.${SECRET}`)).toBe("realtime");
  });

  it("none, where it offered none", ({ expect }) => {
    expect(selectedSubprotocol([], "realtime")).toBeNull();
    expect(selectedSubprotocol([], null)).toBeNull();
  });
});
