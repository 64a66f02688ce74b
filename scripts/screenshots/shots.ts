import type { Page } from "playwright-core";

/** What a picture may need to find its page. */
export interface Scene {
  /** The token id of the token that is shown. */
  shown: string;
  gatewayUrl: string;
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

async function handOver(page: Page, { shown }: Scene): Promise<void> {
  await page.goto(`/tokens/${shown}`);
  await page.getByRole("button", { name: "Rotate token", exact: true }).click();
  await page.locator("[data-copy=token]").waitFor();
}

/** All pictures. Another one takes one row here. */
export const SHOTS: readonly Shot[] = [
  { ...LAPTOP, name: "tokens", at: "/tokens" },
  { ...LAPTOP, name: "tokens-dark", at: "/tokens", scheme: "dark" },
  { ...LAPTOP, name: "token", at: token },
  { ...PHONE, name: "token-phone", at: token },
  { ...LAPTOP, name: "new-token", at: "/tokens/new" },
  { ...LAPTOP, name: "usage", at: "/usage" },
  { ...LAPTOP, name: "usage-dark", at: "/usage?group=model", scheme: "dark" },
  // Last: they change what the others show.
  { ...LAPTOP, name: "hand-over", at: handOver },
  { ...PHONE, name: "hand-over-phone", at: handOver, scheme: "dark" },
];
