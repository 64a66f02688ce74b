// The page of a claim link. It makes the token in this browser, and sends the gateway nothing but its hash.
import { CLAIM_PATH, type ClaimRequest, type ClaimTaken } from "../../../shared/claim.ts";
import { hashToken } from "../../../shared/hash.ts";
import { claimedId, generateToken } from "../../../shared/token.ts";
import { byId, make } from "./elements.ts";
import { partsOf } from "./taken.ts";

const secret = location.hash.slice(1);
const id = claimedId(secret);
// Made once: when an answer gets lost, the same hash is sent again, and the gateway knows it.
const token = id === null ? null : generateToken(id);
const button = byId("get");
/** Whether a token would be lost with this page. */
let mustStay = false;

function complain(message: string): void {
  byId("problem").replaceChildren(make("p", message));
  byId("problem").hidden = false;
}

function show(made: string, taken: ClaimTaken): void {
  byId("ask").hidden = true;
  byId("taken").replaceChildren(...partsOf(made, taken, () => (mustStay = false)));
  byId("taken").hidden = false;
  const heading = byId("taken").querySelector("h2");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}

/** The gateway's own words, where the answer has any. */
const messageIn = (body: { error?: { message?: string } }): string =>
  body.error?.message ?? "The gateway answered in a way that this page does not understand.";

async function claim(made: string): Promise<void> {
  const asking: ClaimRequest = { claim: secret, hash: await hashToken(made) };
  const headers = { "content-type": "application/json" };
  const answer = await fetch(CLAIM_PATH, { method: "POST", headers, body: JSON.stringify(asking) });
  const body: unknown = await answer.json();
  if (answer.ok) return show(made, body as ClaimTaken);
  // Where trying again may help, the link may have been used by this very try.
  mustStay = answer.status >= 500;
  button.hidden = !mustStay;
  complain(messageIn(body as Parameters<typeof messageIn>[0]));
}

async function onClick(made: string): Promise<void> {
  mustStay = true;
  button.setAttribute("disabled", "");
  byId("problem").hidden = true;
  byId("status").textContent = "Making your token …";
  try {
    await claim(made);
  } catch {
    complain("The gateway could not be reached, or its answer got lost. Stay on this page and try again.");
  }
  byId("status").textContent = "";
  button.removeAttribute("disabled");
  button.textContent = "Try again";
}

// Out of the address bar, the history, and whatever looks at them.
history.replaceState(null, "", location.pathname);
// Another link, opened in this very tab, changes nothing but the part behind the #.
addEventListener("hashchange", () => location.reload());
addEventListener("beforeunload", (event) => {
  if (mustStay) event.preventDefault();
});
// Never on load: what looks at links before people do must not use them up.
button.addEventListener("click", () => token !== null && void onClick(token));

if (token === null) {
  complain(
    secret === ""
      ? "Open the link that you were sent: this address alone has no token for you."
      : "This link is not complete, or was changed on its way. Copy it whole and open it again.",
  );
} else if (!isSecureContext) {
  complain("Tokens are made on https alone. Open the link with https:// at its beginning.");
} else {
  byId("ask").hidden = false;
}
