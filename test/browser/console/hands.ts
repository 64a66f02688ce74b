import type { Locator, Page, Response } from "playwright-core";
import { prepare } from "./looking.ts";
import { follow } from "./moves.ts";

/** As `in-page/focus.ts` tells it. */
interface Focus {
  on: string;
  seen: boolean;
  there: boolean;
}

/** Somebody who uses a page, by what it says on it: with a mouse, or with nothing but a keyboard. */
export interface Hands {
  /** Fills a field, given by its label. */
  type(label: string, text: string): Promise<void>;
  /** Chooses a checkbox or a radio button. */
  tick(label: string): Promise<void>;
  /** Chooses an option of a list. */
  pick(label: string, option: string): Promise<void>;
  /** Opens a part of a form that is folded, given by its title. */
  unfold(title: string): Promise<void>;
  /** Presses a button, or follows a link, to the page behind it. */
  press(name: string): Promise<Response>;
}

const MOST_TABS = 250;

const pressable = (page: Page, name: string): Locator =>
  page.getByRole("button", { name, exact: true }).or(page.getByRole("link", { name, exact: true }));

const folded = (page: Page, title: string): Locator =>
  page.locator("details:not([open]) > summary", { hasText: title });

/** With a mouse. */
export function mouse(page: Page): Hands {
  return {
    type: (label, text) => page.getByLabel(label, { exact: true }).fill(text),
    tick: (label) => page.getByLabel(label, { exact: true }).check(),
    async pick(label, option) {
      await page.getByLabel(label, { exact: true }).selectOption({ label: option });
    },
    unfold: (title) => folded(page, title).click(),
    press: (name) => follow(page, () => pressable(page, name).click()),
  };
}

/** In the page: `in-page/focus.ts`. */
const aimAt = (element: unknown): void => Reflect.get(Reflect.get(globalThis, "looks"), "aimAt")(element);

/** Goes on with Tab until the focus is there; on the way it must never be out of sight. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  await prepare(page);
  await target.evaluate(aimAt);
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    const focus = await page.evaluate<Focus | null>("looks.focus()");
    if (focus?.there === true && (focus.seen || tabs === 0)) return;
    if (focus?.seen === false && tabs > 0) throw new Error(`The focus can't be seen on ${focus.on}.`);
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab doesn't lead to ${target.toString()}.`);
}

/** With nothing but a keyboard. */
export function keyboard(page: Page): Hands {
  const field = (label: string): Locator => page.getByLabel(label, { exact: true });
  return {
    async type(label, text) {
      await tabTo(page, field(label));
      await page.keyboard.press("ControlOrMeta+a");
      await page.keyboard.type(text);
    },
    async tick(label) {
      const key = (await field(label).getAttribute("type")) === "radio" ? "ArrowDown" : "Space";
      await tabTo(page, field(label));
      for (let presses = 0; !(await field(label).isChecked()) && presses < MOST_TABS; presses += 1) {
        await page.keyboard.press(key);
      }
    },
    async pick(label, option) {
      await tabTo(page, field(label));
      await page.keyboard.type(option);
    },
    async unfold(title) {
      await tabTo(page, folded(page, title));
      await page.keyboard.press("Enter");
    },
    async press(name) {
      await tabTo(page, pressable(page, name));
      return follow(page, () => page.keyboard.press("Enter"));
    },
  };
}

/** Who goes through each flow: the table of hands, and how they look at the pages. */
export const WAYS = [
  { way: "with a mouse, in dark", hands: mouse, setting: { scheme: "dark", width: 1280 } },
  { way: "with a keyboard, without scripts, at 360 px", hands: keyboard, setting: { script: false, width: 360 } },
] as const;
