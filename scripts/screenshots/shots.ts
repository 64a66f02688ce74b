import type { Page } from "playwright-core";

/** What a picture may need to find its page. */
export interface Scene {
  /** The token id of the token that is shown. */
  shown: string;
  /** The gateway's address as the pictures show it. */
  gatewayUrl: string;
  /** Makes a claim link. Returns its path, with the secret behind the #. */
  newClaim: () => Promise<string>;
}

/** A picture of README. */
export interface Shot {
  /** Its file, without `.png`. */
  name: string;
  /** Where it is; or how it is reached. */
  at: string | ((page: Page, scene: Scene) => Promise<unknown>);
  width: 1280 | 360;
  height: number;
  scheme: "light" | "dark";
}

const LAPTOP = { width: 1280, height: 800, scheme: "light" } as const;
const PHONE = { width: 360, height: 760, scheme: "light" } as const;

const token = (page: Page, { shown }: Scene): Promise<unknown> => page.goto(`/tokens/${shown}`);

async function newToken(page: Page): Promise<void> {
  await page.goto("/tokens/new?preset=class");
  await page.getByLabel("Label", { exact: true }).fill("Class 11a");
}

async function handOver(page: Page, { shown }: Scene): Promise<void> {
  await page.goto(`/tokens/${shown}/rotate`);
  await page.getByRole("button", { name: "Rotate token", exact: true }).click();
  await page.locator("[data-copy=token]").waitFor();
}

async function claimLink(page: Page, { gatewayUrl, newClaim }: Scene): Promise<void> {
  await page.goto(gatewayUrl + (await newClaim()));
}

async function claimed(page: Page, scene: Scene): Promise<void> {
  await claimLink(page, scene);
  await page.getByRole("button", { name: "Get my token" }).click();
  await page.getByRole("heading", { name: "Here is your token" }).waitFor();
}

/** All pictures. Another one takes one row here. */
export const SHOTS: readonly Shot[] = [
  { ...LAPTOP, name: "overview", at: "/", height: 1240 },
  { ...LAPTOP, name: "overview-dark", at: "/", height: 1240, scheme: "dark" },
  { ...PHONE, name: "overview-phone", at: "/" },
  { ...LAPTOP, name: "tokens", at: "/tokens" },
  { ...LAPTOP, name: "tokens-dark", at: "/tokens", scheme: "dark" },
  { ...LAPTOP, name: "token", at: token },
  { ...PHONE, name: "token-phone", at: token, scheme: "dark" },
  { ...LAPTOP, name: "new-token", at: newToken },
  { ...LAPTOP, name: "usage", at: "/usage" },
  // Last: they change what the others show.
  { ...LAPTOP, name: "hand-over", at: handOver },
  { ...PHONE, name: "hand-over-phone", at: handOver },
  { ...PHONE, name: "claim-phone", at: claimLink },
  { ...PHONE, name: "claimed-phone", at: claimed, scheme: "dark" },
];
