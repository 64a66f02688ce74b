import { z } from "@hono/zod-openapi";
import { POLICY_FIELDS } from "../../shared/policy.ts";
import { newTokenClaim } from "./claim-schemas.ts";
import { type Given, policyFields, withRules } from "./policy-fields.ts";
import { expiresAt, graceSeconds, input, label, note, oneOf, providers, secret, text } from "./fields.ts";

// The schemas that check the owner's input: of the JSON API, of the console's forms, and of openapi.json.

const STATES = ["active", "disabled"] as const;
const REBUILD_TARGETS = ["registry", "published"] as const;

const policyId = text()
  .nullable()
  .optional()
  .openapi({ description: "Id of the named policy to follow; null: none, the rules are its own." });

/** A token follows a policy or has rules of its own: which of the two counts isn't for a guess. */
function oneOfTheTwo(given: Given & { policy?: string | null | undefined }, context: z.core.$RefinementCtx): void {
  const rules = POLICY_FIELDS.filter((field) => given[field] !== undefined);
  if (typeof given.policy !== "string" || rules.length === 0) return;
  const message = `A token follows a policy or has rules of its own. Leave out policy, or leave out ${rules.join(", ")}.`;
  context.addIssue({ code: "custom", path: ["policy"], message });
}

/** With a claim link the secret is made by whoever uses it. */
function secretOrClaim(
  { secret, claim }: { secret: string | null; claim: object | null },
  context: z.core.$RefinementCtx,
) {
  if (secret === null || claim === null) return;
  const message = "Whoever uses a claim link makes the secret. Leave out secret, or leave out claim.";
  context.addIssue({ code: "custom", path: ["claim"], message });
}

/** Body of a new token. Its output is the registry's `TokenInput`. */
export const tokenInput = input({
  label,
  providers,
  secret: secret.nullable().default(null),
  claim: newTokenClaim
    .nullable()
    .default(null)
    .openapi({ description: "Make a one-time claim link instead of a secret: whoever opens it first gets the token." }),
  expiresAt: expiresAt.default(null),
  note: note.default(null),
  policy: policyId.openapi({
    description: "Id of the named policy to follow; null: none. Neither this nor a rule: the default policy.",
  }),
  ...policyFields,
})
  .superRefine(oneOfTheTwo)
  .superRefine(secretOrClaim)
  .transform(withRules)
  .openapi("TokenInput");

/** Body of an edit. Its output is the registry's `TokenPatch`. */
export const tokenPatch = input({
  label: label.optional(),
  note: note.optional(),
  providers: providers.optional(),
  expiresAt: expiresAt.optional(),
  status: z.enum(STATES, oneOf(STATES)).optional(),
  policy: policyId,
  ...policyFields,
})
  .superRefine(oneOfTheTwo)
  .refine((patch) => Object.keys(patch).length > 0, {
    error: "Name at least one field to change.",
    // Not beside the error that the one field isn't known.
    when: ({ issues }) => issues.length === 0,
  })
  // What a token shows as its status is its record's state, seen at a time.
  .transform(({ status: state, ...patch }) => withRules(state === undefined ? patch : { ...patch, state }))
  .openapi("TokenPatch");

/** Body of a rotation. Its output is the registry's `Rotation`. */
export const rotationInput = input({
  secret: secret.nullable().default(null),
  graceSeconds,
}).openapi("Rotation");

/** Body of a rebuild. */
export const rebuildInput = input({ target: z.enum(REBUILD_TARGETS, oneOf(REBUILD_TARGETS)) }).openapi("Rebuild");
