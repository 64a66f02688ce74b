import type { Context, Hono } from "hono";
import { OPEN_POLICY } from "../../../shared/policy.ts";
import { policyOf } from "../../api/policies.ts";
import { type FieldError, refused, valueOf } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import type { KvCalls } from "../../registry/kv-calls.ts";
import type { PolicyView, Refusal } from "../../registry/types.ts";
import { policyInputFrom, readForm } from "../forms.ts";
import { noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { DeletePolicyPage, type NamedValues, NewPolicyPage, PoliciesPage, PolicyPage } from "../pages/policies.tsx";
import { enteredPolicy, valuesOfPolicy } from "../policy-values.ts";

/** A name has no more characters. */
const MAX_NAME = 80;

type PolicyContext = Context<AdminApp, "/policies/:id">;

async function find(c: PolicyContext): Promise<PolicyView> {
  const { policies } = await c.var.bindings.registry.listPolicies();
  return policyOf(policies, c.req.param("id"));
}

const kvOf = async (c: Context<AdminApp>): Promise<KvCalls> => (await c.var.bindings.registry.facts()).kv;

/** What a new policy's form begins with: another policy's rules, where the address names one. */
async function startingValues(c: Context<AdminApp>): Promise<NamedValues> {
  const like = c.req.query("like") ?? "";
  if (like === "") return { name: "", policy: valuesOfPolicy(OPEN_POLICY) };
  const policy = policyOf((await c.var.bindings.registry.listPolicies()).policies, like);
  return { name: `Copy of ${policy.name}`.slice(0, MAX_NAME), policy: valuesOfPolicy(policy) };
}

const entered = (form: URLSearchParams): NamedValues => ({ name: form.get("name") ?? "", policy: enteredPolicy(form) });
const errorsOf = ({ field, message }: Refusal): FieldError[] => [{ field: field ?? "form", message }];

async function create(c: Context<AdminApp>): Promise<Response> {
  const form = await readForm(c);
  const values = entered(form);
  const checked = policyInputFrom(form);
  if (!checked.ok) return page(c, <NewPolicyPage values={values} errors={checked.errors} />, 422);
  const outcome = await c.var.bindings.registry.createPolicy(checked.input, c.var.actor);
  if (outcome.ok) return goOn(c, withNotice(`/policies/${outcome.value.id}`, "policy-saved"));
  return page(c, <NewPolicyPage values={values} errors={errorsOf(outcome.refusal)} />, 409);
}

async function edit(c: PolicyContext): Promise<Response> {
  const id = c.req.param("id");
  const form = await readForm(c);
  const again = async (errors: readonly FieldError[], status: 409 | 422): Promise<Response> =>
    page(
      c,
      <PolicyPage policy={await find(c)} kv={await kvOf(c)} values={entered(form)} errors={errors} notice={null} />,
      status,
    );
  const checked = policyInputFrom(form);
  if (!checked.ok) return again(checked.errors, 422);
  const outcome = await c.var.bindings.registry.updatePolicy(id, checked.input, c.var.actor);
  if (outcome.ok) return goOn(c, withNotice(`/policies/${id}`, "policy-saved"));
  if (outcome.refusal.kind === "missing") throw refused(outcome.refusal);
  return again(errorsOf(outcome.refusal), 409);
}

async function choose(c: PolicyContext, isDefault: boolean): Promise<Response> {
  const { id } = await find(c);
  valueOf(await c.var.bindings.registry.setDefaultPolicy(isDefault ? id : null, c.var.actor));
  return goOn(c, withNotice(`/policies/${id}`, isDefault ? "default-set" : "default-gone"));
}

/** The named policies: listing, making, editing and deleting them, and the default of new tokens. */
export function policyPages(app: Hono<AdminApp>): void {
  app.get("/policies", async (c) => {
    const { policies, pending } = await c.var.bindings.registry.listPolicies();
    const notice = noticeText(c.req.query("done"));
    return page(c, <PoliciesPage policies={policies} pending={pending} notice={notice} />);
  });

  app.get("/policies/new", async (c) => page(c, <NewPolicyPage values={await startingValues(c)} errors={[]} />));
  app.post("/policies", create);

  app.get("/policies/:id", async (c) => {
    const policy = await find(c);
    const values = { name: policy.name, policy: valuesOfPolicy(policy) };
    const notice = noticeText(c.req.query("done"));
    return page(c, <PolicyPage policy={policy} kv={await kvOf(c)} values={values} errors={[]} notice={notice} />);
  });
  app.post("/policies/:id", edit);
  app.post("/policies/:id/default", async (c) => choose(c, true));
  app.post("/policies/:id/no-default", async (c) => choose(c, false));

  app.get("/policies/:id/delete", async (c) => page(c, <DeletePolicyPage policy={await find(c)} kv={await kvOf(c)} />));
  app.post("/policies/:id/delete", async (c) => {
    // The page before this one said what becomes of the tokens.
    valueOf(await c.var.bindings.registry.deletePolicy(c.req.param("id"), true, c.var.actor));
    return goOn(c, withNotice("/policies", "policy-deleted"));
  });
}
