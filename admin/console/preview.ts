import { OPEN_POLICY, type Policy, POLICY_FIELDS } from "../../shared/policy.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import type { FieldError } from "../api/problem.ts";
import type { NamedPolicy } from "../registry/policy-book.ts";
import { expiryFrom } from "./expiry.ts";
import { type FoldWords, foldWords, followingWords } from "./folds.ts";
import type { TokenValues } from "./forms.ts";
import { soundRules } from "./policy-forms.ts";
import { policySentence } from "./policy-sentence.ts";
import type { PolicyValues } from "./policy-values.ts";

// What a form would make, in words, before it is sent.

/** What a form means. */
export interface Preview {
  /** Null: something in the form isn't right yet. */
  sentence: string | null;
  folds: FoldWords;
}

/** What a token's form doesn't say itself. */
export interface PreviewFacts {
  /** ms since 1970. */
  now: number;
  /** The named policies, of which the form may follow one. */
  policies: readonly NamedPolicy[];
  /** When the token expires as it is now, ms since 1970, null: never; left out: a new token. */
  expiresAt?: number | null;
}

const isWhole = (sound: Partial<Policy>): sound is Policy => POLICY_FIELDS.every((field) => field in sound);

/** When the token would expire: ms since 1970, null: never; undefined where that isn't right yet. */
function endOf(values: TokenValues, { now, expiresAt: kept }: PreviewFacts): number | null | undefined {
  const errors: FieldError[] = [];
  const { expiry: choice, expiresAt: typed, expiresZone: timeZone } = values;
  const { expiresAt } = expiryFrom({ choice, typed, timeZone, mayKeep: kept !== undefined }, now, errors);
  if (errors.length > 0) return undefined;
  if (expiresAt === undefined || expiresAt === null) return expiresAt === null ? null : kept;
  const at = Date.parse(expiresAt);
  return at > now ? at : undefined;
}

/** What the folds say: of the limits, what is said of the pace doesn't wait for the budgets, which stand elsewhere. */
function wordsOf(values: PolicyValues, sound: Partial<Policy>, providers: readonly Provider[]): FoldWords {
  const { limits } = "limits" in sound ? sound : soundRules({ ...values, budgets: [] });
  return foldWords(limits === undefined ? sound : { ...sound, limits }, providers);
}

/** What a token's form means. */
export function tokenPreview(values: TokenValues, facts: PreviewFacts): Preview {
  const { label, providers, follow } = values;
  const sound = follow === "" ? soundRules(values.policy) : (facts.policies.find(({ id }) => id === follow) ?? {});
  const folds = follow === "" ? wordsOf(values.policy, sound, providers) : followingWords(providers);
  const expiresAt = endOf(values, facts);
  const fine = isWhole(sound) && providers.length > 0 && expiresAt !== undefined;
  return { sentence: fine ? policySentence(sound, providers, { label, expiresAt, now: facts.now }) : null, folds };
}

/** What a policy's form means. */
export function policyPreview(values: PolicyValues): Preview {
  const sound = soundRules(values);
  const sentence = isWhole(sound) ? policySentence({ ...OPEN_POLICY, ...sound }, PROVIDERS) : null;
  return { sentence, folds: wordsOf(values, sound, PROVIDERS) };
}
