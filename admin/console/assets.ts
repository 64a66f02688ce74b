import { Hono } from "hono";
import { crc32 } from "../../shared/crc32.ts";
import enhance from "./built/enhance.txt";
import passkey from "./built/passkey.txt";
import style from "./built/style.txt";

// Two doors, one of them ajar. Mid-tones, so that it shows on a light and on a dark tab.
const FAVICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#4a7fd0" d="M4 4h11v24H4z"/><path fill="#8fb4ea" d="m17 7 9-4v26l-9-4z"/><circle cx="12" cy="16" r="1.6" fill="#fff"/></svg>`;

// The hash only tells one release from another, so that browsers may keep a file for ever.
const hashOf = (text: string): string => crc32(text).toString(16).padStart(8, "0");

/** Where the style sheet is. */
export const STYLE_PATH = `/assets/style.${hashOf(style)}.css`;
/** Where the enhancement script is. */
export const SCRIPT_PATH = `/assets/enhance.${hashOf(enhance)}.js`;
/** Where the script is that talks to passkeys, which few pages need. */
export const PASSKEY_SCRIPT_PATH = `/assets/passkey.${hashOf(passkey)}.js`;
/** Where the icon is. */
export const ICON_PATH = "/favicon.svg";

const FOR_EVER = "public, max-age=31536000, immutable";
const A_DAY = "public, max-age=86400";

const ASSETS: readonly (readonly [path: string, type: string, body: string, cache: string])[] = [
  [STYLE_PATH, "text/css; charset=utf-8", style, FOR_EVER],
  [SCRIPT_PATH, "text/javascript; charset=utf-8", enhance, FOR_EVER],
  [PASSKEY_SCRIPT_PATH, "text/javascript; charset=utf-8", passkey, FOR_EVER],
  [ICON_PATH, "image/svg+xml", FAVICON, A_DAY],
];

/** The files that pages need. They are the same for everybody and open to all: the page of the sign-in needs them. */
export function makeAssets(): Hono {
  const app = new Hono();
  for (const [path, type, body, cache] of ASSETS) {
    app.get(path, (c) => c.body(body, 200, { "content-type": type, "cache-control": cache }));
  }
  return app;
}
