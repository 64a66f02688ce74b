import { describe, type ExpectStatic } from "vitest";
import type { Page } from "playwright-core";
import { type Hands, WAYS } from "../hands.ts";
import { callGateway } from "../seed.ts";
import { test } from "../support.ts";

/** The secret that the page shows. */
const shown = (page: Page): Promise<string> => page.locator("[data-copy=token]").innerText();

async function create(page: Page, hands: Hands, label: string): Promise<string> {
  await page.goto("/tokens");
  await hands.press("New token");
  await hands.type("Label", label);
  await hands.press("Create token");
  return shown(page);
}

/** Loads the page until it says so: what the gateway tells of usage is some moments late. */
async function showsInTime(page: Page, expect: ExpectStatic, text: string | RegExp): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.reload();
        return page.getByRole("main").innerText();
      },
      { timeout: 20_000, interval: 500 },
    )
    .toMatch(text);
}

for (const { way, hands: take, setting } of WAYS) {
  describe(`a token's life, ${way}`, () => {
    test("create it, use it, and see what was used", async ({ open, harness, expect }) => {
      const page = await open(setting);
      const hands = take(page);
      const secret = await create(page, hands, `Made ${way}`);
      expect(secret).toMatch(/^dg_[0-9A-Za-z]{48}$/);
      // By its base URL, as the page names it.
      const address = await page.locator("[data-copy='base URL']").innerText();
      expect(address).toBe(harness.gatewayUrl);
      expect((await callGateway(address, secret)).status).toBe(200);
      await hands.press("Done, I have copied it");
      await showsInTime(page, expect, /gpt-5\.4-mini[\s\S]*POST|Last requests[\s\S]*gpt-5\.4-mini/);
      expect(await page.content()).not.toContain(secret);
    });

    test("edit it, disable it, enable it", async ({ open, harness, expect }) => {
      const page = await open(setting);
      const hands = take(page);
      const secret = await create(page, hands, `Switched ${way}`);
      await hands.press("Done, I have copied it");
      await hands.press("Edit");
      await hands.type("Label", `Renamed ${way}`);
      await hands.press("Save changes");
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toBe(`Renamed ${way}`);
      await hands.press("Disable");
      await page.getByText("The token is disabled: requests").waitFor();
      // What an isolate knew before is a second old at most.
      await expect.poll(async () => (await callGateway(harness.gatewayUrl, secret)).status).toBe(401);
      await hands.press("Enable");
      await expect.poll(async () => (await callGateway(harness.gatewayUrl, secret)).status).toBe(200);
    });

    test("rotate it, and delete it", async ({ open, harness, expect }) => {
      const page = await open(setting);
      const hands = take(page);
      const first = await create(page, hands, `Rotated ${way}`);
      await hands.press("Done, I have copied it");
      await hands.press("Rotate …");
      await hands.press("Rotate token");
      const second = await shown(page);
      expect(second).not.toBe(first);
      await expect.poll(async () => (await callGateway(harness.gatewayUrl, first)).status).toBe(401);
      expect((await callGateway(harness.gatewayUrl, second)).status).toBe(200);
      await hands.press("Done, I have copied it");
      await hands.press("Delete …");
      await hands.type("Type the label to confirm", `Rotated ${way}`);
      await hands.press("Delete for good");
      await page.getByText("The token is deleted. It will never work again.").waitFor();
      await expect.poll(async () => (await callGateway(harness.gatewayUrl, second)).status).toBe(401);
    });
  });
}
