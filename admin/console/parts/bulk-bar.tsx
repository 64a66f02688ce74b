import { BULK_ACTIONS } from "../../api/bulk-schemas.ts";
import { number, orMore } from "../amounts.ts";
import type { FilterFields } from "../filter-fields.ts";
import { BULK_WORDS } from "../list-words.ts";
import { Choice, SelectField } from "./fields.tsx";

/** The id of the form that the list's checkboxes belong to. */
export const BULK_FORM = "bulk";

const CHOICES = BULK_ACTIONS.map((action) => [action, BULK_WORDS[action][0]] as const);

interface BulkBarProps {
  filter: FilterFields;
  /** How many tokens match; where it isn't exact, there may be more. */
  total: number;
  totalIsExact: boolean;
  /** How many of them are on this page. */
  shown: number;
}

/** What can be done to the tokens that are selected, or to all that match. It changes nothing yet: the next page asks. */
export function BulkBar({ filter, total, totalIsExact, shown }: BulkBarProps) {
  return (
    <form id={BULK_FORM} class="bulk" method="get" action="/tokens/bulk" aria-label="Selected tokens">
      {Object.entries(filter).map(
        ([name, value]) => value !== undefined && <input type="hidden" name={name} value={value} />,
      )}
      {(total > shown || !totalIsExact) && (
        <Choice
          type="checkbox"
          id="all"
          name="all"
          value="yes"
          label={`All ${orMore(number(total), totalIsExact)} that match, not only those on this page`}
          checked={false}
        />
      )}
      <SelectField id="bulk-action" name="action" label="With the selected tokens" value="disable" choices={CHOICES} />
      <button class="button" type="submit">
        Go on …
      </button>
      <span class="hint" data-selected=""></span>
      <a class="button quiet" href="/tokens/bulk">
        Earlier actions
      </a>
    </form>
  );
}
