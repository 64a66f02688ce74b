import { describe } from "vitest";
import type { Stage } from "./support/cases.ts";
import { program } from "./support/cases.ts";
import { runClient, withHome } from "./support/sandbox.ts";
import { test } from "./support/test.ts";

const OPENAI = "api.openai.com:443";

const ENVIRONMENTS: { name: string; more: Record<string, string>; dialled: string[] }[] = [
  { name: "by default it goes to OpenAI's own host, whatever OPENAI_BASE_URL says", more: {}, dialled: [OPENAI] },
  {
    name: "with OPENAI_AGENTS_DISABLE_TRACING=1 it goes nowhere",
    more: { OPENAI_AGENTS_DISABLE_TRACING: "1" },
    dialled: [],
  },
];

// Why docs/clients.md insists on the variable: the token is the credential that the trace is sent with.
describe("the trace of OpenAI's Agents SDK", () => {
  for (const { name, more, dialled } of ENVIRONMENTS) {
    test(name, async ({ harness, token, proxy, expect }) => {
      const env = ({ gatewayUrl }: Stage): Record<string, string> => ({
        OPENAI_BASE_URL: `${gatewayUrl}/v1`,
        OPENAI_API_KEY: token.secret,
        ...more,
      });
      const [step] = program("openai-agents.mjs", ["plain"], env);
      proxy.strays.splice(0);
      const outcome = await withHome((home) => {
        const stage = { gatewayUrl: harness.gatewayUrl, token: token.secret, home };
        return step === undefined
          ? Promise.reject(new Error("The program has no step."))
          : runClient(step.command(stage), home, proxy.url);
      });
      expect(step?.answers(outcome).plain).toBe("Echo: hello gate");
      expect([...new Set(proxy.strays.map(({ where }) => where))]).toEqual(dialled);
    });
  }
});
