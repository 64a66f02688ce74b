import type { Child, PropsWithChildren } from "hono/jsx";
import type { FieldError } from "../../api/problem.ts";

/** What every field is told. */
export interface FieldProps {
  /** Unique on the page. */
  id: string;
  name: string;
  label: string;
  hint?: string;
  /** What is wrong with the field; null: nothing. */
  error?: string | null;
  /** Whether the label is for screen readers alone, because what stands around the field says it. */
  quiet?: boolean;
}

/** The error of one field, or null. */
export const errorOf = (errors: readonly FieldError[], field: string): string | null =>
  errors.find((error) => error.field === field)?.message ?? null;

/** The ids of what describes a field, for `aria-describedby`. */
const describedBy = (id: string, hint: Child, error: string | null): string | undefined =>
  [hint === undefined ? [] : [`${id}-hint`], error === null ? [] : [`${id}-error`]].flat().join(" ") || undefined;

function Notes({ id, hint, error }: { id: string; hint: Child; error: string | null }) {
  return (
    <>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== null && (
        <p class="error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </>
  );
}

const labelClass = (quiet: boolean): string | undefined => (quiet ? "unseen" : undefined);

const checks = (id: string, hint: Child, error: string | null) => ({
  "aria-describedby": describedBy(id, hint, error),
  "aria-invalid": error === null ? undefined : ("true" as const),
});

/** A line of text. `input` has further attributes of its `<input>`. */
export function TextField({
  id,
  name,
  label,
  hint,
  error = null,
  quiet = false,
  input,
}: FieldProps & { input?: Record<string, string | number | boolean> }) {
  return (
    <div class="field">
      <label for={id} class={labelClass(quiet)}>
        {label}
      </label>
      <Notes id={id} hint={hint} error={error} />
      <input id={id} name={name} type="text" {...checks(id, hint, error)} {...input} />
    </div>
  );
}

/** Several lines of text. `input` has further attributes of its `<textarea>`. */
export function TextArea({
  id,
  name,
  label,
  hint,
  error = null,
  value,
  input,
}: FieldProps & { value: string; input?: Record<string, string | number | boolean> }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <Notes id={id} hint={hint} error={error} />
      <textarea id={id} name={name} rows={3} {...checks(id, hint, error)} {...input}>
        {value}
      </textarea>
    </div>
  );
}

/** One value out of a list. */
export function SelectField({
  id,
  name,
  label,
  hint,
  error = null,
  quiet = false,
  value,
  choices,
}: FieldProps & { value: string; choices: readonly (readonly [value: string, label: string])[] }) {
  return (
    <div class="field">
      <label for={id} class={labelClass(quiet)}>
        {label}
      </label>
      <Notes id={id} hint={hint} error={error} />
      <select id={id} name={name} {...checks(id, hint, error)}>
        {choices.map(([one, text]) => (
          <option value={one} selected={one === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

interface FieldsetProps {
  /** Where a link to the group's error leads. */
  id: string;
  legend: string;
  hint?: string;
  error?: string | null;
  /** Whether the legend is for screen readers alone, because what stands above says it. */
  quiet?: boolean;
}

/** Fields that belong together. */
export function Fieldset({
  id,
  legend,
  hint,
  error = null,
  quiet = false,
  children,
}: PropsWithChildren<FieldsetProps>) {
  return (
    <fieldset id={id} tabindex={-1} {...checks(id, hint, error)}>
      <legend class={labelClass(quiet)}>{legend}</legend>
      <Notes id={id} hint={hint} error={error} />
      {children}
    </fieldset>
  );
}

/** A checkbox or a radio button with its label. */
export function Choice({
  type,
  id,
  name,
  value,
  label,
  checked,
  own = false,
}: {
  type: "checkbox" | "radio";
  id: string;
  name: string;
  value: string;
  label: Child;
  checked: boolean;
  /** Whether the field below the choices belongs to this one. */
  own?: boolean;
}) {
  return (
    <label class="choice" for={id}>
      <input type={type} id={id} name={name} value={value} checked={checked} class={own ? "own" : undefined} />
      {label}
    </label>
  );
}
