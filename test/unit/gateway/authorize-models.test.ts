import { describe, it } from "vitest";
import { unreadCall } from "../../../gateway/call.ts";
import { authorize, authorizeCall, type Asked } from "../../../gateway/stages/authorize.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { asked, refusalOf } from "../support/authorizing.ts";
import { makeToken } from "../support/gateway.ts";

const NOW = 1_800_000_000_000;

const judge = async (
  models: TokenRecord["models"],
  model: string | null,
  path = "/v1/chat/completions",
  change: Partial<Asked> = {},
  more: Partial<TokenRecord> = {},
  moreModels: readonly string[] = [],
) => {
  const token = await makeToken({ models, ...more });
  const authorized = authorize([token], { ...asked("openai", path), ...change }, NOW);
  return refusalOf(() => authorizeCall(authorized, { ...unreadCall(authorized.endpoint), model, moreModels }));
};
const beside = (...models: string[]) => judge(SOME, "gpt-4o", "/v1/responses", {}, {}, models);
const SOME = { openai: ["gpt-4o*", "o3"] };
const refused = (model: string | null) => ({
  code: "model_not_allowed",
  provider: "openai",
  model,
  allowed: ["gpt-4o*", "o3"],
});

describe("models", () => {
  for (const model of ["gpt-4o", "GPT-4o-mini", "o3", "models/gpt-4o"]) {
    it(`that fit pass: ${model}`, async ({ expect }) => expect(await judge(SOME, model)).toBeNull());
  }
  for (const model of ["gpt-5", "o3-pro", "ft:gpt-4o", "", null]) {
    it(`that don't are refused: ${model}`, async ({ expect }) =>
      expect(await judge(SOME, model)).toEqual(refused(model)));
  }

  it("of a provider without rules all pass", async ({ expect }) => {
    expect(await judge({ gemini: [] }, "gpt-5")).toBeNull();
    expect(await judge(null, null)).toBeNull();
  });

  it("that a request names beside its own are judged too", async ({ expect }) => {
    expect(await beside("o3", "gpt-4o-mini")).toBeNull();
    expect(await beside("o3", "gpt-image-2")).toEqual(refused("gpt-image-2"));
  });

  it("don't matter to reading what was made before", async ({ expect }) => {
    expect(await judge(SOME, null, "/v1/responses/resp_1", { method: "GET" })).toBeNull();
    expect(await judge(SOME, null, "/v1/batches/batch_1", { method: "GET" })).toBeNull();
    expect(await judge(SOME, null, "/v1/responses")).toEqual(refused(null));
    expect(await judge(SOME, null, "/v1/responses/input_tokens")).toBeNull();
    expect(await judge(SOME, "gpt-5", "/v1/responses/input_tokens")).toEqual(refused("gpt-5"));
  });

  it("don't matter to lists and files, and do to what may use one unseen", async ({ expect }) => {
    expect(await judge(SOME, null, "/v1/models", { method: "GET" })).toBeNull();
    expect(await judge(SOME, null, "/v1/files")).toBeNull();
    expect(await judge(SOME, null, "/v1/batches")).toEqual(refused(null));
  });

  it("of sockets that name them in frames can't be judged: those go on by HTTP, or not at all", async ({ expect }) => {
    const socket = { method: "GET", socket: true };
    expect(await judge(SOME, null, "/v1/responses", socket)).toEqual({ code: "websocket_not_supported" });
    expect(await judge(SOME, null, "/v1/live/sessions", socket)).toEqual(refused(null));
    expect(await judge(SOME, "gpt-4o-realtime", "/v1/realtime", socket)).toBeNull();
    expect(await judge(null, null, "/v1/responses", socket)).toBeNull();
    const limits = { requestsPerMinute: 1, tokensPerMinute: null, concurrency: null, queueSeconds: 0, budgets: [] };
    expect(await judge(null, null, "/v1/responses", socket, { limits })).toEqual({ code: "websocket_not_supported" });
  });
});
