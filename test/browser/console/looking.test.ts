import { describe, type ExpectStatic } from "vitest";
import type { Browser, Page } from "playwright-core";
import { test } from "../support.ts";
import { askAxe, look, type Look, prepare } from "./looking.ts";
import { watch } from "./watch.ts";

// What looks at the console's pages is shown faults here, each of which it has to find: a look that finds nothing is none.

const ORIGIN = "http://console.test";
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; require-trusted-types-for 'script'";

interface Faulty {
  body: string;
  /** What `/script.js` has. */
  script?: string;
  /** Whether the console's policy counts; the faults in looks need inline styles. */
  strict: boolean;
}

async function show(page: Page, { body, script = "", strict }: Faulty): Promise<void> {
  await page.route(`${ORIGIN}/**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    if (path === "/script.js") return route.fulfill({ contentType: "text/javascript", body: script });
    if (path !== "/") return route.fulfill({ status: 404, body: "" });
    const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Fault</title>
      ${script === "" ? "" : '<script src="/script.js" defer></script>'}</head><body><main><h1>Fault</h1>${body}</main></body></html>`;
    const headers = strict ? { "content-security-policy": POLICY } : {};
    return route.fulfill({ contentType: "text/html", headers, body: html });
  });
  await page.goto(ORIGIN, { waitUntil: "load" });
}

async function open(browser: Browser, faulty: Faulty, javaScriptEnabled = true) {
  const context = await browser.newContext({ viewport: { width: 360, height: 800 }, javaScriptEnabled });
  const page = await context.newPage();
  const seen = await watch(context, page, [ORIGIN]);
  await show(page, faulty);
  return { page, take: () => seen.take(), close: () => context.close() };
}

const SIGHTS: Record<string, Omit<Faulty, "strict"> & { says: RegExp; script?: string; scripts?: false }> = {
  "a script in the page": { body: "<script>1</script>", says: /^CSP: script-src-elem stopped/ },
  "a style on an element": { body: '<p style="color: red">x</p>', says: /^CSP: style-src-attr stopped/ },
  "a style on an element, without scripts": {
    body: '<p style="color: red">x</p>',
    scripts: false,
    says: /^CSP: style-src-attr stopped/,
  },
  "markup made by a script": {
    body: "",
    script: "document.body.innerHTML = '<b>x</b>'",
    says: /^CSP: require-trusted/,
  },
  "a warning": { body: "", script: "console.warn('beware')", says: /^console: beware$/ },
  "an error that nobody catches": { body: "", script: "throw new Error('oops')", says: /^uncaught: oops$/ },
  "a request that fails": { body: "", script: "import('/missing.js').catch(() => 0)", says: /^failed: 404 .*missing/ },
};

describe("what goes wrong by itself is seen:", () => {
  for (const [name, { says, scripts, ...faulty }] of Object.entries(SIGHTS)) {
    test(name, async ({ browser, expect }) => {
      const { take, close } = await open(browser, { ...faulty, strict: true }, scripts);
      await expect.poll(take).toContainEqual(expect.stringMatching(says));
      await close();
    });
  }

  test("but nothing where nothing is wrong", async ({ browser, expect }) => {
    const { page, take, close } = await open(browser, { body: "<p>Well</p>", script: "1", strict: true });
    await prepare(page);
    expect(await askAxe(page)).toEqual([]);
    expect(take()).toEqual([]);
    await close();
  });
});

const LOOKS: Record<Look, { body: string; says: RegExp }> = {
  widerThanWindow: {
    body: '<div style="width: 400px">wide</div>',
    says: /^the page is \d+ px wide in 360: div “wide”/,
  },
  smallTargets: { body: '<button style="height: 30px">x</button>', says: /^button “x” is a target of/ },
  smallText: { body: '<p style="font-size: 11px">tiny</p>', says: /^p “tiny” is written in 11 px$/ },
  smallFields: { body: '<input style="font-size: 15px">', says: /^input is a field below 16 px$/ },
  moving: { body: '<p style="transition: color 1s">x</p>', says: /^p “x” moves$/ },
  raggedNumbers: { body: "<table><tr><td class=number>1</td></tr></table>", says: /^td.number “1” isn't aligned$/ },
  jumpingFocus: {
    body: '<div style="display: flex; flex-direction: column-reverse"><a href="/">a</a><a href="/">b</a></div>',
    says: /^the focus jumps up to a “b”$/,
  },
};

async function finds(expect: ExpectStatic, found: string[], says: RegExp): Promise<void> {
  expect(found).toContainEqual(expect.stringMatching(says));
}

describe("a look finds its fault:", () => {
  for (const [name, { body, says }] of Object.entries(LOOKS) as [Look, { body: string; says: RegExp }][]) {
    test(name, async ({ browser, expect }) => {
      const { page, close } = await open(browser, { body, strict: false });
      await prepare(page);
      await finds(expect, await look(page, [name]), says);
      await close();
    });
  }

  test("a positive tabindex", async ({ browser, expect }) => {
    const { page, close } = await open(browser, { body: '<button tabindex="1">x</button>', strict: false });
    await prepare(page);
    await finds(expect, await look(page, ["jumpingFocus"]), /^button “x” has a place of its own/);
    await close();
  });

  test("axe-core, under the console's policy", async ({ browser, expect }) => {
    const { page, close } = await open(browser, { body: "<input>", strict: true });
    await prepare(page);
    await finds(expect, await askAxe(page), /^axe label: /);
    await close();
  });
});
