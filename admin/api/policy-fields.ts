import { z } from "@hono/zod-openapi";
import { globProblem } from "../../shared/globs.ts";
import { clockProblem, timeZoneProblem } from "../../shared/hours.ts";
import { networkProblem } from "../../shared/networks.ts";
import { ENDPOINT_CLASSES, HOLDER_ACTIONS, POLICY_FIELDS, type Policy, WEEKDAYS } from "../../shared/policy.ts";
import { countryProblem } from "./countries.ts";
import { expecting, input, oneOf, text } from "./fields.ts";
import { limits } from "./limit-fields.ts";

// The fields of a policy in the owner's input, of tokens and of named policies alike. Each replaces the field as a whole.

const MAX_LIST = 200;
const MAX_WINDOWS = 50;

const problemOf =
  (find: (value: string) => string | null) =>
  (value: string, context: z.core.$RefinementCtx<string>): void => {
    const problem = find(value);
    if (problem !== null) context.addIssue({ code: "custom", message: problem });
  };
const once = <T>(list: readonly T[]): T[] => [...new Set(list)];
const unlike = (list: readonly string[]): boolean => new Set(list).size === list.length;

const globs = z
  .array(text().trim().superRefine(problemOf(globProblem)), expecting("a list of models"))
  .min(1, "Name at least one model, or leave this provider out: then all of its models may be used.")
  .max(MAX_LIST, `Name at most ${MAX_LIST} models of a provider. One with a * can stand for many.`)
  .transform(once)
  .optional();

const models = input({ openai: globs, anthropic: globs, gemini: globs })
  .transform((value) => {
    const named = Object.entries(value).filter(([, list]) => list !== undefined);
    return named.length === 0 ? null : (Object.fromEntries(named) as NonNullable<Policy["models"]>);
  })
  .nullable()
  .openapi({
    description:
      "Models by provider, as names or globs: `*` any characters, `?` one. A provider that isn't named: all of its models. Null: every model.",
    example: { openai: ["gpt-5*-mini", "text-embedding-3-*"] },
  });

const clock = text().trim().superRefine(problemOf(clockProblem));

const hourWindow = input({
  days: z
    .array(z.enum(WEEKDAYS, oneOf(WEEKDAYS)), expecting("a list of days"))
    .min(1, `Name at least one of ${WEEKDAYS.join(", ")}.`)
    // One order, so that a change of order alone is no change.
    .transform((days) => WEEKDAYS.filter((day) => days.includes(day)))
    .openapi({ example: ["mon", "tue", "wed", "thu", "fri"] }),
  from: clock
    .refine((from) => from !== "24:00", "Write the beginning of a day as 00:00.")
    .openapi({ example: "09:00" }),
  to: clock.openapi({ description: "Not after `from`: it ends on the next day.", example: "17:30" }),
})
  .refine(({ from, to }) => from !== to, {
    error: "It begins and ends at the same time. A whole day is 00:00 to 24:00.",
    path: ["to"],
  })
  // Midnight is the end of the day on which the window begins: one way to write it, so that another is no change.
  .transform((window) => (window.to === "00:00" ? { ...window, to: "24:00" } : window));

const activeHours = input({
  timeZone: text().trim().superRefine(problemOf(timeZoneProblem)).openapi({ example: "Europe/Berlin" }),
  windows: z
    .array(hourWindow, expecting("a list of windows"))
    .min(1, "Name at least one window, or null: then the token always works.")
    .max(MAX_WINDOWS, `Name at most ${MAX_WINDOWS} windows.`),
})
  .nullable()
  .openapi({ description: "When the token works: in any of these windows, on the clock of the zone. Null: always." });

const whole = (network: string): string => {
  if (network.includes("/")) return network;
  return network.includes(":") ? `${network}/128` : `${network}/32`;
};

const networks = z
  .array(
    text().trim().toLowerCase().superRefine(problemOf(networkProblem)).transform(whole),
    expecting("a list of networks"),
  )
  .min(1, "Name at least one network, or null: then requests may come from everywhere.")
  .max(MAX_LIST, `Name at most ${MAX_LIST} networks.`)
  .transform(once)
  .nullable()
  .openapi({
    description: "Where requests may come from, as CIDR or single addresses. Null: from everywhere.",
    example: ["203.0.113.0/24", "2001:db8::/32"],
  });

const countries = z
  .array(text().trim().toUpperCase().superRefine(problemOf(countryProblem)), expecting("a list of countries"))
  .min(1, "Name at least one country, or null: then requests may come from everywhere.")
  .transform((list) => once(list).toSorted((one, other) => one.localeCompare(other)))
  .nullable()
  .openapi({ description: "ISO 3166-1 alpha-2. Null: from everywhere.", example: ["DE", "FR"] });

/** The fields of a policy, each optional. */
export const policyFields = {
  models: models.optional(),
  endpoints: z.enum(ENDPOINT_CLASSES, oneOf(ENDPOINT_CLASSES)).optional().openapi({
    description: "`inference`: what makes a model answer. `all`: also what all users of a provider key share.",
  }),
  activeHours: activeHours.optional(),
  networks: networks.optional(),
  countries: countries.optional(),
  limits: limits.optional(),
  allowUnpriced: z.boolean(expecting("true or false")).optional().openapi({
    description: "Whether what has no known price may be used under a budget in dollars. It counts as nothing there.",
  }),
  holderMay: z
    .array(z.enum(HOLDER_ACTIONS, oneOf(HOLDER_ACTIONS)), expecting("a list of actions"))
    .refine(unlike, "Name each action once.")
    .transform((list) => HOLDER_ACTIONS.filter((action) => list.includes(action)))
    .optional()
    .openapi({ description: "What the holder may do to the token by themselves." }),
};

const isRule = ([name]: [string, unknown]): boolean => POLICY_FIELDS.some((field) => field === name);
/** The fields of a policy that an input names. */
export type Given = { [Field in keyof Policy]?: Policy[Field] | undefined };

/**
 * Puts the fields of a policy that an input names together.
 *
 * @returns the input without them, and them as `rules`
 */
export function withRules<T extends Given>(given: T): Omit<T, keyof Policy> & { rules: Partial<Policy> } {
  const all = Object.entries(given);
  const others = Object.fromEntries(all.filter((one) => !isRule(one))) as Omit<T, keyof Policy>;
  // What was said to be undefined wasn't said.
  const rules = Object.fromEntries(all.filter((one) => isRule(one) && one[1] !== undefined)) as Partial<Policy>;
  return { ...others, rules };
}
