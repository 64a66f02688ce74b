import { describe } from "vitest";
import type { Page } from "playwright-core";
import { WAYS } from "../hands.ts";
import { follow } from "../moves.ts";
import { test } from "../support.ts";

const meaning = (page: Page): Promise<string> => page.locator("[data-meaning]").innerText();

for (const { way, hands: take, setting } of WAYS) {
  describe(`the form of a new token, ${way}`, () => {
    test("keeps what was typed when another preset is chosen, and makes what it says", async ({ open, expect }) => {
      const page = await open(setting);
      const hands = take(page);
      const label = `Filled ${way}`;
      await page.goto("/tokens/new");
      await hands.type("Label", label);
      await hands.press("One afternoon $2 in all, for a day");
      expect(await page.getByLabel("Label", { exact: true }).inputValue()).toBe(label);
      expect(await meaning(page)).toMatch(new RegExp(`^${label} may use .*, up to \\$2 in all, until`));
      await hands.press("Create token");
      await page.goto(`/tokens?query=${encodeURIComponent(label)}`);
      await hands.press(label);
      await page.getByText("up to $2 in all, until").first().waitFor();
    });

    test("makes a token by Enter in its label, whatever stands above", async ({ open, expect }) => {
      const page = await open(setting);
      await page.goto("/tokens/new");
      await take(page).type("Label", `Entered ${way}`);
      await follow(page, () => page.keyboard.press("Enter"));
      expect(new URL(page.url()).pathname).toMatch(/^\/tokens\/\w{10}\/secret$/);
    });
  });
}

describe("the form of a new token, with scripts", () => {
  test("says what it means while it is filled in, and which hours are of the viewer's zone", async ({
    open,
    expect,
  }) => {
    const page = await open({ zone: "Asia/Tokyo" });
    await page.goto("/tokens/new?preset=class");
    await expect.poll(() => meaning(page)).toContain("from 7:00 to 18:00 (Tokyo time)");
    expect(await page.locator("[data-fold=hours]").innerText()).toBe("on weekdays from 7:00 to 18:00 (Tokyo time)");
    await page.getByLabel("Label", { exact: true }).fill("Class 7b");
    await expect.poll(() => meaning(page)).toMatch(/^Class 7b may use/);
    await page.getByLabel("Amount", { exact: true }).first().fill("much");
    await expect.poll(() => meaning(page)).toBe("Not right yet: This has to be an amount of US dollars, like 12.5.");
    await page.getByLabel("Amount", { exact: true }).first().fill("3");
    await expect.poll(() => meaning(page)).toContain("up to $3 a week");
  });

  test("adds rows as many as it takes, and takes them away", async ({ open, expect }) => {
    const page = await open();
    await page.goto("/tokens/new");
    const amounts = page.getByLabel("Amount", { exact: true }).filter({ visible: true });
    const add = page.getByRole("button", { name: "Add a budget", exact: true });
    expect(await amounts.count()).toBe(1);
    for (const [index, period] of ["hour", "day", "week", "total"].entries()) {
      await add.click();
      // The new row has the focus.
      await page.keyboard.type(String(index + 6));
      await page.getByLabel("How often", { exact: true }).filter({ visible: true }).last().selectOption(period);
    }
    expect(await amounts.count()).toBe(5);
    await expect.poll(() => meaning(page)).toContain("up to $5 a month, $6 an hour, $7 a day, $8 a week and $9 in all");
    await page.getByRole("button", { name: "Remove this budget", exact: true }).nth(1).click();
    await expect.poll(() => meaning(page)).toContain("up to $5 a month, $7 a day, $8 a week and $9 in all");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("Add a budget");
    const ids = await page.evaluate<string[]>("[...document.querySelectorAll('form [id]')].map(({ id }) => id)");
    expect(ids.length).toBe(new Set(ids).size);
  });

  test("takes a typed end for the viewer's own time", async ({ open, expect }) => {
    const page = await open({ zone: "Asia/Tokyo" });
    await page.goto("/tokens/new");
    await page.getByLabel("At the time below", { exact: true }).check();
    await page.getByLabel("Date and time, in Asia/Tokyo").fill("2099-01-01T02:00");
    await expect.poll(() => meaning(page)).toContain("until 31 December 2098 (UTC);");
  });
});

describe("the form of a new token, without scripts", () => {
  test("says by a button what it means, and has rows to spare", async ({ open, expect }) => {
    const page = await open({ script: false });
    await page.goto("/tokens/new");
    const amounts = page.getByLabel("Amount", { exact: true }).filter({ visible: true });
    expect(await amounts.count()).toBe(3);
    await amounts.nth(1).fill("1");
    await page.getByLabel("How often", { exact: true }).nth(1).selectOption("day");
    await follow(page, () => page.getByRole("button", { name: "Preview", exact: true }).click());
    expect(await meaning(page)).toContain("up to $5 a month and $1 a day");
    expect(await amounts.count()).toBe(4);
  });
});
