import { z } from "@hono/zod-openapi";
import type { ListSort, ListStatus, TokenFilter, TokenMatch } from "../registry/types.ts";
import { decodeTokenCursor } from "./cursor.ts";
import { cursorOf, input, limit, oneOf, provider, text } from "./fields.ts";
import { checkSpans, type SpanField, spanFields, toSpans } from "./list-spans.ts";

// What the list of tokens can be asked for: of the JSON API and of the console, and by actions on many tokens.

const MAX_QUERY = 200;
/** Means that tokens follow no policy; an id is longer. */
export const NO_POLICY = "none";

/** How the list can be filtered, in the order in which the console offers it. */
export const STATUSES = [
  "active",
  "disabled",
  "expired",
  "deleted",
  "expiring",
  "unused",
  "nearly",
  "unpublished",
  "holder",
] as const satisfies readonly ListStatus[];

const KEYS = ["created", "label", "status", "expires", "used", "share"] as const satisfies readonly ListSort[];

/** The orders of the list; with a minus: the largest first. */
export const SORTS = KEYS.flatMap((key) => [key, `-${key}`] as const);
/** An order of the list. */
export type Sort = (typeof SORTS)[number];
/** Newest first. */
export const DEFAULT_SORT: Sort = "-created";

const isKey = (text: string): text is ListSort => KEYS.some((key) => key === text);

/** The key and the direction of an order. */
export function orderOf(sort: Sort): { sort: ListSort; descending: boolean } {
  const key = sort.replace(/^-/, "");
  // SORTS is made of KEYS.
  return { sort: isKey(key) ? key : "created", descending: sort.startsWith("-") };
}

/** The name of an order. */
export const sortOf = ({ sort, descending }: Pick<TokenFilter, "sort" | "descending">): Sort =>
  descending ? `-${sort}` : sort;

const match = {
  query: text()
    .max(MAX_QUERY, `A search has at most ${MAX_QUERY} characters.`)
    .default("")
    .openapi({ description: "Part of the label, the note or the id, in any case." }),
  status: z.enum(STATUSES, oneOf(STATUSES)).optional().openapi({
    description:
      "Left out: all but the deleted ones. `expiring`: ends within 7 days. `unused`: never used. `nearly`: 80 % of a budget are used. `unpublished`: the newest change isn't confirmed yet. `holder`: its holder changed it.",
  }),
  provider: provider.optional(),
  policy: text()
    .optional()
    .openapi({ description: `Id of the named policy that they follow; ${NO_POLICY}: they follow none.` }),
  ...spanFields,
};

type Given = {
  query: string;
  status?: ListStatus | undefined;
  provider?: TokenMatch["provider"] | undefined;
  policy?: string | undefined;
} & { [Field in SpanField]?: number | undefined };

const toMatch = ({ query, status, provider, policy, ...times }: Given): TokenMatch => ({
  query,
  status: status ?? null,
  provider: provider ?? null,
  policy: policy === NO_POLICY ? "" : (policy ?? null),
  ...toSpans(times),
});

/** A filter, as the registry takes it. */
export const tokenMatch = input(match).superRefine(checkSpans).transform(toMatch).openapi("TokenMatch");

/** Query of the list of tokens. Its output is the registry's `TokenFilter`. */
export const tokenQuery = input({
  ...match,
  sort: z.enum(SORTS, oneOf(SORTS)).default(DEFAULT_SORT).openapi({
    description:
      "With a minus: the largest, the newest first. `share`: of the fullest budget. `status`: active ones, then expired, disabled and deleted ones, alike ones by their end with the last to come first; with a minus the other way round.",
  }),
  cursor: cursorOf(decodeTokenCursor),
  limit,
})
  .superRefine(checkSpans)
  .transform((given, context): TokenFilter => {
    const { sort, cursor = null } = given;
    const kind = orderOf(sort).sort === "label" ? "string" : "number";
    // In another order the place would be anywhere.
    if (cursor !== null && (cursor.sort !== sort || typeof cursor.key !== kind)) {
      const message = "This cursor is of another order. Ask with the same sort, or without a cursor.";
      context.addIssue({ code: "custom", path: ["cursor"], message });
      return z.NEVER;
    }
    return { ...toMatch(given), ...orderOf(sort), cursor, limit: given.limit };
  });
