import { modelsToShow } from "../../shared/example-models.ts";
import { tokenShape } from "../../shared/token.ts";
import { isProvider, type Provider } from "../../shared/providers.ts";
import type { AdminBindings } from "../bindings.ts";
import type { FieldError } from "../api/problem.ts";
import type { Actor, TokenView } from "../registry/types.ts";
import { ask, orNull } from "../usage/asking.ts";
import { type Trial, tryToken } from "./trial.ts";

/** What the owner wants tested. */
export interface TrialWish {
  secret: string;
  provider: string;
  /** Null: a cheap one that the token may use. */
  model: string | null;
}

/** What became of the wish. */
export type TrialOutcome = { ok: true; trial: Trial } | { ok: false; errors: FieldError[] };

/** A model of each provider that the token may use. */
export async function modelsOf(
  { gateway }: Pick<AdminBindings, "gateway">,
  token: TokenView,
): Promise<Partial<Record<Provider, string>>> {
  // Only rules need to know which models there are.
  const prices = token.models === null ? null : orNull(await ask(gateway.builtInPrices()));
  return modelsToShow(token.providers, token.models, prices);
}

function problemsOf(token: TokenView, { secret, provider }: TrialWish): FieldError[] {
  const errors: FieldError[] = [];
  const shape = tokenShape(secret);
  // What isn't this token's is no matter of this test: the owner would look at another one's limits.
  if (shape === null || (shape.kind === "generated" && shape.id !== token.id)) {
    errors.push({ field: "secret", message: `This isn't the token of “${token.label}”. Paste it whole.` });
  }
  if (!isProvider(provider) || !token.providers.includes(provider)) {
    errors.push({
      field: "provider",
      message: `The token isn't for this provider, but for ${token.providers.join(", ")}.`,
    });
  }
  return errors;
}

/** Tests a token with one small, real request; see `tryToken`. */
export async function testToken(
  bindings: Pick<AdminBindings, "gateway" | "door">,
  token: TokenView,
  wish: TrialWish,
  origin: string | null,
  { address }: Actor,
): Promise<TrialOutcome> {
  const errors = problemsOf(token, wish);
  const { secret, provider } = wish;
  if (errors.length > 0 || !isProvider(provider)) return { ok: false, errors };
  const model = wish.model ?? (await modelsOf(bindings, token))[provider] ?? "";
  return { ok: true, trial: await tryToken(bindings.door, origin, { secret, provider, model }, address) };
}
