import type { Child } from "hono/jsx";
import { PROVIDERS } from "../../../shared/providers.ts";
import type { FieldError } from "../../api/problem.ts";
import type { KvCalls } from "../../registry/kv-calls.ts";
import type { PolicyView } from "../../registry/types.ts";
import { errorOf, TextField } from "../parts/fields.tsx";
import { Layout } from "../parts/layout.tsx";
import { ErrorSummary, Notice, Warning } from "../parts/message.tsx";
import { Followers, PolicyEffect } from "../parts/policy-effect.tsx";
import { PolicyFacts } from "../parts/policy-facts.tsx";
import { PolicyFields, policyFieldId } from "../parts/policy-fields.tsx";
import { type Column, Table } from "../parts/table.tsx";
import { policySentence } from "../policy-sentence.ts";
import type { PolicyValues } from "../policy-values.ts";

/** What the form of a policy shows. */
export interface NamedValues {
  name: string;
  policy: PolicyValues;
}

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

interface FormProps {
  action: string;
  button: string;
  values: NamedValues;
  errors: readonly FieldError[];
  /** What saving does beyond the policy itself. */
  effect?: Child;
}

const idOf = (field: string): string | null => (field === "name" ? "policy-name" : policyFieldId(field));

function PolicyForm({ action, button, values, errors, effect }: FormProps) {
  return (
    <form class="panel" method="post" action={action}>
      <TextField
        id="policy-name"
        name="name"
        label="Name"
        hint="Who it is for. Only you see it."
        error={errorOf(errors, "name")}
        input={{ value: values.name, required: true, maxlength: 80, autocomplete: "off" }}
      />
      <PolicyFields values={values.policy} errors={errors} />
      {effect}
      <div class="actions">
        <button class="button primary" type="submit">
          {button}
        </button>
        <a class="button quiet" href="/policies">
          Cancel
        </a>
      </div>
    </form>
  );
}

/** The form of a new policy. */
export function NewPolicyPage({ values, errors }: Pick<FormProps, "values" | "errors">) {
  return (
    <Layout title={errors.length > 0 ? "Error: new policy" : "New policy"} section="policies">
      <h1>New policy</h1>
      <ErrorSummary errors={errors} idOf={idOf} />
      <PolicyForm action="/policies" button="Create policy" values={values} errors={errors} />
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

interface PolicyPageProps extends Pick<FormProps, "values" | "errors"> {
  policy: PolicyView;
  /** The registry's calls to KV today. */
  kv: KvCalls;
  notice: string | null;
}

/** One policy: its rules, and all that can be done to it. */
export function PolicyPage({ policy, kv, values, errors, notice }: PolicyPageProps) {
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
      <ErrorSummary errors={errors} idOf={idOf} />
      {policy.pending > 0 && (
        <Warning>
          <p>
            Of {counted(policy.tokens)}, {String(policy.pending)} may not have the newest rules yet. Doppelgate goes on
            by itself. Load this page again to see how far it is.
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
        values={values}
        errors={errors}
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
