import type { AuditEntry } from "../../registry/reports.ts";
import type { TokenView } from "../../registry/types.ts";
import { StatusBadges } from "../parts/badge.tsx";
import { ClaimSection } from "../parts/claim.tsx";
import { Layout } from "../parts/layout.tsx";
import { Notice, Warning } from "../parts/message.tsx";
import { PolicyFacts } from "../parts/policy-facts.tsx";
import { TokenActions } from "../parts/token-actions.tsx";
import { TokenFacts } from "../parts/token-facts.tsx";
import { TokenHistory } from "../parts/token-history.tsx";
import { TokenUsage, type TokenUsageTold } from "../parts/token-usage.tsx";
import { PENDING_WORDS } from "../words.ts";

interface TokenPageProps {
  token: TokenView;
  /** What the gateway tells of its use. */
  told: TokenUsageTold;
  /** What was done to it last. */
  changes: readonly AuditEntry[];
  /** ms since 1970. */
  now: number;
  notice: string | null;
}

/** What isn't confirmed yet. */
function Pending({ targets }: { targets: TokenView["pending"] }) {
  if (targets.length === 0) return null;
  return (
    <Warning>
      <h2>Not published yet</h2>
      {targets.map((target) => (
        <p>{PENDING_WORDS[target]}</p>
      ))}
      <p>Doppelgate goes on trying by itself. Load this page again to see whether it is done.</p>
    </Warning>
  );
}

function PolicySection({ token, now }: Pick<TokenPageProps, "token" | "now">) {
  return (
    <section class="panel">
      <h2>Policy</h2>
      {token.policy !== null && (
        <p>
          It follows <a href={`/policies/${token.policy.id}`}>{token.policy.name}</a>, and changes with it.
        </p>
      )}
      <PolicyFacts policy={token} providers={token.providers} spoken={{ ...token, now }} />
    </section>
  );
}

/** One token, to read: what can be done to it, what it is and may, what it used, and what was done to it. */
export function TokenPage({ token, told, changes, now, notice }: TokenPageProps) {
  const isDeleted = token.status === "deleted";
  return (
    <Layout title={token.label} section="tokens">
      <p class="back">
        <a href="/tokens">Tokens</a>
      </p>
      <div class="title">
        <h1>{token.label}</h1>
        <StatusBadges token={token} />
      </div>
      <Notice text={notice} />
      <Pending targets={token.pending} />
      {isDeleted ? (
        <p>This token is deleted for good: nothing more can be done to it.</p>
      ) : (
        <TokenActions token={token} />
      )}
      <TokenFacts token={token} />
      <PolicySection token={token} now={now} />
      <TokenUsage id={token.id} told={told} />
      {!isDeleted && <ClaimSection token={token} />}
      <TokenHistory id={token.id} entries={changes} />
    </Layout>
  );
}
