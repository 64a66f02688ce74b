import { describe, it } from "vitest";
import { clientBlocks } from "../../../shared/client-blocks.ts";
import { PROVIDERS } from "../../../shared/providers.ts";

const GATEWAY = "https://gateway.example";
const TOKEN = "not-a-real-token";

const textOf = (id: string, providers = PROVIDERS as readonly (typeof PROVIDERS)[number][]): string =>
  clientBlocks(GATEWAY, TOKEN, providers)
    .filter((block) => block.id === id)
    .flatMap(({ steps }) => steps.map(({ text }) => text))
    .join("\n");

describe("clientBlocks", () => {
  it("has the token and the gateway in every block, and no other address", ({ expect }) => {
    const blocks = clientBlocks(GATEWAY, TOKEN, PROVIDERS);
    expect(blocks.map(({ id }) => id)).toEqual([
      "curl",
      "python",
      "node",
      "env",
      "claude-code",
      "codex",
      "gemini-cli",
      "opencode",
      "ai-sdk",
    ]);
    for (const { id } of blocks) {
      expect(textOf(id)).toContain(TOKEN);
      expect(textOf(id).match(/https?:\/\/[^/"'\s]+/g)).toContain(GATEWAY);
      expect(textOf(id).match(/https?:\/\/(?!gateway\.example)/)).toBeNull();
    }
  });

  it("leaves out clients and lines of providers that the token isn't for", ({ expect }) => {
    const ids = clientBlocks(GATEWAY, TOKEN, ["anthropic"]).map(({ id }) => id);
    expect(ids).toEqual(["curl", "python", "node", "env", "claude-code", "opencode", "ai-sdk"]);
    expect(textOf("env", ["anthropic"])).toBe(`ANTHROPIC_BASE_URL=${GATEWAY}\nANTHROPIC_API_KEY=${TOKEN}`);
  });

  it("names a model that the token may use", ({ expect }) => {
    const [curl] = clientBlocks(GATEWAY, TOKEN, ["openai"], { openai: "gpt-of-the-owner" });
    expect(curl?.steps[0]?.text).toContain('"model":"gpt-of-the-owner"');
  });

  it("makes JSON that can be read where a client wants JSON", ({ expect }) => {
    expect(JSON.parse(textOf("opencode"))).toEqual({
      provider: {
        openai: { options: { baseURL: `${GATEWAY}/v1`, apiKey: TOKEN } },
        anthropic: { options: { baseURL: `${GATEWAY}/v1`, apiKey: TOKEN } },
        google: { options: { baseURL: `${GATEWAY}/v1beta`, apiKey: TOKEN } },
      },
    });
  });
});
