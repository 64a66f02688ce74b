import type { Context, Hono } from "hono";
import { policyOf } from "../../api/policies.ts";
import type { FieldError } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { refilledPolicy } from "../filling.ts";
import { readHelp, zoneOf } from "../form-help.ts";
import { policyInputFrom, readForm } from "../forms.ts";
import { page, wantsJson } from "../page.tsx";
import { type NamedValues, NewPolicyPage } from "../pages/policy-form.tsx";
import { enteredPolicy, type PolicyValues, valuesOfPolicy } from "../policy-values.ts";
import { type PresetName, presetOf, presetPolicy } from "../presets.ts";
import { policyPreview } from "../preview.ts";

/** A name has no more characters. */
const MAX_NAME = 80;

/** What was entered in the form of a policy. */
export const enteredNamed = (form: URLSearchParams): NamedValues => ({
  name: form.get("name") ?? "",
  preset: presetOf(form.get("preset")),
  policy: enteredPolicy(form),
});

/** What the form of a new policy shows. */
interface NewState {
  values: NamedValues;
  errors?: readonly FieldError[];
  kept?: readonly string[];
  guessedZone?: string;
}

/** The form of a new policy. */
export async function showNewPolicy(c: Context<AdminApp>, state: NewState, status: 200 | 409 | 422): Promise<Response> {
  const { values, errors = [], kept = [], guessedZone } = state;
  const help = await readHelp(c, guessedZone);
  return page(c, <NewPolicyPage values={values} errors={errors} kept={kept} help={help} />, status);
}

/** The form of a new policy that has the rules of another one. */
async function beginLike(c: Context<AdminApp>, id: string): Promise<Response> {
  const policy = policyOf((await c.var.bindings.registry.listPolicies()).policies, id);
  const name = `Copy of ${policy.name}`.slice(0, MAX_NAME);
  return showNewPolicy(c, { values: { name, preset: null, policy: valuesOfPolicy(policy) } }, 200);
}

async function begin(c: Context<AdminApp>): Promise<Response> {
  const like = c.req.query("like") ?? "";
  if (like !== "") return beginLike(c, like);
  const guessedZone = zoneOf(c);
  const preset = presetOf(c.req.query("preset")) ?? "open";
  const policy = valuesOfPolicy(presetPolicy(preset, guessedZone));
  return showNewPolicy(c, { values: { name: "", preset, policy }, guessedZone }, 200);
}

/** Fills the form anew; what the owner entered stays. */
async function fill(c: Context<AdminApp>): Promise<Response> {
  const values = enteredNamed(await readForm(c));
  const guessedZone = zoneOf(c);
  const preset = presetOf(c.req.query("preset")) ?? "open";
  const filledWith = (name: PresetName): PolicyValues => valuesOfPolicy(presetPolicy(name, guessedZone));
  const before = filledWith(values.preset ?? "open");
  const { values: policy, kept } = refilledPolicy(values.policy, before, filledWith(preset));
  return showNewPolicy(c, { values: { ...values, preset, policy }, kept, guessedZone }, 200);
}

/** What a form means as it stands: for the script as JSON, else the form again. */
export async function previewPolicy(
  c: Context<AdminApp>,
  again: (values: NamedValues) => Promise<Response>,
): Promise<Response> {
  const form = await readForm(c);
  const values = enteredNamed(form);
  if (!wantsJson(c)) return again(values);
  const checked = policyInputFrom(form);
  return c.json({ ...policyPreview(values.policy), errors: checked.ok ? [] : checked.errors });
}

/** The form of a new policy, before it is sent. To mount before the pages of single policies. */
export function policyFormPages(app: Hono<AdminApp>): void {
  app.get("/policies/new", begin);
  app.post("/policies/new", fill);
  app.post("/policies/preview", async (c) => previewPolicy(c, (values) => showNewPolicy(c, { values }, 200)));
}
