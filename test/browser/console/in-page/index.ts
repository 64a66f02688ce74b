// What runs in a page to look at it. Bundled by esbuild; the tests evaluate it in Chromium, past the page's own policy.
import * as focus from "./focus.ts";
import * as looks from "./looks.ts";

Object.assign(globalThis, { looks: { ...looks, ...focus } });
