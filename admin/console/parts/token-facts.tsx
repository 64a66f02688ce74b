import type { Child } from "hono/jsx";
import type { TokenView } from "../../registry/types.ts";
import { providerList } from "../words.ts";
import { Ending, Time } from "./time.tsx";

const howMade = (typed: boolean): string => (typed ? "Typed by you" : "Made by Doppelgate");

function Secrets({ secrets }: Pick<TokenView, "secrets">) {
  if (secrets.length === 0) return <>None</>;
  return (
    <ul class="plain">
      {secrets.map(({ typed, endsAt }) => (
        <li>
          {howMade(typed)}
          {endsAt !== null && (
            <>
              , rotated away, works until <Time ms={endsAt} />
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** What is known about a token. */
export function TokenFacts({ token }: { token: TokenView }) {
  const facts: [name: string, value: Child][] = [
    ["Token id", <code>{token.id}</code>],
    ["Providers", providerList(token.providers)],
    ["Expires", <Ending ms={token.expiresAt} />],
    ["Secrets that open it", <Secrets secrets={token.secrets} />],
    ["Created", <Time ms={token.createdAt} />],
    ["Last changed", <Time ms={token.updatedAt} />],
  ];
  if (token.holderActedAt !== null) facts.push(["Changed by its holder", <Time ms={token.holderActedAt} />]);
  if (token.note !== null) facts.push(["Note", <span class="note">{token.note}</span>]);
  return (
    <section class="panel" aria-label="Facts">
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
