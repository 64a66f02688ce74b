import { BULK_ACTIONS, bulkInput, type BulkName } from "../api/bulk-schemas.ts";
import type { FieldError } from "../api/problem.ts";
import type { BulkInput } from "../registry/bulk-types.ts";
import { type EndValues, expiryFrom } from "./expiry.ts";
import { check, type Checked } from "./forms.ts";
import { type FilterFields, filterFields, matchFrom } from "./filter-fields.ts";
import { extensionWords } from "./list-words.ts";

// The forms of actions on many tokens: the list's, which only names them, and the one that does it.

/** What the list's form names: an action, and the tokens one by one or by the filter. */
export interface BulkAsked {
  action: BulkName;
  ids: readonly string[];
  /** Whether all that match the filter are meant. */
  all: boolean;
  filter: FilterFields;
}

/** How far to extend, as it was entered. */
export interface ExtendValues extends EndValues {
  until: "days" | "at" | "never";
  days: string;
}

const isBulkName = (text: string | null): text is BulkName => BULK_ACTIONS.some((action) => action === text);

/** Reads what is asked for; an action that there isn't is the first one, which is undone the easiest. */
export function askedFrom(fields: URLSearchParams): BulkAsked {
  const action = fields.get("action");
  return {
    action: isBulkName(action) ? action : "disable",
    ids: [...new Set(fields.getAll("id"))],
    all: fields.get("all") === "yes",
    filter: filterFields((name) => fields.get(name)),
  };
}

/** What was entered of how far to extend. */
export function extendValues(form: URLSearchParams): ExtendValues {
  const until = form.get("until");
  return {
    until: until === "at" || until === "never" ? until : "days",
    days: form.get("days") ?? "30",
    expiresAt: form.get("expiresAt") ?? "",
    expiresZone: form.get("expiresZone") ?? "",
  };
}

function extendFrom(form: URLSearchParams, now: number, errors: FieldError[]): Record<string, unknown> {
  const { until, days, expiresAt: typed, expiresZone: timeZone } = extendValues(form);
  if (until === "at") return expiryFrom({ choice: "at", typed, timeZone, mayKeep: false }, now, errors);
  if (typed !== "") {
    const chosen = until === "never" ? "for ever" : "days";
    const message = `You entered a time but chose ${chosen}. Choose "Until the time below", or clear the time.`;
    errors.push({ field: "expiresAt", message });
  }
  if (until === "never") return { expiresAt: null };
  return { days: /^\d{1,9}$/.test(days.trim()) ? Number(days) : days };
}

/** Stops a slip of the hand: what can't be undone is asked for by the number of tokens. */
function checkTyped(form: URLSearchParams, expect: number, errors: FieldError[]): void {
  if (
    form
      .get("typed")
      ?.trim()
      .replaceAll(/[,.\s]/g, "") === String(expect)
  )
    return;
  errors.push({ field: "typed", message: `Type the number of tokens, ${expect}, to delete them for good.` });
}

/** The tokens that are meant, for the schema. `errors` gets what is wrong with the days of the filter. */
const choiceFrom = ({ all, ids, filter }: BulkAsked, errors: FieldError[]) =>
  all ? { filter: matchFrom(filter, errors) } : { ids };

/** The input of an action on many tokens. `now`: ms since 1970. */
export function bulkFrom(form: URLSearchParams, asked: BulkAsked, now: number): Checked<BulkInput> {
  const errors: FieldError[] = [];
  const expect = Number(form.get("expect") ?? Number.NaN);
  const { action } = asked;
  if (action === "delete") checkTyped(form, expect, errors);
  const own = action === "extend" ? extendFrom(form, now, errors) : {};
  const policy = action === "policy" ? { policy: form.get("policy-to-follow") || null } : {};
  return check(bulkInput, { action, ...choiceFrom(asked, errors), expect, ...own, ...policy }, errors);
}

/** What the form of an extension means. */
export interface ExtensionPreview {
  /** Null: something in the form isn't right yet. */
  sentence: string | null;
  errors: readonly FieldError[];
}

/**
 * What the form of an extension means as it stands, with the moment that it would be sent with.
 *
 * @param now ms since 1970
 */
export function extensionPreview(form: URLSearchParams, asked: BulkAsked, now: number): ExtensionPreview {
  const checked = bulkFrom(form, asked, now);
  if (!checked.ok) return { sentence: null, errors: checked.errors };
  return { sentence: extensionWords(checked.input.action, extendValues(form).expiresZone), errors: [] };
}
