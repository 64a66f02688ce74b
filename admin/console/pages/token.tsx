import type { PropsWithChildren } from "hono/jsx";
import type { FieldError } from "../../api/problem.ts";
import type { PolicyView, TokenView } from "../../registry/types.ts";
import type { FormHelp } from "../form-help.ts";
import type { TokenValues } from "../forms.ts";
import { StatusBadges } from "../parts/badge.tsx";
import { ClaimSection } from "../parts/claim.tsx";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary, Notice, Warning } from "../parts/message.tsx";
import { PolicyFacts } from "../parts/policy-facts.tsx";
import { TokenFacts } from "../parts/token-facts.tsx";
import { DeleteSection, EditSection, RotateSection, StreamsSection, SwitchSection } from "../parts/token-forms.tsx";
import { tokenFieldId } from "../parts/token-fields.tsx";
import { PENDING_WORDS } from "../words.ts";

/** Which of the page's forms has errors, and what was entered there. */
export interface TokenPageState {
  errors: readonly FieldError[];
  /** What the edit form shows. */
  values: TokenValues;
  form: "edit" | "rotate";
}

interface TokenPageProps extends TokenPageState {
  token: TokenView;
  /** The named policies, to follow one. */
  policies: readonly PolicyView[];
  help: FormHelp;
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

/** One token: its facts, what it used (the children), and all that can be done to it. */
export function TokenPage({
  token,
  policies,
  help,
  now,
  notice,
  errors,
  values,
  form,
  children,
}: PropsWithChildren<TokenPageProps>) {
  const errorsOf = (name: TokenPageState["form"]): readonly FieldError[] => (form === name ? errors : []);
  return (
    <Layout title={errors.length > 0 ? `Error: ${token.label}` : token.label} section="tokens">
      <p class="back">
        <a href="/tokens">Tokens</a>
      </p>
      <div class="title">
        <h1>{token.label}</h1>
        <StatusBadges token={token} />
      </div>
      <Notice text={notice} />
      <ErrorSummary errors={errors} idOf={tokenFieldId} />
      <Pending targets={token.pending} />
      <TokenFacts token={token} />
      <section class="panel">
        <h2>Policy</h2>
        {token.policy !== null && (
          <p>
            It follows <a href={`/policies/${token.policy.id}`}>{token.policy.name}</a>, and changes with it.
          </p>
        )}
        <PolicyFacts policy={token} providers={token.providers} spoken={{ ...token, now }} />
      </section>
      {children}
      {token.status === "deleted" ? (
        <p>This token is deleted for good: nothing more can be done to it.</p>
      ) : (
        <>
          <SwitchSection token={token} />
          <StreamsSection token={token} />
          <EditSection
            token={token}
            values={values}
            policies={policies}
            help={help}
            errors={errorsOf("edit")}
            now={now}
          />
          <ClaimSection token={token} />
          <RotateSection token={token} errors={errorsOf("rotate")} own={form === "rotate" && values.ownSecret} />
          <DeleteSection token={token} />
        </>
      )}
    </Layout>
  );
}
