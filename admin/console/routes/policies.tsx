import type { Context, Hono } from "hono";
import { policyOf } from "../../api/policies.ts";
import { type FieldError, refused, valueOf } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import type { KvCalls } from "../../registry/kv-calls.ts";
import { requireFresh } from "../../fresh.tsx";
import type { PolicyView, Refusal } from "../../registry/types.ts";
import { readHelp } from "../form-help.ts";
import { policyInputFrom, readForm } from "../forms.ts";
import { noticeText, withNotice } from "../notices.ts";
import { goOn, page } from "../page.tsx";
import { DeletePolicyPage, PoliciesPage, PolicyPage } from "../pages/policies.tsx";
import type { NamedValues } from "../pages/policy-form.tsx";
import { valuesOfPolicy } from "../policy-values.ts";
import { enteredNamed, previewPolicy, showNewPolicy } from "./policy-form.tsx";

type PolicyContext = Context<AdminApp, "/policies/:id">;

async function find(c: PolicyContext): Promise<PolicyView> {
  const { policies } = await c.var.bindings.registry.listPolicies();
  return policyOf(policies, c.req.param("id"));
}

const kvOf = async (c: Context<AdminApp>): Promise<KvCalls> => (await c.var.bindings.registry.facts()).kv;

const errorsOf = ({ field, message }: Refusal): FieldError[] => [{ field: field ?? "form", message }];

async function create(c: Context<AdminApp>): Promise<Response> {
  const form = await readForm(c);
  const values = enteredNamed(form);
  const checked = policyInputFrom(form);
  if (!checked.ok) return showNewPolicy(c, { values, errors: checked.errors }, 422);
  const outcome = await c.var.bindings.registry.createPolicy(checked.input, c.var.actor);
  if (outcome.ok) return goOn(c, withNotice(`/policies/${outcome.value.id}`, "policy-saved"));
  return showNewPolicy(c, { values, errors: errorsOf(outcome.refusal) }, 409);
}

async function showOne(
  c: PolicyContext,
  values: NamedValues,
  errors: readonly FieldError[],
  status: 200 | 409 | 422,
): Promise<Response> {
  const [policy, help, kv] = await Promise.all([find(c), readHelp(c), kvOf(c)]);
  const form = { values, errors, help };
  return page(c, <PolicyPage policy={policy} kv={kv} {...form} notice={null} />, status);
}

async function edit(c: PolicyContext): Promise<Response> {
  const id = c.req.param("id");
  const form = await readForm(c);
  const checked = policyInputFrom(form);
  if (!checked.ok) return showOne(c, enteredNamed(form), checked.errors, 422);
  const outcome = await c.var.bindings.registry.updatePolicy(id, checked.input, c.var.actor);
  if (outcome.ok) return goOn(c, withNotice(`/policies/${id}`, "policy-saved"));
  if (outcome.refusal.kind === "missing") throw refused(outcome.refusal);
  return showOne(c, enteredNamed(form), errorsOf(outcome.refusal), 409);
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

  app.post("/policies", create);

  app.get("/policies/:id", async (c) => {
    const [policy, help, kv] = await Promise.all([find(c), readHelp(c), kvOf(c)]);
    const values = { name: policy.name, preset: null, policy: valuesOfPolicy(policy) };
    const notice = noticeText(c.req.query("done"));
    return page(c, <PolicyPage policy={policy} kv={kv} values={values} errors={[]} help={help} notice={notice} />);
  });
  app.post("/policies/:id", edit);
  app.post("/policies/:id/preview", async (c) => previewPolicy(c, (values) => showOne(c, values, [], 200)));
  app.post("/policies/:id/default", async (c) => choose(c, true));
  app.post("/policies/:id/no-default", async (c) => choose(c, false));

  app.get("/policies/:id/delete", async (c) => page(c, <DeletePolicyPage policy={await find(c)} kv={await kvOf(c)} />));
  app.post("/policies/:id/delete", requireFresh, async (c) => {
    // The page before this one said what becomes of the tokens.
    valueOf(await c.var.bindings.registry.deletePolicy(c.req.param("id"), true, c.var.actor));
    return goOn(c, withNotice("/policies", "policy-deleted"));
  });
}
