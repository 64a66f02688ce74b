import { z } from "@hono/zod-openapi";
import type { BulkAction, BulkChoice, BulkInput } from "../registry/bulk-types.ts";
import { expecting, expiresAt, input, oneOf, text } from "./fields.ts";
import { tokenMatch } from "./list-schemas.ts";

/** How many tokens can be named one by one. */
export const MAX_IDS = 1_000;
const MAX_DAYS = 3_650;

/** What can be done to many tokens, in the order in which the console offers it. */
export const BULK_ACTIONS = ["disable", "enable", "extend", "policy", "delete"] as const;
/** Something that can be done to many tokens. */
export type BulkName = (typeof BULK_ACTIONS)[number];

/** A number of days. */
export const days = z
  .int(expecting("a whole number of days"))
  .min(1, "Extend by at least 1 day.")
  .max(MAX_DAYS, `Extend by at most ${MAX_DAYS} days.`);

const shape = {
  action: z.enum(BULK_ACTIONS, oneOf(BULK_ACTIONS)),
  ids: z
    .array(text(), expecting("a list of token ids"))
    .min(1, "Name at least one token.")
    .max(MAX_IDS, `Name at most ${MAX_IDS} tokens, or choose them by a filter.`)
    .optional()
    .openapi({ description: "The tokens by their ids; or else `filter`." }),
  filter: tokenMatch.optional().openapi({ description: "All tokens that match now; or else `ids`." }),
  expect: z
    .int(expecting("a whole number"))
    .optional()
    .openapi({ description: "How many tokens it is about: where it is another number by now, nothing is done." }),
  expiresAt: expiresAt
    .optional()
    .openapi({ description: "For `extend`: until when, RFC 3339; null: for ever. Whatever ends later stays." }),
  days: days.optional().openapi({ description: "For `extend`: by so many days from where each token ends now." }),
  policy: text()
    .nullable()
    .optional()
    .openapi({ description: "For `policy`: id of the named policy to follow; null: none." }),
};

type Given = z.output<z.ZodObject<typeof shape>>;

/** The fields that an action takes, of those that not all take. */
const OWN: Record<BulkName, readonly ("expiresAt" | "days" | "policy")[]> = {
  disable: [],
  enable: [],
  delete: [],
  extend: ["expiresAt", "days"],
  policy: ["policy"],
};

/** One of two fields has to be there: which of both counts isn't for a guess. */
function oneOfTwo(given: Given, [one, other]: readonly (keyof Given)[], context: z.core.$RefinementCtx): void {
  if (one === undefined || other === undefined || (given[one] === undefined) !== (given[other] === undefined)) return;
  context.addIssue({ code: "custom", path: [one], message: `Name either ${one} or ${other}.` });
}

function checkFields(given: Given, context: z.core.$RefinementCtx): void {
  oneOfTwo(given, ["ids", "filter"], context);
  const own = OWN[given.action];
  for (const field of ["expiresAt", "days", "policy"] as const) {
    if (given[field] === undefined || own.includes(field)) continue;
    context.addIssue({ code: "custom", path: [field], message: `The action ${given.action} takes no ${field}.` });
  }
  if (given.action === "extend") oneOfTwo(given, ["expiresAt", "days"], context);
  if (given.action === "policy" && given.policy === undefined) {
    context.addIssue({ code: "custom", path: ["policy"], message: "Name a policy, or null for none." });
  }
}

function actionOf({ action, expiresAt: at = null, days, policy = null }: Given): BulkAction {
  if (action === "extend") return days === undefined ? { kind: "extendTo", at } : { kind: "extendBy", days };
  return action === "policy" ? { kind: "policy", policy } : { kind: action };
}

const choiceOf = ({ ids = [], filter }: Given): BulkChoice => (filter === undefined ? { ids } : { filter });

/** Body of an action on many tokens. Its output is the registry's `BulkInput`. */
export const bulkInput = input(shape)
  .superRefine(checkFields)
  .transform((given): BulkInput => ({
    action: actionOf(given),
    choice: choiceOf(given),
    expect: given.expect ?? null,
  }))
  .openapi("BulkInput");
