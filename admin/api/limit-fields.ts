import { z } from "@hono/zod-openapi";
import { type Budget, BUDGET_PERIODS, DEFAULT_QUEUE_SECONDS, isLimited, type Limits } from "../../shared/policy.ts";
import { expecting, input, oneOf } from "./fields.ts";

// How much and how fast, in the owner's input.

const MAX_RATE = 1_000_000;
const MAX_TOKENS = 1_000_000_000_000;
const MAX_CONCURRENCY = 1_000;
const MAX_QUEUE_SECONDS = 60;
const MAX_USD = 1_000_000_000;
const MAX_BUDGETS = 20;

const count = (of: string, max: number) =>
  z
    .int(expecting(`a whole number of ${of}`))
    .min(1, "This has to be 1 or more.")
    .max(max, `This has to be at most ${max}.`);
const limit = (of: string, max: number) => count(of, max).nullable().default(null);

// Not by multiplying: of a large amount with six decimals that leaves more dust than any bound that is small enough.
const isWholeMicros = (usd: number): boolean => Math.abs(usd - Number(usd.toFixed(6))) < 1e-9;

const amounts = {
  usd: z
    .number(expecting("an amount of US dollars, like 12.5"))
    .positive("This has to be more than 0.")
    .max(MAX_USD, `This has to be at most ${MAX_USD}.`)
    .refine(isWholeMicros, "An amount has at most six decimals.")
    .optional(),
  tokens: count("tokens", MAX_TOKENS).optional().openapi({ description: "Input and output together." }),
};

const BETWEEN = "This has to be more than 0 and less than 1: 0.8 warns when 80 % are used.";

const budget = input({
  ...amounts,
  per: z.enum(BUDGET_PERIODS, oneOf(BUDGET_PERIODS)).openapi({
    description: "Of the calendar, in UTC; a week begins on Monday. `total` never begins anew.",
  }),
  warnAt: z
    .number(expecting("a number between 0 and 1"))
    .gt(0, BETWEEN)
    .lt(1, BETWEEN)
    .nullable()
    .default(null)
    .openapi({
      description: "The share from which you are told; it refuses nothing.",
    }),
})
  .superRefine(({ usd, tokens }, context) => {
    if ((usd === undefined) !== (tokens === undefined)) return;
    const message =
      usd === undefined
        ? "Name the amount: usd or tokens."
        : "A budget is in US dollars or in tokens. Name one of the two, or make two budgets of it.";
    context.addIssue({ code: "custom", path: usd === undefined ? [] : ["tokens"], message });
  })
  .transform(({ usd, tokens, per, warnAt }): Budget => {
    // One of the two is there, as was looked at just above.
    return usd === undefined ? { tokens: tokens ?? 0, per, warnAt } : { usd, per, warnAt };
  });

const kindOf = ({ usd, per }: Budget): string => `${usd === undefined ? "tokens" : "usd"} ${per}`;

const budgets = z
  .array(budget, expecting("a list of budgets"))
  .max(MAX_BUDGETS, `There are at most ${MAX_BUDGETS} budgets.`)
  .superRefine((list, context) => {
    list.forEach((one, index) => {
      if (!list.slice(0, index).some((other) => kindOf(other) === kindOf(one))) return;
      const unit = one.usd === undefined ? "tokens" : "US dollars";
      const message = `There is a budget in ${unit} per ${one.per} above already. Keep the smaller one.`;
      context.addIssue({ code: "custom", path: [index, "per"], message });
    });
  });

/** A token's limits as a whole; none at all are null. */
export const limits = input({
  requestsPerMinute: limit("requests", MAX_RATE),
  tokensPerMinute: limit("tokens", MAX_TOKENS).openapi({ description: "Input and output together." }),
  concurrency: limit("requests", MAX_CONCURRENCY).openapi({ description: "Requests at the same time." }),
  queueSeconds: z
    .int(expecting("a whole number of seconds"))
    .min(0, "This can't be negative.")
    .max(MAX_QUEUE_SECONDS, `A request waits at most ${MAX_QUEUE_SECONDS} seconds.`)
    .optional()
    .openapi({
      description: `How long a request that \`concurrency\` holds up may wait. Left out: ${DEFAULT_QUEUE_SECONDS} s with a concurrency, else 0.`,
    }),
  budgets: budgets.default([]).openapi({ description: "All of them count at the same time." }),
})
  .refine(({ concurrency, queueSeconds = 0 }) => concurrency !== null || queueSeconds === 0, {
    error: "Only a concurrency makes requests wait. Set one, or leave this out.",
    path: ["queueSeconds"],
  })
  .transform(({ queueSeconds, ...rest }): Limits | null => {
    const queue = rest.concurrency === null ? 0 : (queueSeconds ?? DEFAULT_QUEUE_SECONDS);
    const all = { ...rest, queueSeconds: queue };
    return isLimited({ limits: all }) ? all : null;
  })
  .nullable()
  .openapi({ description: "All limits together: what isn't named is no limit. Null: none." });
