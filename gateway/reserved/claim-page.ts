import { html } from "./html.ts";
import { whole } from "./page.ts";

// The script (`browser/claim.ts`) finds its places by their ids, shows what is hidden, and writes what it says itself.

/** The page of a claim link. */
export const claimPage = (): string =>
  whole(
    "Your token",
    html`<noscript
        ><section class="problem">
          <p>
            This page needs JavaScript: it makes your token here, in your browser, so that nobody else ever has it, not
            even whoever sent you the link. Allow scripts for this page, then open the link again. Nothing was used up.
          </p>
        </section></noscript
      >
      <section id="ask" hidden>
        <p>
          You were given a token for AI models, which works through this gateway. Your browser makes it now and sends
          only a hash of it: nobody else ever has it. The link works once, and the token is shown once.
        </p>
        <button id="get" type="button">Get my token</button>
      </section>
      <section id="problem" class="problem" role="alert" hidden></section>
      <p id="status" role="status"></p>
      <div id="taken" hidden></div>`,
    "/-/claim.js",
  );
