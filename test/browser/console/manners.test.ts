import { describe } from "vitest";
import type { Page } from "playwright-core";
import { askAxe, look, prepare } from "./looking.ts";
import { press } from "./moves.ts";
import { test } from "./support.ts";

// A browser moves the focus when it next draws, which may be after the page has loaded: to be asked again until it has.
const focused = (page: Page) => (): Promise<string> => page.evaluate("document.activeElement.className");
const shown = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).filter({ visible: true }).count();

describe("the focus", () => {
  for (const script of [true, false]) {
    test(`goes to what is wrong, and from there to the field, ${script ? "with" : "without"} scripts`, async ({
      open,
      expect,
    }) => {
      const page = await open({ script });
      await page.goto("/tokens/new");
      await page.getByLabel("Label", { exact: true }).fill("x");
      await page.locator("summary", { hasText: "Models:" }).click();
      for (const box of await page.locator("input[name=providers]").all()) await box.uncheck();
      await press(page, "Create token");
      await expect.poll(focused(page)).toBe("message bad");
      expect(await page.title()).toMatch(/^Error: /);
      await page.keyboard.press("Tab");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("document.activeElement.id")).toBe("providers");
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.name")).toBe("providers");
    });
  }

  test("goes to what came of it", async ({ open, seed, expect }) => {
    const page = await open();
    await page.goto(`/tokens/${seed.used.id}`);
    await press(page, "Disable");
    await expect.poll(focused(page)).toBe("message good");
    await press(page, "Enable");
    await expect.poll(focused(page)).toBe("message good");
  });

  test("can skip what stands on every page", async ({ open, expect }) => {
    const page = await open({ script: false });
    await page.goto("/tokens");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.className")).toBe("skip");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('main') !== null")).toBe(true);
  });
});

describe("a form that takes its time", () => {
  test("is sent once, keeps its words, says that it goes on, and may be sent again after a while", async ({
    open,
    seed,
    expect,
  }) => {
    const page = await open();
    await page.clock.install();
    await page.goto(`/tokens/${seed.disabled}`);
    let sent = 0;
    // Took the request, and never brings a page.
    await page.route("**/enable", (route) => {
      sent += 1;
      return route.fulfill({ status: 204, body: "" });
    });
    const button = page.getByRole("button", { name: "Enable", exact: true });
    await button.click();
    const form = page.locator("form[aria-busy=true]");
    await form.waitFor();
    await button.click();
    expect(await form.innerText()).toBe("Enable");
    await page.clock.runFor(3_100);
    expect(await form.innerText()).toMatch(/^Enable\s+Still working\./);
    expect(sent).toBe(1);
    await page.clock.runFor(20_000);
    expect(await page.locator("form[aria-busy], .slow").count()).toBe(0);
    await button.click();
    await form.waitFor();
    expect(sent).toBe(2);
  });
});

describe("times", () => {
  test("are told in the viewer's zone, with the exact one as the title", async ({ open, seed, expect }) => {
    const page = await open({ zone: "Asia/Kolkata" });
    await page.goto(`/tokens/${seed.used.id}`);
    const time = page.locator("time").first();
    expect(await time.innerText()).toMatch(/^\d{1,2} \w{3,4} \d{4}, \d\d:\d\d (IST|GMT\+5:30)$/);
    expect(await time.getAttribute("title")).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test("are told in UTC without scripts", async ({ open, seed, expect }) => {
    const page = await open({ script: false, zone: "Asia/Kolkata" });
    await page.goto(`/tokens/${seed.used.id}`);
    expect(await page.locator("time").first().innerText()).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d UTC$/);
  });
});

describe("on a phone", () => {
  test("the open section is in sight, and the sections take one line", async ({ open, expect }) => {
    const page = await open({ width: 360 });
    await page.goto("/status");
    const box = await page.locator(".bar nav [aria-current]").boundingBox();
    expect(box?.x).toBeGreaterThanOrEqual(0);
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(360);
    expect((await page.locator(".top").boundingBox())?.height).toBeLessThanOrEqual(100);
  });

  test("a table of cards is still a table to a screen reader", async ({ open, seed, expect }) => {
    const page = await open({ width: 360 });
    await page.goto(`/tokens?query=${encodeURIComponent(seed.used.label)}`);
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const roles = nodes.flatMap(({ ignored, role }) => (ignored ? [] : [String(role?.value)]));
    for (const role of ["table", "row", "cell"]) expect(roles).toContain(role);
  });
});

describe("what the viewer's system asks for", () => {
  test("more contrast: all text has 7 to 1", async ({ open, seed, expect }) => {
    const page = await open();
    for (const path of [`/tokens/${seed.used.id}`, "/status", "/usage"]) {
      await page.goto(path);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ contrast: "more", colorScheme, reducedMotion: "reduce" });
        expect.soft(await askAxe(page, ["color-contrast-enhanced"]), `${path} in ${colorScheme}`).toEqual([]);
      }
    }
  });

  test("forced colours: the open section still stands out", async ({ open, expect }) => {
    const page = await open();
    await page.emulateMedia({ forcedColors: "active" });
    await page.goto("/tokens");
    const coloursOf = (links: string): Promise<string[]> =>
      page.evaluate(
        `[...document.querySelectorAll('.bar nav ${links}')].map((link) => getComputedStyle(link).borderBottomColor)`,
      );
    const current = await coloursOf("a[aria-current]");
    const others = new Set(await coloursOf("a:not([aria-current])"));
    expect([current.length, others.size]).toEqual([1, 1]);
    expect(others).not.toContain(current[0]);
  });

  test("less motion: nothing moves, on any element", async ({ open, expect }) => {
    const page = await open({ still: true });
    await page.goto("/tokens/new");
    await prepare(page);
    expect(await look(page, ["moving"])).toEqual([]);
  });
});

describe("on paper", () => {
  test("a page has what it says, and nothing to press", async ({ open, seed, expect }) => {
    const page = await open({ scheme: "dark" });
    await page.goto(`/tokens/${seed.used.id}`);
    await page.emulateMedia({ media: "print" });
    for (const selector of [".top", ".skip", "button", ".button", "input"]) {
      expect.soft(await shown(page, selector), selector).toBe(0);
    }
    expect(await shown(page, "h1")).toBe(1);
    // A sheet is narrower than a tablet, and a table stays one.
    await page.setViewportSize({ width: 700, height: 1000 });
    expect(await page.evaluate("getComputedStyle(document.querySelector('tbody tr')).display")).toBe("table-row");
    expect(await page.evaluate("getComputedStyle(document.body).color")).toBe("rgb(0, 0, 0)");
    expect((await page.pdf({ format: "A4" })).length).toBeGreaterThan(1000);
  });
});
