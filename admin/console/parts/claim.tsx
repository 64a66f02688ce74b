import type { ClaimView, TokenView } from "../../registry/types.ts";
import { LINK_LIVES, USUAL_LINK_LIFE } from "../claim-forms.ts";
import { countryName } from "../country-names.ts";
import { SelectField } from "./fields.tsx";
import { Time } from "./time.tsx";

// A token's claim link: how it stands, its receipt, and making and taking back.

const GRACES: readonly (readonly [seconds: string, label: string])[] = [
  ["0", "End then"],
  ["3600", "Go on working for 1 hour after that"],
  ["86400", "Go on working for 1 day after that"],
  ["604800", "Go on working for 7 days after that"],
];

const STATES: Record<ClaimView["state"], readonly [name: string, badge: string]> = {
  open: ["Open", "pending"],
  used: ["Used", "active"],
  expired: ["Expired", "expired"],
  withdrawn: ["Taken back", "disabled"],
};

function Standing({ claim }: { claim: ClaimView }) {
  const [name, badge] = STATES[claim.state];
  return (
    <dl class="facts">
      <div>
        <dt>Link</dt>
        <dd>
          <span class={`badge ${badge}`}>{name}</span>
        </dd>
      </div>
      {claim.usedAt === null ? (
        <div>
          <dt>{claim.state === "expired" ? "Expired" : "Expires"}</dt>
          <dd>
            <Time ms={claim.expiresAt} />
          </dd>
        </div>
      ) : (
        <>
          <div>
            <dt>Used</dt>
            <dd>
              <Time ms={claim.usedAt} />
            </dd>
          </div>
          <div>
            <dt>From</dt>
            <dd>{claim.country === null ? "Unknown country" : countryName(claim.country)}</dd>
          </div>
        </>
      )}
    </dl>
  );
}

function whatItDoes({ claim, secrets }: TokenView): string {
  if (claim?.state === "open" && secrets.length === 0) {
    return "Nobody has this token yet. Whoever opens the link first gets it, made in their own browser.";
  }
  return "Hands the token over without a chat that has a secret in it: whoever opens the link first gets a new secret, made in their own browser, which nobody else ever sees.";
}

/** How a token's claim link stands, and what can be done about it. */
export function ClaimSection({ token }: { token: TokenView }) {
  const { id, claim, secrets, status } = token;
  const isOpen = claim?.state === "open";
  return (
    <section class="panel" id="claim">
      <h2>Claim link</h2>
      {claim !== null && <Standing claim={claim} />}
      <p>{whatItDoes(token)}</p>
      {isOpen && (
        <form method="post" action={`/tokens/${id}/claim/withdraw`}>
          <button class="button danger" type="submit">
            Take the link back
          </button>
        </form>
      )}
      {status === "active" ? (
        <form class="after" method="post" action={`/tokens/${id}/claim`}>
          <SelectField
            id="claim-life"
            name="linkLife"
            label="The new link works for"
            value={USUAL_LINK_LIFE}
            choices={LINK_LIVES}
          />
          {secrets.length > 0 ? (
            <SelectField
              id="claim-grace"
              name="graceSeconds"
              label="When it is used, the secret that works now shall"
              value="0"
              choices={GRACES}
            />
          ) : (
            <input type="hidden" name="graceSeconds" value="0" />
          )}
          {isOpen && <p class="hint">The link that is open now stops working.</p>}
          <button class="button" type="submit">
            {claim === null ? "Make a claim link" : "Make a new claim link"}
          </button>
        </form>
      ) : (
        <p class="hint">A link works while its token does. This one doesn't now.</p>
      )}
    </section>
  );
}
