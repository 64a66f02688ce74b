import { LONGEST_GRACE, type Rotated } from "./acts.ts";
import type { HolderFacts } from "./facts.ts";
import { type Html, html } from "./html.ts";
import { limitsOf, mayDo, setupOf, usageOf } from "./sections.ts";
import { timeWords } from "./words.ts";

/** Never filled in by the server: what was typed is in no page, not even in the answer to it. */
const tokenField = (label: string): Html =>
  html`<label
    >${label}
    <input
      type="password"
      name="token"
      required
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      maxlength="256"
  /></label>`;

const askForm = (): Html =>
  html`<form method="post" action="/-/">
    ${tokenField("Your token")}
    <button>Show what it may do</button>
    <p class="soft">It is sent in the body of the request, and stored nowhere.</p>
  </form>`;

const rotateForm = html`<form method="post" action="/-/me/rotate">
  <h2>New secret</h2>
  <p>Makes a new token and shows it once. It has the same limits, and the same history.</p>
  <label
    >The old one works on
    <select name="graceSeconds">
      <option value="0">not at all</option>
      <option value="3600">for an hour</option>
      <option value="${LONGEST_GRACE}">for a day</option>
    </select></label
  >
  ${tokenField("Type your token again to confirm")}
  <button>Make a new secret</button>
</form>`;

const revokeForm = html`<form method="post" action="/-/me/revoke">
  <h2>Revoke</h2>
  <p>Whatever uses this token stops at once, and only its owner can bring it back or give you another.</p>
  ${tokenField("Type your token again to confirm")}
  <button class="bad">Revoke this token</button>
</form>`;

/**
 * A whole page.
 *
 * @param script path of its script; null: it has none
 */
export function whole(title: string, content: Html, script: string | null = null): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width,initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="stylesheet" href="/-/style.css" />
        ${script === null ? null : html`<script src="${script}" defer></script>`}
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${content}
        </main>
      </body>
    </html> `.text;
}

/** The page that asks for a token. */
export const askPage = (): string => whole("Your token", askForm());

/** The page that says what is wrong, and asks again. */
export const problemPage = (message: string): string =>
  whole(
    "Your token",
    html`<section class="problem" role="alert"><p>${message}</p></section>
      ${askForm()}`,
  );

/** What a token may do, has used and has left. */
export function tokenPage(facts: HolderFacts, origin: string): string {
  const acts = [
    facts.holderMay.includes("rotate") ? rotateForm : null,
    facts.holderMay.includes("revoke") ? revokeForm : null,
  ];
  const parts = [mayDo(facts), limitsOf(facts), usageOf(facts), setupOf(facts, origin), acts];
  return whole(
    `Token ${facts.token}`,
    html`${parts}
      <p><a href="/-/">Another token</a></p>`,
  );
}

/** The one page that has the new secret. */
export const rotatedPage = ({ token, secret, oldSecretEndsAt }: Rotated): string =>
  whole(
    `Token ${token}`,
    html`<section role="status">
        <h2>Your new token</h2>
        <p><code>${secret}</code></p>
        <p>
          Copy it now: it is shown this once.
          ${oldSecretEndsAt === null ? "The old one has ended." : `The old one works until ${timeWords(oldSecretEndsAt)}.`}
        </p>
      </section>
      <p><a href="/-/">Back</a></p>`,
  );

/** The page of a token that is no more. */
export const revokedPage = (token: string): string =>
  whole(
    `Token ${token}`,
    html`<section role="status"><p>It is revoked. Nothing can use it any more.</p></section>
      <p><a href="/-/">Back</a></p>`,
  );
