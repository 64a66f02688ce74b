import { PROVIDERS } from "../../../shared/providers.ts";
import type { PolicyName } from "../../../shared/record.ts";
import { SORTS, STATUSES } from "../../api/list-schemas.ts";
import type { FieldError } from "../../api/problem.ts";
import { FILTER_FIELDS, type FilterFields } from "../filter-fields.ts";
import { LIST_STATUS_NAMES, NO_POLICY_CHOICE, SORT_NAMES } from "../list-words.ts";
import { PROVIDER_NAMES } from "../words.ts";
import { DaySpanFields } from "./day-span-fields.tsx";
import { SelectField, TextField } from "./fields.tsx";

/** The filters of the list as the form and the address have them, and its order. */
export interface TokenFilterValues extends FilterFields {
  /** Empty: the order that the list has by itself. */
  sort: string;
}

/** Tells whether anything is filtered. */
export const isFiltered = (filter: FilterFields): boolean => FILTER_FIELDS.some((name) => filter[name] !== undefined);

type Choices = readonly (readonly [value: string, label: string])[];

const STATUS_CHOICES: Choices = [
  ["", "Not deleted"],
  ...STATUSES.map((status) => [status, LIST_STATUS_NAMES[status]] as const),
];
const PROVIDER_CHOICES: Choices = [
  ["", "Any provider"],
  ...PROVIDERS.map((provider) => [provider, PROVIDER_NAMES[provider]] as const),
];
const SORT_CHOICES: Choices = SORTS.map((sort) => [sort === "-created" ? "" : sort, SORT_NAMES[sort]] as const);

const policyChoices = (policies: readonly PolicyName[]): Choices => [
  ["", "Any policy"],
  NO_POLICY_CHOICE,
  ...policies.map(({ id, name }) => [id, name] as const),
];

interface FilterFormProps {
  filter: TokenFilterValues;
  policies: readonly PolicyName[];
  errors: readonly FieldError[];
}

/** Search, filters and order of the list. */
export function FilterForm({ filter, policies, errors }: FilterFormProps) {
  const { query = "", status = "", provider = "", policy = "", zone = "", sort } = filter;
  return (
    <search>
      <form class="filters" method="get" action="/tokens">
        <TextField
          id="query"
          name="query"
          label="Search"
          input={{ type: "search", value: query, maxlength: 200, placeholder: "Label, note or id" }}
        />
        <SelectField id="status" name="status" label="Status" value={status} choices={STATUS_CHOICES} />
        <SelectField id="provider" name="provider" label="Provider" value={provider} choices={PROVIDER_CHOICES} />
        {policies.length > 0 && (
          <SelectField id="policy" name="policy" label="Policy" value={policy} choices={policyChoices(policies)} />
        )}
        <SelectField id="sort" name="sort" label="Order" value={sort} choices={SORT_CHOICES} />
        <DaySpanFields days={filter} zone={zone} errors={errors} />
        <button class="button" type="submit">
          Filter
        </button>
        {isFiltered(filter) && (
          <a class="button quiet" href="/tokens">
            Show all
          </a>
        )}
      </form>
    </search>
  );
}
