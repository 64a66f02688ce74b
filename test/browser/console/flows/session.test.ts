import { describe } from "vitest";
import { ADMIN_SECRET } from "../../../harness.ts";
import { WAYS } from "../hands.ts";
import { follow } from "../moves.ts";
import { test } from "../support.ts";

for (const { way, hands: take, setting } of WAYS) {
  describe(`sessions, ${way}`, () => {
    test("sign in and out", async ({ open, expect }) => {
      const page = await open({ ...setting, signedIn: false });
      const hands = take(page);
      await page.goto("/tokens");
      expect(new URL(page.url()).pathname).toBe("/sign-in");
      await hands.type("Password", ADMIN_SECRET);
      // Enter sends the form, as everybody expects.
      await follow(page, () => page.keyboard.press("Enter"));
      expect(await page.getByRole("navigation", { name: "Sections" }).count()).toBe(1);
      await hands.press("Sign out");
      await page.getByText("You are signed out.").waitFor();
      await page.goto("/tokens");
      expect(new URL(page.url()).pathname).toBe("/sign-in");
    });

    test("a wrong password is told at its field", async ({ open, expect }) => {
      const page = await open({ ...setting, signedIn: false });
      const hands = take(page);
      await page.goto("/sign-in");
      await hands.type("Password", "not the password");
      await hands.press("Sign in");
      const field = page.getByLabel("Password", { exact: true });
      const ids = ((await field.getAttribute("aria-describedby")) ?? "").split(" ");
      const notes = await Promise.all(ids.map((id) => page.locator(`#${id}`).innerText()));
      expect(notes).toContain("This isn't the password.");
      expect(await field.getAttribute("aria-invalid")).toBe("true");
      expect(await field.inputValue()).toBe("");
      expect(await page.title()).toMatch(/^Error: /);
    });

    test("end another session: it is out at once", async ({ open, expect }) => {
      const other = await open({ signedIn: false });
      await other.goto("/sign-in");
      await other.getByLabel("Password", { exact: true }).fill(ADMIN_SECRET);
      await follow(other, () => other.keyboard.press("Enter"));
      const page = await open(setting);
      const hands = take(page);
      await page.goto("/sessions");
      // The newest is the first.
      const end = await page
        .getByRole("button", { name: /^End session / })
        .first()
        .innerText();
      await hands.press(end.replaceAll(/\s+/g, " ").trim());
      await page.getByText("The session has ended.").waitFor();
      await other.goto("/tokens");
      expect(new URL(other.url()).pathname).toBe("/sign-in");
    });
  });
}
