// What pages add that ask for a passkey: a button that does the asking, and sends the form with the answer.
import {
  browserSupportsWebAuthn,
  startAuthentication,
  startRegistration,
  WebAuthnError,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/browser";

/** What a refused request of the API says, by RFC 9457. */
interface Problem {
  detail?: unknown;
}

class Refused extends Error {}

async function optionsFrom(path: string): Promise<unknown> {
  const response = await fetch(path, { method: "POST" });
  if (response.ok) return response.json();
  const { detail } = (await response.json()) as Problem;
  throw new Refused(typeof detail === "string" ? detail : "The admin doesn't answer. Load the page again.");
}

/** Has the authenticator answer, and gives the answer as JSON. */
async function answerOf(kind: string | undefined, options: unknown): Promise<string> {
  const answer =
    kind === "create"
      ? await startRegistration({ optionsJSON: options as PublicKeyCredentialCreationOptionsJSON })
      : await startAuthentication({ optionsJSON: options as PublicKeyCredentialRequestOptionsJSON });
  return JSON.stringify(answer);
}

function wordsFor(error: unknown): string {
  if (error instanceof Refused) return error.message;
  if (error instanceof WebAuthnError && error.code === "ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED") {
    return "This device has a passkey for here already.";
  }
  if (error instanceof Error && error.name === "NotAllowedError") return "It was cancelled, or took too long.";
  return "The passkey didn't work. Try again, or use the password.";
}

function offer(place: HTMLElement): void {
  const button = place.querySelector("button");
  const answer = place.querySelector("input");
  const message = place.querySelector("output");
  const form = place.closest("form");
  if (button === null || answer === null || message === null || form === null) return;
  const run = async (): Promise<void> => {
    button.disabled = true;
    message.textContent = "";
    try {
      answer.value = await answerOf(place.dataset.passkey, await optionsFrom(place.dataset.options ?? ""));
      // Not requestSubmit(): the password beside it may be empty.
      form.submit();
    } catch (error) {
      message.textContent = wordsFor(error);
    } finally {
      button.disabled = false;
    }
  };
  // A new passkey's name is asked for before the passkey is; Enter in its field is the same as the button.
  const isNew = place.dataset.passkey === "create";
  button.addEventListener("click", () => void ((!isNew || form.reportValidity()) && run()));
  if (isNew) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void run();
    });
  }
  place.hidden = false;
}

if (browserSupportsWebAuthn()) {
  for (const place of document.querySelectorAll<HTMLElement>("[data-passkey]")) offer(place);
}
