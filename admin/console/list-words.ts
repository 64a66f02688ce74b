import { type BulkName } from "../api/bulk-schemas.ts";
import { NO_POLICY, type Sort } from "../api/list-schemas.ts";
import type { BulkAction, BulkReport } from "../registry/bulk-types.ts";
import type { ListSort, ListStatus } from "../registry/types.ts";
import { counted } from "./amounts.ts";
import { momentWords } from "./moments.ts";

// How the console calls what the list of tokens can be asked for, and what can be done to many of them.

/** Names of the filters by status. */
export const LIST_STATUS_NAMES: Record<ListStatus, string> = {
  active: "Active",
  disabled: "Disabled",
  expired: "Expired",
  deleted: "Deleted",
  expiring: "Expires within 7 days",
  unused: "Never used",
  nearly: "Budget nearly used up",
  unpublished: "Not published yet",
  holder: "Changed by its holder",
};

/** What the filter by policy offers beside the policies. */
export const NO_POLICY_CHOICE: readonly [value: string, label: string] = [NO_POLICY, "No policy"];

/** Names of the orders, for the choice of one. */
export const SORT_NAMES: Record<Sort, string> = {
  "-created": "Newest first",
  created: "Oldest first",
  label: "Label, A to Z",
  "-label": "Label, Z to A",
  status: "Status, active first",
  "-status": "Status, active last",
  expires: "Expires first",
  "-expires": "Expires last",
  "-used": "Used last",
  used: "Not used for longest",
  "-share": "Most of the budget used",
  share: "Least of the budget used",
};

/** In which direction a column is sorted at first: what the owner looks for there comes first. */
export const FIRST_DIRECTION: Record<ListSort, Sort> = {
  created: "-created",
  label: "label",
  status: "status",
  expires: "expires",
  used: "-used",
  share: "-share",
};

/** What is done to many tokens: as a choice, and while it is done. */
export const BULK_WORDS: Record<BulkName, readonly [choice: string, doing: string, done: string]> = {
  disable: ["Disable", "Disabling", "Disabled"],
  enable: ["Enable", "Enabling", "Enabled"],
  extend: ["Extend the expiry", "Extending", "Extended"],
  policy: ["Change the policy", "Changing the policy of", "Changed the policy of"],
  delete: ["Delete for good", "Deleting", "Deleted"],
};

/** The name of an action on many tokens. */
export function bulkNameOf({ action }: Pick<BulkReport, "action">): BulkName {
  return action.kind === "extendTo" || action.kind === "extendBy" ? "extend" : action.kind;
}

/** An action on many tokens as a heading. */
export function bulkTitle(report: BulkReport): string {
  const [, doing, done] = BULK_WORDS[bulkNameOf(report)];
  return `${report.endedAt === null ? doing : done} ${counted(report.total, "token")}`;
}

/**
 * How far an extension goes, before it is done; null: the action is none.
 *
 * @param timeZone in which a time was entered, an IANA name that is known here; empty: UTC
 */
export function extensionWords(action: BulkAction, timeZone: string): string | null {
  if (action.kind === "extendBy") return `By ${counted(action.days, "day")}, each from where it ends now.`;
  if (action.kind !== "extendTo") return null;
  return action.at === null ? "For ever." : `Until ${momentWords(action.at, timeZone)}. What ends later stays.`;
}
