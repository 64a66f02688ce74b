import { OPEN_POLICY, type Policy } from "../../shared/policy.ts";
import { PROVIDERS, type Provider } from "../../shared/providers.ts";
import { holderWords, hourWords, listed, modelWords, paceWords, placeWords } from "./policy-clauses.ts";
import { PROVIDER_NAMES } from "./words.ts";

// The parts of the form that are folded away: each says in a few words what is set in it.

interface Fold {
  title: string;
  /** What of the policy stands in it. */
  fields: readonly (keyof Policy)[];
  words: (policy: Policy, providers: readonly Provider[]) => string;
  /** The names of its fields, for errors: each up to its first dot. */
  names: readonly string[];
}

/** The folds, in their order. */
export const FOLDS = {
  models: {
    title: "Models",
    fields: ["models", "allowUnpriced"],
    words: (policy, providers) => {
      const also = policy.allowUnpriced ? ", also those without a known price" : "";
      return providers.length === 0 ? "of no provider" : `${modelWords(policy, providers)}${also}`;
    },
    names: ["providers", "models", "allowUnpriced"],
  },
  pace: {
    title: "Pace",
    fields: ["limits"],
    words: (policy) => paceWords(policy) ?? "no limit",
    names: ["requestsPerMinute", "tokensPerMinute", "concurrency", "queueSeconds"],
  },
  hours: {
    title: "Hours",
    fields: ["activeHours"],
    words: (policy) => hourWords(policy) ?? "always",
    names: ["activeHours", "hours", "timeZone"],
  },
  places: {
    title: "Places",
    fields: ["networks", "countries"],
    words: (policy) => placeWords(policy) ?? "from everywhere",
    names: ["networks", "countries"],
  },
  endpoints: {
    title: "Files, batches and stored conversations",
    fields: ["endpoints"],
    words: ({ endpoints }) => (endpoints === "all" ? "open, also those of other tokens" : "shut"),
    names: ["endpoints"],
  },
  holder: {
    title: "The holder may",
    fields: ["holderMay"],
    words: (policy) => holderWords(policy) ?? "change nothing",
    names: ["holderMay"],
  },
} as const satisfies Record<string, Fold>;
/** The name of a fold. */
export type FoldName = keyof typeof FOLDS;
/** What each fold says; null: something in it isn't right yet. */
export type FoldWords = Record<FoldName, string | null>;

const NAMES = Object.keys(FOLDS) as FoldName[];

/**
 * What each fold says.
 *
 * @param sound the rules that are right as they are entered
 */
export function foldWords(sound: Partial<Policy>, providers: readonly Provider[]): FoldWords {
  const wordsOf = (name: FoldName): string | null => {
    const fold: Fold = FOLDS[name];
    return fold.fields.every((field) => field in sound) ? fold.words({ ...OPEN_POLICY, ...sound }, providers) : null;
  };
  return Object.fromEntries(NAMES.map((name) => [name, wordsOf(name)])) as FoldWords;
}

/** What the folds of a token say that follows a policy: it has no rules of its own, only providers. */
export const followingWords = (providers: readonly Provider[]): FoldWords => ({
  ...foldWords(OPEN_POLICY, providers),
  models: `what the policy says, of ${listed(providers.map((provider) => PROVIDER_NAMES[provider])) || "no provider"}`,
});

const UNSET = foldWords(OPEN_POLICY, PROVIDERS);

/** Tells whether something is set in a fold, or not right: then it is open from the start. */
export const isOpenFold = (name: FoldName, words: string | null): boolean => words !== UNSET[name];

/** Tells whether a field's error is in a fold. */
export function isInFold(name: FoldName, field: string): boolean {
  const names: readonly string[] = FOLDS[name].names;
  return names.includes(field.split(".", 1)[0] ?? field);
}
