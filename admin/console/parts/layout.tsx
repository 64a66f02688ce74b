import type { PropsWithChildren } from "hono/jsx";
import { ICON_PATH, SCRIPT_PATH, STYLE_PATH } from "../assets.ts";

/** The sections of the console, as they stand in the navigation. */
export const SECTIONS = [
  // What is looked at every day.
  { name: "overview", path: "/", title: "Overview", apart: false },
  { name: "tokens", path: "/tokens", title: "Tokens", apart: false },
  { name: "usage", path: "/usage", title: "Usage", apart: false },
  // What is set once in a while.
  { name: "policies", path: "/policies", title: "Policies", apart: true },
  { name: "keys", path: "/keys", title: "Keys", apart: false },
  { name: "prices", path: "/prices", title: "Prices", apart: false },
  { name: "webhooks", path: "/webhooks", title: "Webhooks", apart: false },
  // How it stands, and who did what.
  { name: "audit", path: "/audit", title: "Audit", apart: true },
  { name: "sessions", path: "/sessions", title: "Sessions", apart: false },
  { name: "sign-in", path: "/settings/sign-in", title: "Sign-in", apart: false },
  { name: "status", path: "/status", title: "Status", apart: false },
  { name: "settings", path: "/settings", title: "Settings", apart: false },
] as const;

/** The name of a section. */
export type Section = (typeof SECTIONS)[number]["name"];

interface LayoutProps {
  /** The page's title, for the tab. The page itself writes its `<h1>`. */
  title: string;
  /** The section that the page is of; null: none of them. */
  section: Section | null;
  /** Whether to offer the navigation. */
  signedIn?: boolean;
  /** One more script, which only this page needs; null: none. */
  script?: string | null;
}

function Header({ section, signedIn }: { section: Section | null; signedIn: boolean }) {
  return (
    <header class="top">
      <div class="bar">
        <a class="brand" href="/">
          Doppelgate
        </a>
        {signedIn && (
          <nav aria-label="Sections">
            <ul>
              {SECTIONS.map(({ name, path, title, apart }) => (
                <li class={apart ? "apart" : undefined}>
                  <a href={path} aria-current={name === section ? "page" : undefined}>
                    {title}
                  </a>
                </li>
              ))}
              <li class="end">
                <form method="post" action="/sign-out">
                  <button class="button quiet" type="submit">
                    Sign out
                  </button>
                </form>
              </li>
            </ul>
          </nav>
        )}
      </div>
    </header>
  );
}

/** The frame of every page. */
export function Layout({ title, section, signedIn = true, script = null, children }: PropsWithChildren<LayoutProps>) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} · Doppelgate`}</title>
        <link rel="icon" href={ICON_PATH} type="image/svg+xml" />
        <link rel="stylesheet" href={STYLE_PATH} />
        {signedIn && <script src={SCRIPT_PATH} defer></script>}
        {script !== null && <script src={script} defer></script>}
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Header section={section} signedIn={signedIn} />
        <main id="main" tabindex={-1}>
          {children}
        </main>
      </body>
    </html>
  );
}
