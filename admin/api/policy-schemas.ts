import { z } from "@hono/zod-openapi";
import { OPEN_POLICY } from "../../shared/policy.ts";
import { PROVIDERS } from "../../shared/providers.ts";
import { policySentence } from "../console/policy-sentence.ts";
import type { PoliciesView, PolicyView } from "../registry/types.ts";
import { expecting, input, oneLine, text } from "./fields.ts";
import { policyFields, withRules } from "./policy-fields.ts";
import { policyShape } from "./policy-shapes.ts";
import { time, toTime } from "./times.ts";

// Named policies, as the API takes them and tells them.

const MAX_NAME = 80;

const name = oneLine("name", MAX_NAME).openapi({
  description: "What the owner calls the policy. Unique.",
  example: "class of 2027",
});

/** Body of a new policy. Its output is the registry's `PolicyInput`. */
export const policyInput = input({ name, ...policyFields })
  .transform((given) => {
    const { name, rules } = withRules(given);
    return { name, rules: { ...OPEN_POLICY, ...rules } };
  })
  .openapi("PolicyInput");

/** Body of an edit. Its output is the registry's `PolicyPatch`. */
export const policyPatch = input({ name: name.optional(), ...policyFields })
  .refine((patch) => Object.keys(patch).length > 0, {
    error: "Name at least one field to change.",
    // Not beside the error that the one field isn't known.
    when: ({ issues }) => issues.length === 0,
  })
  .transform(withRules)
  .openapi("PolicyPatch");

/** Body of a deletion. */
export const policyDeletion = input({
  detach: z.boolean(expecting("true or false")).default(false).openapi({
    description: "Delete it although tokens follow it: they keep its rules as their own.",
  }),
}).openapi("PolicyDeletion");

/** Body of the choice of a default. */
export const defaultInput = input({
  id: text().nullable().openapi({ description: "The policy that new tokens follow; null: none." }),
}).openapi("DefaultPolicy");

/** A named policy. */
export const namedShape = z
  .object({
    id: z.string(),
    name: z.string(),
    createdAt: time,
    updatedAt: time,
    isDefault: z.boolean().openapi({ description: "Whether new tokens follow it where nothing else is said." }),
    tokens: z.int().openapi({ description: "How many tokens follow it." }),
    pending: z.int().openapi({
      description:
        "Of how many of them the newest change isn't confirmed yet; where `pendingIsExact` is false, that many or more.",
    }),
    pendingIsExact: z.boolean(),
    ...policyShape,
    summary: z.string().openapi({ description: "What it allows, in English. For people: its wording changes." }),
  })
  .openapi("Policy");

/** All named policies. */
export const policiesShape = z
  .object({
    policies: z.array(namedShape),
    default: z.string().nullable().openapi({ description: "Id of the policy that new tokens follow; null: none." }),
    pending: z.boolean().openapi({ description: "Whether KV doesn't have the newest ones yet; it is tried again." }),
  })
  .openapi("Policies");

/** A named policy as JSON. */
export function policyJson(policy: PolicyView): z.output<typeof namedShape> {
  const { createdAt, updatedAt } = policy;
  const summary = policySentence(policy, PROVIDERS);
  return { ...policy, createdAt: toTime(createdAt), updatedAt: toTime(updatedAt), summary };
}

/** All named policies as JSON. */
export function policiesJson({ policies, pending }: PoliciesView): z.output<typeof policiesShape> {
  const chosen = policies.find(({ isDefault }) => isDefault)?.id ?? null;
  return { policies: policies.map(policyJson), default: chosen, pending };
}
