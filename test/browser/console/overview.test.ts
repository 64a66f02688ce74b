import type { Page } from "playwright-core";
import { describe } from "vitest";
import { withUsage } from "./pages.ts";
import { test } from "./support.ts";

/** Whichever of these comes first waits for the pair of Workers, the seed and its usage. */
const PATIENCE = { timeout: 120_000 };
/** Of a day with requests: how many doesn't matter, as others call too. */
const SOME = /^\w{3} \d+ \w{3}: [1-9]\d*$/;
const PATH = "/?by=model&span=7d&measure=requests";
const readOut = (page: Page): Promise<string> => page.locator(".read-out").innerText();

describe("the chart of the overview", PATIENCE, () => {
  test("is read out step by step with the arrow keys, as a slider", async ({ open, seed, expect }) => {
    const page = await open();
    await withUsage(page, PATH, "figure");
    const slider = page.getByRole("slider", { name: "Requests by model, 7 days" });
    expect(await readOut(page)).toBe("Point at a bar, or use the arrow keys, to read it.");
    await slider.focus();
    const today = await slider.getAttribute("aria-valuetext");
    expect([today, await slider.getAttribute("aria-valuenow")]).toEqual([expect.stringMatching(SOME), "7"]);
    expect(await readOut(page)).toContain(`${today} `);
    expect(await readOut(page)).toMatch(/gpt-5\.4 · OpenAI \d/);
    await page.keyboard.press("ArrowLeft");
    const yesterday = await slider.getAttribute("aria-valuetext");
    expect([yesterday?.split(": ")[1], await slider.getAttribute("aria-valuenow")]).toEqual(["0", "6"]);
    await page.keyboard.press("Home");
    expect(await slider.getAttribute("aria-valuenow")).toBe("1");
    await page.keyboard.press("ArrowLeft");
    expect(await slider.getAttribute("aria-valuenow")).toBe("1");
    await page.keyboard.press("End");
    expect(await slider.getAttribute("aria-valuetext")).toBe(today);
    await page.keyboard.press("Tab");
    expect(await readOut(page)).toBe("Point at a bar, or use the arrow keys, to read it.");
    expect(seed.used.id).not.toBe("");
  });

  test("is read out where the mouse points, and says nothing more when it leaves", async ({ open, seed, expect }) => {
    const page = await open();
    await withUsage(page, PATH, "figure");
    const plot = page.locator(".plot");
    const { width = 0, height = 0 } = (await plot.boundingBox()) ?? {};
    await plot.hover({ position: { x: width - 10, y: height / 2 } });
    expect(await readOut(page)).toMatch(/^\w{3} \d+ \w{3}: [1-9]\d* /);
    await plot.hover({ position: { x: 10, y: height / 2 } });
    expect(await readOut(page)).toMatch(/^\w{3} \d+ \w{3}: 0/);
    await page.mouse.move(0, 0);
    expect(await readOut(page)).toMatch(/^Point at a bar/);
    expect(seed.used.id).not.toBe("");
  });

  test("tells hours in the viewer's zone", async ({ open, seed, expect }) => {
    const page = await open();
    await withUsage(page, "/?span=24h&measure=requests", "figure");
    const zone = await page.evaluate<string>("Intl.DateTimeFormat().resolvedOptions().timeZone");
    expect(await page.locator("[data-zone]").innerText()).toBe(zone);
    expect(await page.getByRole("slider").getAttribute("aria-valuetext")).toMatch(/^\w{3},? \d+ \w{3},? \d\d:00: \d+$/);
    expect(seed.used.id).not.toBe("");
  });

  test("has a title on each step where no script runs", async ({ open, seed, expect }) => {
    const page = await open({ script: false });
    await withUsage(page, PATH, "figure");
    expect(await page.locator(".plot title").count()).toBe(7);
    expect(await page.locator(".plot title").last().textContent()).toMatch(/: [1-9]\d* — .*gpt-5\.4 · OpenAI \d/);
    expect(seed.used.id).not.toBe("");
  });
});
