import { describe, type ExpectStatic } from "vitest";
import type { Page } from "playwright-core";
import { askAxe, look, MAX_WEIGHT, prepare, unfold, weigh } from "./looking.ts";
import { PAGES, reach } from "./pages.ts";
import { test, WIDTHS } from "./support.ts";

/** Beside those that are looked at closely: what WCAG asks that text flows into, and a large screen. */
const OTHER_WIDTHS = [320, 1920];

async function fits(page: Page, expect: ExpectStatic): Promise<void> {
  for (const width of [...WIDTHS, ...OTHER_WIDTHS]) {
    await page.setViewportSize({ width, height: 800 });
    expect.soft(await look(page, ["widerThanWindow", "smallText"]), `at ${width} px`).toEqual([]);
  }
}

for (const [name, row] of Object.entries(PAGES)) {
  describe(`the page “${name}”`, () => {
    const setting = { signedIn: row.signedOut !== true, ...(row.mayFail !== undefined && { mayFail: row.mayFail }) };

    test("can be seen, read and used in both schemes and at every width", async ({ open, seed, harness, expect }) => {
      const page = await open(setting);
      const answer = await reach(row, seed, page, harness);
      expect(answer.status()).toBe(row.status ?? 200);
      expect.soft(await weigh(page, answer)).toBeLessThanOrEqual(MAX_WEIGHT);
      await prepare(page);
      await unfold(page);
      expect.soft(await look(page, ["smallTargets", "raggedNumbers"]), "at 1280 px").toEqual([]);
      expect.soft(await askAxe(page), "in light, at 1280 px").toEqual([]);
      await fits(page, expect);
      await page.setViewportSize({ width: 360, height: 800 });
      await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
      expect.soft(await look(page, ["smallTargets", "smallFields", "moving", "jumpingFocus"]), "at 360 px").toEqual([]);
      expect.soft(await askAxe(page), "in dark, at 360 px").toEqual([]);
    });

    test("stands without scripts", async ({ open, seed, harness, expect }) => {
      const page = await open({ ...setting, script: false, width: 360, scheme: "dark" });
      const answer = await reach(row, seed, page, harness);
      expect(answer.status()).toBe(row.status ?? 200);
      await prepare(page);
      await unfold(page);
      expect.soft(await look(page, ["widerThanWindow", "smallTargets", "smallFields"])).toEqual([]);
      expect.soft(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
    });
  });
}
