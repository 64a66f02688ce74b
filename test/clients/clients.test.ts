import { describe } from "vitest";
import { CASES } from "./cases/all.ts";
import { expectStep } from "./support/check.ts";
import { test } from "./support/test.ts";

for (const one of CASES) {
  describe(`${one.client}: ${one.mode}`, () => {
    for (const step of one.steps) {
      test(step.features.join(", "), async ({ harness, token, proxy, expect }) => {
        await expectStep({ harness, token: token.secret, proxy, expect }, one, step);
      });
    }
  });
}
