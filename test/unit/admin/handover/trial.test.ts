import { describe, it } from "vitest";
import { tryToken } from "../../../../admin/handover/trial.ts";
import type { Provider } from "../../../../shared/providers.ts";

const SECRET = "not-a-real-token";

/** A door that remembers what was asked. */
function door(answer: () => Response | Promise<Response>) {
  const asked: { url: string; headers: Record<string, string>; body: unknown }[] = [];
  return {
    asked,
    open: async (request: Request): Promise<Response> => {
      asked.push({ url: request.url, headers: Object.fromEntries(request.headers), body: await request.json() });
      return answer();
    },
  };
}

const ANSWERS: Record<Provider, unknown> = {
  openai: { choices: [{ message: { role: "assistant", content: "Hello from OpenAI." } }] },
  anthropic: { content: [{ type: "text", text: "Hello from Anthropic." }] },
  gemini: { candidates: [{ content: { parts: [{ text: "Hello from Gemini." }] } }] },
};

const SENT: Record<Provider, { path: string; header: [string, string]; bound: unknown }> = {
  openai: { path: "/openai/v1/chat/completions", header: ["authorization", `Bearer ${SECRET}`], bound: 200 },
  anthropic: { path: "/anthropic/v1/messages", header: ["x-api-key", SECRET], bound: 200 },
  gemini: { path: "/gemini/v1beta/models/a%2Fmodel:generateContent", header: ["x-goog-api-key", SECRET], bound: 200 },
};

const ask = (answer: () => Response | Promise<Response>) =>
  tryToken(door(answer).open, null, { secret: SECRET, provider: "openai", model: "m" }, "unknown");

describe("tryToken", () => {
  for (const provider of ["openai", "anthropic", "gemini"] as const) {
    it(`asks ${provider} in its own dialect, with a bound, and tells what the model said`, async ({ expect }) => {
      const { asked, open } = door(() => Response.json(ANSWERS[provider]));
      const trial = await tryToken(open, "https://g.test", { secret: SECRET, provider, model: "a/model" }, "192.0.2.7");
      expect(trial).toMatchObject({ provider, model: "a/model", status: 200, error: null });
      expect(trial.text).toMatch(/^Hello from /);
      const { path, header, bound } = SENT[provider];
      expect(asked[0]?.url).toBe(`https://g.test${path}`);
      expect(asked[0]?.headers).toMatchObject({ [header[0]]: header[1], "cf-connecting-ip": "192.0.2.7" });
      expect(JSON.stringify(asked[0]?.body)).toContain(String(bound));
    });
  }

  it("tells the gateway's refusal from the provider's", async ({ expect }) => {
    const error = { error: { message: "This token's budget is used up." } };
    const headers = { "x-doppelgate-error": "budget_used_up" };
    expect((await ask(() => Response.json(error, { status: 429, headers }))).error).toEqual({
      by: "gateway",
      code: "budget_used_up",
      message: "This token's budget is used up.",
    });
    expect((await ask(() => Response.json(error, { status: 429 }))).error).toMatchObject({
      by: "provider",
      code: null,
    });
  });

  it("tells of an answer that can't be read, is too long, or has no words", async ({ expect }) => {
    const html = await ask(() => new Response("<h1>502</h1>", { status: 502 }));
    expect(html.error?.message).toBe("It answered with status 502 and without a word.");
    const long = await ask(() => new Response("x".repeat(600_000)));
    expect([long.status, long.text, long.error]).toEqual([200, null, null]);
    expect((await ask(() => Response.json({ choices: [] }))).text).toBeNull();
  });

  it("tells that the gateway is away, without a word of what was thrown", async ({ expect }) => {
    const trial = await ask(() => Promise.reject(new Error(`no ${SECRET} here`)));
    expect(trial).toMatchObject({ status: null, text: null, error: { by: "gateway", code: null } });
    expect(JSON.stringify(trial)).not.toContain(SECRET);
  });

  it("says nothing of where it comes from where that isn't known", async ({ expect }) => {
    const { asked, open } = door(() => Response.json({}));
    await tryToken(open, null, { secret: SECRET, provider: "openai", model: "m" }, "unknown");
    expect(asked[0]?.headers).not.toHaveProperty("cf-connecting-ip");
  });
});
