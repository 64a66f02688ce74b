import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import { Owner, type ProblemBody } from "../../support/admin.ts";
import type { Trial } from "../../../../admin/handover/trial.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const test = (id: string, body: unknown) =>
  owner.send<{ result: Trial } & ProblemBody>("POST", `/api/tokens/${id}/test`, body);

describe("testing a token", () => {
  it("goes through the real gateway, which answers for itself", async ({ expect }) => {
    const { secret, token } = await owner.create("phone", { providers: ["openai", "anthropic"] });
    const { status, body } = await test(token.id, { secret, provider: "anthropic" });
    expect(status).toBe(200);
    expect(body.result).toMatchObject({
      provider: "anthropic",
      model: "claude-haiku-4-5",
      status: 503,
      text: null,
      error: { by: "gateway", code: "provider_not_configured" },
    });
    expect(JSON.stringify(body)).not.toContain(secret);
  });

  it("is judged by the token's own rules", async ({ expect }) => {
    const { secret, token } = await owner.create("phone", { models: { openai: ["gpt-5.4-mini"] } });
    const { body } = await test(token.id, { secret, provider: "openai", model: "gpt-99" });
    expect(body.result).toMatchObject({ status: 403, error: { by: "gateway", code: "model_not_allowed" } });
    const other = await owner.create("tablet");
    await owner.send("PATCH", `/api/tokens/${other.token.id}`, { status: "disabled" });
    const disabled = await test(other.token.id, { secret: other.secret, provider: "openai" });
    expect(disabled.body.result).toMatchObject({ status: 401, error: { by: "gateway", code: "unknown_token" } });
  });

  it("refuses another token's secret and a provider that the token isn't for", async ({ expect }) => {
    const { token } = await owner.create("phone");
    const other = await owner.create("tablet");
    const { status, body } = await test(token.id, { secret: other.secret, provider: "gemini" });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { field: "secret", message: "This isn't the token of “phone”. Paste it whole." },
      { field: "provider", message: "The token isn't for this provider, but for openai." },
    ]);
    expect(JSON.stringify(body)).not.toContain(other.secret);
    const short = await test(token.id, { secret: "short", provider: "openai" });
    expect(short.body.errors?.map(({ field }) => field)).toEqual(["secret"]);
  });

  it("of a token that isn't there is a 404", async ({ expect }) => {
    const { status, body } = await test("0000000000", { secret: "not-a-real-token", provider: "openai" });
    expect([status, body.type]).toEqual([404, "urn:doppelgate:problem:missing"]);
  });
});
