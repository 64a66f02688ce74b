import { env } from "cloudflare:workers";
import { it } from "vitest";
it("reaches the gateway", async ({ expect }) => {
  expect(await (env as unknown as AdminEnv).GATEWAY.facts()).toBe(1);
});
