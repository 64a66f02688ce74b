import { describe } from "vitest";
import { WAYS } from "../hands.ts";
import { test } from "../support.ts";

for (const { way, hands: take, setting } of WAYS) {
  describe(`rules, ${way}`, () => {
    test("make a policy, edit it, make it the default and not any more", async ({ open, expect }) => {
      const page = await open(setting);
      const hands = take(page);
      await page.goto("/policies");
      await hands.press("New policy");
      await hands.type("Name", `Policy ${way}`);
      await hands.unfold("Pace");
      await hands.type("Requests per minute", "30");
      await hands.press("Create policy");
      await page.getByText("30 requests a minute").first().waitFor();
      await hands.type("Requests per minute", "40");
      await hands.press("Save for all of them");
      await page.getByText("40 requests a minute").first().waitFor();
      await hands.press("Make it the default");
      await page.getByText("New tokens follow this policy, unless you choose otherwise.").first().waitFor();
      await page.goto("/tokens/new");
      expect(await page.getByLabel("Policy", { exact: true }).locator(":checked").innerText()).toBe(`Policy ${way}`);
      await page.goto("/policies");
      await hands.press(`Policy ${way}`);
      await hands.press("Let new tokens follow none");
      await page.getByText("New tokens follow no policy, unless you choose one.").waitFor();
    });

    test("override a price, and take it back", async ({ open, expect }) => {
      const page = await open(setting);
      const hands = take(page);
      await page.goto("/prices");
      await hands.press("Add a price");
      await hands.type("Model", "my-model*");
      await hands.type("Input", "1.5");
      await hands.type("Output", "3");
      await hands.press("Save price");
      await page.getByText("The prices are saved").waitFor();
      await hands.press("Remove my-model*");
      expect(await page.getByText("There are none yet.").count()).toBe(1);
    });

    test("add a webhook, test it and remove it", async ({ open, harness, expect }) => {
      const page = await open(setting);
      const hands = take(page);
      const url = `${harness.providers.openai.url}/hook-${setting.width}`;
      await page.goto("/webhooks");
      await hands.type("Address", url);
      await hands.press("Add webhook");
      expect(await page.locator("[data-copy]").first().innerText()).toMatch(/^whsec_/);
      await page.goto("/webhooks");
      await hands.press(`Test ${url}`);
      const delivery = harness.providers.openai.recordings.find(({ target }) => target === new URL(url).pathname);
      expect(delivery?.method).toBe("POST");
      await page.goto("/webhooks");
      await hands.press(`Remove ${url}`);
      await page.getByText("The webhook is removed.").waitFor();
      expect(await page.getByText(url).count()).toBe(0);
    });
  });
}
