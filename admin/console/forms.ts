import type { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { isProvider, type Provider } from "../../shared/providers.ts";
import { type FieldError, toFieldErrors } from "../api/problem.ts";
import { policyInput } from "../api/policy-schemas.ts";
import { rotationInput, tokenInput, tokenPatch } from "../api/schemas.ts";
import type { PolicyInput, Rotation, TokenInput, TokenPatch } from "../registry/types.ts";
import { type EndValues, expiryFrom, type ExpiryChoice, isExpiryChoice } from "./expiry.ts";
import { atField, rulesFrom } from "./policy-forms.ts";
import { enteredPolicy, type PolicyValues } from "./policy-values.ts";
import { type PresetName, presetOf } from "./presets.ts";

// Forms become the input of the API's own schemas: what is allowed stands there alone.

/** What a form sent, after the schema's look at it. */
export type Checked<T> = { ok: true; input: T } | { ok: false; errors: FieldError[] };

/** What the owner entered, to show it again beside the errors. A typed secret isn't among it. */
export interface TokenValues extends EndValues {
  label: string;
  note: string;
  providers: readonly Provider[];
  expiry: ExpiryChoice;
  ownSecret: boolean;
  /** How long the claim link that was chosen instead of a secret shall live, in seconds; left out: none was chosen. */
  linkLife?: string | undefined;
  /** Id of the named policy to follow; empty: none, the rules are its own. */
  follow: string;
  /** What the form was filled with at first; null: no preset. */
  preset: PresetName | null;
  policy: PolicyValues;
}

/** Reads a posted form. Our forms are all urlencoded; of anything else nothing is found, and the fields are missing. */
export async function readForm(c: Context): Promise<URLSearchParams> {
  // Not text(): workerd warns in the log that a body of this type isn't text.
  return new URLSearchParams(new TextDecoder().decode(await c.req.arrayBuffer()));
}

const field = (form: URLSearchParams, name: string): string => form.get(name) ?? "";

/** A number of seconds as a form sends it; what is none stays text, for the schema to say so. */
export const secondsFrom = (typed: string): number | string => (/^\d{1,9}$/.test(typed) ? Number(typed) : typed);

/** What was entered, as far as it may be shown again. */
export function valuesOf(form: URLSearchParams, fallback: ExpiryChoice): TokenValues {
  const expiry = field(form, "expiry");
  return {
    label: field(form, "label"),
    note: field(form, "note"),
    providers: form.getAll("providers").filter(isProvider),
    expiry: isExpiryChoice(expiry) ? expiry : fallback,
    expiresAt: field(form, "expiresAt"),
    expiresZone: field(form, "expiresZone"),
    ownSecret: form.get("secretKind") === "own",
    linkLife: form.get("secretKind") === "claim" ? field(form, "linkLife") : undefined,
    follow: field(form, "follow"),
    preset: presetOf(field(form, "preset")),
    policy: enteredPolicy(form),
  };
}

// The order in which the fields stand in the forms, by the first part of their names.
const ORDER = `name label policy budgets budget expiry expiresAt providers models allowUnpriced requestsPerMinute
  tokensPerMinute concurrency queueSeconds activeHours hours timeZone networks countries endpoints holderMay note
  graceSeconds claim secret`.split(/\s+/);
const placeOf = (field: string): number => ORDER.indexOf(field.split(".", 1)[0] ?? field);

/** Runs a schema of which no field's error is the form's own. */
export function checkFields<T>(schema: z.ZodType<T>, raw: unknown): Checked<T> {
  const parsed = schema.safeParse(raw);
  return parsed.success ? { ok: true, input: parsed.data } : { ok: false, errors: toFieldErrors(parsed.error.issues) };
}

const ownField = ({ field, message }: FieldError): FieldError => ({ field: field.split(".", 1)[0] ?? field, message });

/**
 * Runs the schema. Where the form itself already found an error in a field, the schema's opinion on it is dropped.
 *
 * @param atForm finds the form's field of an error of the schema
 */
export function check<T>(
  schema: z.ZodType<T>,
  raw: unknown,
  found: readonly FieldError[],
  atForm: (error: FieldError) => FieldError = ownField,
): Checked<T> {
  const parsed = schema.safeParse(raw);
  const more = parsed.success ? [] : toFieldErrors(parsed.error.issues, true).map(atForm);
  const errors = [...found, ...more.filter(({ field }) => !found.some((one) => one.field === field))].toSorted(
    (one, other) => placeOf(one.field) - placeOf(other.field),
  );
  return parsed.success && errors.length === 0 ? { ok: true, input: parsed.data } : { ok: false, errors };
}

/** The typed secret, or null where one is to be made. What contradicts itself is an error: a guess could hand out less. */
function secretFrom(form: URLSearchParams, errors: FieldError[]): string | null {
  const typed = field(form, "secret");
  if (form.get("secretKind") === "own") return typed;
  if (typed !== "") {
    const message = "You typed a token but asked for one to be made. Choose one of the two.";
    errors.push({ field: "secret", message });
  }
  return null;
}

/** The claim link that was asked for instead of a secret; null: none. */
const linkFrom = (form: URLSearchParams) =>
  form.get("secretKind") === "claim" ? { expiresInSeconds: secondsFrom(field(form, "linkLife")) } : null;

function fieldsFrom(form: URLSearchParams, mayKeep: boolean, now: number, errors: FieldError[]) {
  const [choice, typed, timeZone] = [field(form, "expiry"), field(form, "expiresAt"), field(form, "expiresZone")];
  return {
    label: field(form, "label"),
    // Browsers send line ends as CR LF.
    note: field(form, "note").replaceAll("\r\n", "\n"),
    providers: form.getAll("providers"),
    ...expiryFrom({ choice, typed, timeZone, mayKeep }, now, errors),
  };
}

/** The policy to follow, or the rules: where one is followed, what stands in the rules' fields is left out, as the form says. */
function policyFrom(form: URLSearchParams, errors: FieldError[]): Record<string, unknown> {
  const follow = field(form, "follow");
  return follow === "" ? { policy: null, ...rulesFrom(enteredPolicy(form), errors) } : { policy: follow };
}

/** The input of a new token. `now`: ms since 1970. */
export function newTokenFrom(form: URLSearchParams, now: number): Checked<TokenInput> {
  const errors: FieldError[] = [];
  const fields = fieldsFrom(form, false, now, errors);
  const policy = enteredPolicy(form);
  const raw = { ...fields, ...policyFrom(form, errors), secret: secretFrom(form, errors), claim: linkFrom(form) };
  return check(tokenInput, raw, errors, (error) => atField(policy, error));
}

/** The input of an edit. `now`: ms since 1970. */
export function editFrom(form: URLSearchParams, now: number): Checked<TokenPatch> {
  const errors: FieldError[] = [];
  const fields = fieldsFrom(form, true, now, errors);
  const policy = enteredPolicy(form);
  return check(tokenPatch, { ...fields, ...policyFrom(form, errors) }, errors, (error) => atField(policy, error));
}

/** The input of a policy, new or edited: all of its fields. */
export function policyInputFrom(form: URLSearchParams): Checked<PolicyInput> {
  const errors: FieldError[] = [];
  const policy = enteredPolicy(form);
  const raw = { name: field(form, "name"), ...rulesFrom(policy, errors) };
  return check(policyInput, raw, errors, (error) => atField(policy, error));
}

/** The input of a rotation. */
export function rotationFrom(form: URLSearchParams): Checked<Rotation> {
  const errors: FieldError[] = [];
  const graceSeconds = secondsFrom(field(form, "graceSeconds"));
  return check(rotationInput, { secret: secretFrom(form, errors), graceSeconds }, errors);
}

/**
 * After an error the page comes back without the typed secret, so it has to be typed again; this says so at the field.
 */
export function withSecretGone(errors: readonly FieldError[], form: URLSearchParams): FieldError[] {
  const typed = form.get("secretKind") === "own" && field(form, "secret") !== "";
  if (!typed || errors.some((error) => error.field === "secret")) return [...errors];
  return [...errors, { field: "secret", message: "Type the token again: it isn't kept in the page." }];
}
