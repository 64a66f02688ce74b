import { describe } from "vitest";
import { WAYS } from "../hands.ts";
import { test } from "../support.ts";

const DAY = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

for (const { way, hands: take, setting } of WAYS) {
  describe(`the list's filters by day, ${way}`, () => {
    test("sort by status, find by days, say what is wrong, and show all again", async ({ open, harness, expect }) => {
      const made = await harness.admin.send("POST", "tokens", {
        label: `Ends soon ${way}`,
        providers: ["openai"],
        expiresAt: new Date(Date.now() + 20 * DAY).toISOString(),
      });
      expect(made.status).toBe(201);
      const page = await open({ ...setting, zone: "Asia/Tokyo" });
      const hands = take(page);
      const main = () => page.getByRole("main").innerText();
      const fill = async (name: string, value: string): Promise<void> => {
        // A date's own field takes its parts in the order of the viewer's language.
        await page.locator(`#${name}`).fill(value);
      };
      await page.goto("/tokens");
      await hands.pick("Order", "Status, active first");
      await hands.unfold("More filters");
      const zone = "script" in setting ? "UTC" : "Asia/Tokyo";
      expect(await main()).toContain(`Days in ${zone}.`);
      await fill("expiresFrom", dayOf(Date.now() + 18 * DAY));
      await fill("expiresTo", dayOf(Date.now() + 22 * DAY));
      await hands.press("Filter");
      const { searchParams } = new URL(page.url());
      expect([searchParams.get("sort"), searchParams.get("zone")]).toEqual(["status", zone === "UTC" ? "" : zone]);
      expect(await main()).toContain(`Ends soon ${way}`);
      // It says which days it is filtered by: the fold is open.
      expect(await page.locator("#expiresFrom").isVisible()).toBe(true);
      expect(await page.locator("th[aria-sort=ascending]").allInnerTexts()).toEqual(["Status"]);
      await fill("expiresTo", dayOf(Date.now() + 17 * DAY));
      const refused = await hands.press("Filter");
      expect(refused.status()).toBe(422);
      expect(await main()).toContain("The last day is before the first. Choose a later one, or clear one of the two.");
      expect(await page.getByRole("table").count()).toBe(0);
      await hands.press("Show all");
      expect(await page.locator("#expiresFrom").isVisible()).toBe(false);
    });
  });
}
