import type { Context, Hono } from "hono";
import type { FieldError } from "../../api/problem.ts";
import type { AdminApp } from "../../context.ts";
import { type Filled, presetValues, refilled } from "../filling.ts";
import { readHelp, zoneOf } from "../form-help.ts";
import { newTokenFrom, readForm, type TokenValues, valuesOf, withSecretGone } from "../forms.ts";
import { page, wantsJson } from "../page.tsx";
import { NewTokenPage } from "../pages/new-token.tsx";
import { type PresetName, presetOf } from "../presets.ts";
import { tokenPreview } from "../preview.ts";

/** What a form is filled with where nothing else is said: who just types a label and presses Enter risks little by it. */
const USUAL: PresetName = "friend";

/** What the form of a new token shows. */
export interface NewTokenState {
  values: TokenValues;
  errors?: readonly FieldError[];
  kept?: readonly string[];
  /** The zone that hours were filled in with by a guess; left out: none. */
  guessedZone?: string;
}

/** The form of a new token. */
export async function showNewToken(
  c: Context<AdminApp>,
  { values, errors = [], kept = [], guessedZone }: NewTokenState,
  status: 200 | 409 | 422,
): Promise<Response> {
  const [{ policies }, help] = await Promise.all([c.var.bindings.registry.listPolicies(), readHelp(c, guessedZone)]);
  const preview = tokenPreview(values, { now: Date.now(), policies });
  const body = (
    <NewTokenPage values={values} preview={preview} policies={policies} help={help} errors={errors} kept={kept} />
  );
  return page(c, body, status);
}

/** What was entered in the form of a new token. */
export const enteredToken = (form: URLSearchParams): TokenValues => valuesOf(form, "never");

/** The empty form: filled with the preset that the address names, or else following the default policy. */
async function begin(c: Context<AdminApp>): Promise<Response> {
  const guessedZone = zoneOf(c);
  const preset = presetOf(c.req.query("preset"));
  const values = presetValues(preset ?? USUAL, guessedZone);
  if (preset !== null) return showNewToken(c, { values, guessedZone }, 200);
  const { policies } = await c.var.bindings.registry.listPolicies();
  const follow = c.req.query("policy") ?? policies.find(({ isDefault }) => isDefault)?.id ?? "";
  const known = policies.some(({ id }) => id === follow) ? follow : "";
  return showNewToken(c, { values: { ...values, follow: known }, guessedZone }, 200);
}

/** Fills the form anew; what the owner entered stays. */
async function fill(c: Context<AdminApp>): Promise<Response> {
  const form = await readForm(c);
  const guessedZone = zoneOf(c);
  const entered = enteredToken(form);
  const preset = presetOf(c.req.query("preset"));
  const { values, kept }: Filled<TokenValues> =
    preset === null
      ? { values: { ...entered, follow: c.req.query("policy") ?? entered.follow }, kept: [] }
      : refilled(entered, preset, guessedZone);
  return showNewToken(c, { values, kept, guessedZone, errors: withSecretGone([], form) }, 200);
}

/** What the form means as it stands: for the script as JSON, else the form again. */
async function preview(c: Context<AdminApp>): Promise<Response> {
  const form = await readForm(c);
  const values = enteredToken(form);
  if (!wantsJson(c)) return showNewToken(c, { values, errors: withSecretGone([], form) }, 200);
  const now = Date.now();
  const { policies } = await c.var.bindings.registry.listPolicies();
  const checked = newTokenFrom(form, now);
  return c.json({ ...tokenPreview(values, { now, policies }), errors: checked.ok ? [] : checked.errors });
}

/** The form of a new token, before it is sent. To mount before the pages of single tokens. */
export function tokenFormPages(app: Hono<AdminApp>): void {
  app.get("/tokens/new", begin);
  app.post("/tokens/new", fill);
  app.post("/tokens/preview", preview);
}
