import { describe } from "vitest";
import type { Page } from "playwright-core";
import { WAYS } from "../hands.ts";
import { follow } from "../moves.ts";
import { test } from "../support.ts";

const DAY = 86_400_000;
const ZONE = "Asia/Tokyo";
/** The same clock time, as the viewer's zone has it and as UTC has it. */
const TYPED = "2099-01-01T02:00";
const MEANT = {
  [ZONE]: {
    at: "2098-12-31T17:00:00.000Z",
    words: `Until 1 January 2099, 02:00 in ${ZONE}, which is 31 December 2098, 17:00 UTC. What ends later stays.`,
    shown: /Until 1 Jan 2099, 02:00 (?:JST|GMT\+9)\./,
  },
  UTC: {
    at: "2099-01-01T02:00:00.000Z",
    words: "Until 1 January 2099, 02:00 UTC. What ends later stays.",
    shown: /Until 2099-01-01 02:00 UTC\./,
  },
} as const;

const meaning = (page: Page): Promise<string> => page.locator("[data-meaning]").innerText();

for (const { way, hands: take, setting } of WAYS) {
  describe(`the extension of many tokens, ${way}`, () => {
    test("takes a time in the zone that it names, says the moment, and keeps it", async ({ open, harness, expect }) => {
      const label = `Extended ${way}`;
      const made = await harness.admin.send("POST", "tokens", {
        label,
        providers: ["openai"],
        expiresAt: new Date(Date.now() + DAY).toISOString(),
      });
      expect(made.status).toBe(201);
      const page = await open({ ...setting, zone: ZONE });
      const hands = take(page);
      const zone = "script" in setting ? "UTC" : ZONE;
      const { at, words, shown } = MEANT[zone];
      await page.goto(`/tokens?query=${encodeURIComponent(label)}`);
      await hands.tick(`Select ${label}`);
      await hands.pick("With the selected tokens", "Extend the expiry");
      await hands.press("Go on …");
      expect(await meaning(page)).toBe("By 30 days, each from where it ends now.");
      await hands.tick("Until the time below; what ends later stays");
      // A date's own field takes its parts in the order of the viewer's language.
      await page.getByLabel(`Date and time, in ${zone}`, { exact: true }).fill(TYPED);
      if (zone === "UTC") await hands.press("Preview");
      await expect.poll(() => meaning(page)).toBe(words);
      await hands.press("Extend the expiry");
      expect(await page.getByRole("main").innerText()).toMatch(shown);
      const found = await harness.admin.send("GET", `tokens?query=${encodeURIComponent(label)}`);
      expect(await found.json()).toMatchObject({ tokens: [{ label, expiresAt: at }] });
    });
  });
}

describe("the extension of many tokens, with scripts", () => {
  test("keeps a typed time of the zone that it was typed in, wherever the viewer is by then", async ({
    open,
    seed,
    expect,
  }) => {
    const page = await open({ zone: "Europe/Berlin" });
    await page.goto(`/tokens/bulk?action=extend&id=${seed.used.id}`);
    const time = page.getByLabel("Date and time, in Europe/Berlin", { exact: true });
    await time.fill("2099-01-31T18:00");
    // As the page would be sent by somebody who is in another zone since.
    await page.evaluate(`document.querySelector("input[name=expiresZone]").value = "${ZONE}"`);
    // Days are chosen: the page comes back, with what was entered.
    const answer = await follow(page, () => page.getByRole("button", { name: "Extend the expiry" }).click());
    expect(answer.status()).toBe(422);
    expect(await page.getByLabel(`Date and time, in ${ZONE}`, { exact: true }).inputValue()).toBe("2099-01-31T18:00");
    await page.getByLabel("Until the time below; what ends later stays", { exact: true }).check();
    await expect.poll(() => meaning(page)).toContain(`Until 31 January 2099, 18:00 in ${ZONE}, which is 31 January`);
  });
});
