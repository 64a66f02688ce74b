import { describe } from "vitest";
import type { Page } from "playwright-core";
import { ADMIN_SECRET } from "../../../harness.ts";
import { WAYS } from "../hands.ts";
import { follow, press, signIn } from "../moves.ts";
import { test } from "../support.ts";

/** Browsers have no passkeys at an address of digits. */
const named = (adminUrl: string): string => adminUrl.replace("127.0.0.1", "localhost");

/** Gives the page's browser an authenticator with a finger always on it. */
async function giveAuthenticator(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

describe("passkeys", () => {
  test("add one, sign in with it, rename it and remove it", async ({ open, harness, expect }) => {
    const page = await open({ signedIn: false });
    await giveAuthenticator(page);
    const admin = named(harness.adminUrl);
    await page.goto(`${admin}/sign-in`);
    await page.getByLabel("Password").fill(ADMIN_SECRET);
    await press(page, "Sign in");
    await page.goto(`${admin}/settings/sign-in`);
    await page.getByLabel("Name of a new passkey").fill("Test laptop");
    await press(page, "Add a passkey");
    await page.getByText("The passkey is added.").waitFor();
    await press(page, "Sign out");

    await page.goto(`${admin}/sign-in`);
    await press(page, "Use a passkey");
    expect(new URL(page.url()).pathname).toBe("/");
    await page.goto(`${admin}/sessions`);
    await page.getByRole("cell", { name: "Passkey" }).first().waitFor();

    await page.goto(`${admin}/settings/sign-in`);
    await follow(page, () => page.getByRole("link", { name: "Test laptop" }).click());
    await page.getByLabel("Name", { exact: true }).fill("Old laptop");
    await press(page, "Rename");
    await follow(page, () => page.getByRole("link", { name: "Old laptop" }).click());
    await press(page, "Remove “Old laptop”");
    await page.getByText("The passkey is removed.").waitFor();
    await press(page, "Sign out");
    expect(await page.getByRole("button", { name: "Use a passkey" }).count()).toBe(0);
  });

  test("one that the device has already is told at its field, and one without a name isn't asked for", async ({
    open,
    harness,
    expect,
  }) => {
    const page = await open({ signedIn: false });
    await giveAuthenticator(page);
    const admin = named(harness.adminUrl);
    await page.goto(`${admin}/sign-in`);
    await page.getByLabel("Password").fill(ADMIN_SECRET);
    await press(page, "Sign in");
    await page.goto(`${admin}/settings/sign-in`);
    const name = page.getByLabel("Name of a new passkey");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    expect(await name.evaluate((input) => Reflect.get(input, "validity").valueMissing as boolean)).toBe(true);
    await name.fill("First");
    // Enter in the field is the same as the button.
    await follow(page, () => name.press("Enter"));
    await page.getByText("The passkey is added.").waitFor();
    await name.fill("Second");
    await page.getByRole("button", { name: "Add a passkey" }).click();
    await page.getByText("This device has a passkey for here already.").waitFor();
    await follow(page, () => page.getByRole("link", { name: "First" }).click());
    await press(page, "Remove “First”");
  });
});

for (const { way, hands: take, setting } of WAYS) {
  describe(`a session that ended while a form was open, ${way}`, () => {
    test("is begun anew on the way, and nothing is lost", async ({ open, harness, expect }) => {
      // The preview is asked for a moment after the label was typed, when the session may be over.
      const page = await open({ ...setting, signedIn: false, mayFail: "/tokens/preview" });
      const hands = take(page);
      await signIn(page, ADMIN_SECRET);
      await page.goto("/tokens/new");
      const label = `Kept ${way}`;
      await hands.type("Label", label);
      await page.context().addCookies([{ name: "doppelgate-local", value: "ended", url: harness.adminUrl }]);
      expect((await hands.press("Create token")).status()).toBe(403);
      await hands.type("Password", "not the password");
      expect((await hands.press("Go on")).status()).toBe(401);
      await hands.type("Password", ADMIN_SECRET);
      await hands.press("Go on");
      expect(await page.getByRole("heading", { level: 1 }).innerText()).toContain(label);
    });
  });
}
