import type { ClaimTaken } from "../../../shared/claim.ts";
import { type ClientBlock, clientBlocks } from "../../../shared/client-blocks.ts";
import { copyable, make } from "./elements.ts";

function block({ title, steps }: ClientBlock): HTMLElement {
  const parts = steps.flatMap(({ note, text }) => [make("p", note), copyable(`for ${title}`, text)]);
  return make("details", make("summary", title), ...parts);
}

function section(title: string, ...content: (string | Node)[]): HTMLElement {
  return make("section", make("h2", title), ...content);
}

/**
 * What the page shows of a token that the gateway has taken the hash of.
 *
 * @param token the secret
 * @param onCopied called when it was copied
 * @returns the parts of the page, the heading to read first among them
 */
export function partsOf(token: string, taken: ClaimTaken, onCopied: () => void): HTMLElement[] {
  const { providers, models, expiresAt } = taken;
  const { origin } = location;
  const until = expiresAt === null ? "" : ` It works until ${new Date(expiresAt).toLocaleString()}.`;
  return [
    section(
      "Here is your token",
      make("p", `Copy it now, and keep it like a password: it is shown this once, and nobody else has it.${until}`),
      copyable("token", token, onCopied),
    ),
    section("Base URL", copyable("base URL", origin)),
    section("Use it with", ...clientBlocks(origin, token, providers, models).map(block)),
  ];
}
