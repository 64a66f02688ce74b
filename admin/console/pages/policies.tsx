import { PROVIDERS } from "../../../shared/providers.ts";
import type { KvCalls } from "../../registry/kv-calls.ts";
import type { PolicyView } from "../../registry/types.ts";
import { orMore } from "../amounts.ts";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary, Notice, Warning } from "../parts/message.tsx";
import { Followers, PolicyEffect } from "../parts/policy-effect.tsx";
import { PolicyFacts } from "../parts/policy-facts.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { policySentence } from "../policy-sentence.ts";
import { PolicyForm, policyFormId, type PolicyFormState } from "./policy-form.tsx";

const followedBy = (tokens: number): string => (tokens === 1 ? "1 token follows it" : `${tokens} tokens follow it`);
const counted = (tokens: number): string => (tokens === 1 ? "1 token" : `${tokens} tokens`);

const COLUMNS: readonly Column<PolicyView>[] = [
  {
    title: "Name",
    cell: ({ id, name, isDefault }) => (
      <>
        <a class="label" href={`/policies/${id}`}>
          {name}
        </a>
        {isDefault && <span class="sub">Default of new tokens</span>}
      </>
    ),
  },
  { title: "Followed by", cell: (policy) => <Followers policy={policy} /> },
  { title: "Rules", cell: (policy) => policySentence(policy, PROVIDERS) },
];

interface PoliciesPageProps {
  policies: readonly PolicyView[];
  pending: boolean;
  notice: string | null;
}

/** The named policies. */
export function PoliciesPage({ policies, pending, notice }: PoliciesPageProps) {
  return (
    <Layout title="Policies" section="policies">
      <div class="title">
        <h1>Policies</h1>
        <a class="button primary" href="/policies/new">
          New policy
        </a>
      </div>
      <Notice text={notice} />
      {pending && (
        <Warning>
          <p>The newest state of the policies isn't stored in KV yet. The tokens themselves don't wait for that.</p>
        </Warning>
      )}
      <p>
        Rules with a name, for tokens that shall have the same: a class, a team. A token follows one policy at most, and
        changes with it at once. Budgets and rates count for each token by itself.
      </p>
      {policies.length === 0 ? (
        <div class="empty">
          <p>There are no policies yet. A token can have rules of its own without one.</p>
        </div>
      ) : (
        <Table caption="Policies, by name" columns={COLUMNS} rows={policies} />
      )}
    </Layout>
  );
}

function DefaultSection({ policy }: { policy: PolicyView }) {
  const [action, button, text] = policy.isDefault
    ? ["no-default", "Let new tokens follow none", "New tokens follow this policy, unless you choose otherwise."]
    : ["default", "Make it the default", "Lets new tokens follow this policy, unless you choose otherwise."];
  return (
    <section class="panel">
      <h2>Default of new tokens</h2>
      <p>{text}</p>
      <form method="post" action={`/policies/${policy.id}/${action}`}>
        <button class="button" type="submit">
          {button}
        </button>
      </form>
    </section>
  );
}

interface PolicyPageProps extends PolicyFormState {
  policy: PolicyView;
  /** The registry's calls to KV today. */
  kv: KvCalls;
  notice: string | null;
}

/** One policy: its rules, and all that can be done to it. */
export function PolicyPage({ policy, kv, notice, ...form }: PolicyPageProps) {
  const { errors } = form;
  return (
    <Layout title={errors.length > 0 ? `Error: ${policy.name}` : policy.name} section="policies">
      <p class="back">
        <a href="/policies">Policies</a>
      </p>
      <div class="title">
        <h1>{policy.name}</h1>
        <a class="button" href={`/policies/new?like=${policy.id}`}>
          Duplicate
        </a>
      </div>
      <Notice text={notice} />
      <ErrorSummary errors={errors} idOf={policyFormId} />
      {(policy.pending > 0 || !policy.pendingIsExact) && (
        <Warning>
          <p>
            Of {counted(policy.tokens)}, {orMore(String(policy.pending), policy.pendingIsExact)} may not have the newest
            rules yet. Doppelgate goes on by itself. Load this page again to see how far it is.
          </p>
        </Warning>
      )}
      <section class="panel">
        <h2>Rules</h2>
        <p>
          Followed by: <Followers policy={policy} />
        </p>
        <PolicyFacts policy={policy} providers={PROVIDERS} />
      </section>
      <PolicyForm
        action={`/policies/${policy.id}`}
        button="Save for all of them"
        previewAt={`/policies/${policy.id}/preview`}
        {...form}
        effect={<PolicyEffect tokens={policy.tokens} kv={kv} />}
      />
      <DefaultSection policy={policy} />
      <section class="panel">
        <h2>Delete</h2>
        <p>Tokens that follow the policy keep its rules as their own.</p>
        <a class="button danger" href={`/policies/${policy.id}/delete`}>
          Delete policy …
        </a>
      </section>
    </Layout>
  );
}

/** Asks whether a policy shall really go. */
export function DeletePolicyPage({ policy, kv }: Pick<PolicyPageProps, "policy" | "kv">) {
  return (
    <Layout title={`Delete ${policy.name}`} section="policies">
      <div class="narrow">
        <h1>Delete “{policy.name}”?</h1>
        <p>
          {policy.tokens === 0
            ? "No token follows it."
            : `${followedBy(policy.tokens)}. What follows it goes on working, and keeps its rules as its own.`}
          {policy.isDefault && " New tokens will follow no policy, unless you choose one."}
        </p>
        <PolicyEffect tokens={policy.tokens} kv={kv} />
        <form class="actions" method="post" action={`/policies/${policy.id}/delete`}>
          <button class="button danger" type="submit">
            Delete it
          </button>
          <a class="button quiet" href={`/policies/${policy.id}`}>
            Keep it
          </a>
        </form>
      </div>
    </Layout>
  );
}
