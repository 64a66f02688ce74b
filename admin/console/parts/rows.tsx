import type { PropsWithChildren } from "hono/jsx";
import type { FieldError } from "../../api/problem.ts";
import { errorOf, Fieldset, TextField } from "./fields.tsx";

// Fields of which there can be any number. Empty rows stand behind the filled ones, to add more without a script; with one,
// they are shown one by one.

interface RowsProps {
  /** What one row is, such as `model`. */
  noun: string;
}

/** The frame of rows; the children are one element each. */
export function Rows({ noun, children }: PropsWithChildren<RowsProps>) {
  return (
    <div class="rows" data-rows={noun}>
      {children}
    </div>
  );
}

/** Rows with some empty ones behind them. */
export const withSpare = <T,>(rows: readonly T[], empty: T, spare: number, max: number): T[] => [
  ...rows,
  ...Array.from({ length: Math.max(0, Math.min(spare, max - rows.length)) }, () => empty),
];

interface ListFieldProps {
  /** Name of the inputs, and of the field in errors: the row's is `name.row`. */
  name: string;
  /** The id of the group; of an input it has the row behind it. */
  id: string;
  legend: string;
  noun: string;
  hint?: string;
  errors: readonly FieldError[];
  values: readonly string[];
  max: number;
  input: Record<string, string | number>;
}

/** A list of short texts, one a row. */
export function ListField({ name, id, legend, noun, hint, errors, values, max, input }: ListFieldProps) {
  return (
    <Fieldset id={id} legend={legend} error={errorOf(errors, name)} {...(hint !== undefined && { hint })}>
      <Rows noun={noun}>
        {withSpare(values, "", 3, max).map((value, row) => (
          <TextField
            id={`${id}-${row}`}
            name={name}
            label={`${legend}, ${row + 1}`}
            quiet
            error={errorOf(errors, `${name}.${row}`)}
            input={{ value, autocomplete: "off", ...input }}
          />
        ))}
      </Rows>
    </Fieldset>
  );
}

/** What can be chosen in an input whose `list` is the id; anything else can be typed too. */
export function Options({ id, names }: { id: string; names: readonly string[] }) {
  return (
    <datalist id={id}>
      {names.map((name) => (
        <option>{name}</option>
      ))}
    </datalist>
  );
}
