import { OPEN_POLICY, type Policy } from "../../../../shared/policy.ts";
import { PROVIDERS, type Provider } from "../../../../shared/providers.ts";
import type { TokenRecord } from "../../../../shared/record.ts";

// What the benchmark fills the stores with. Everything is told by its number alone, so that the runner and the Workers know
// the same tokens without handing them to each other. Nobody's name is among them.

const DAY_MS = 24 * 60 * 60_000;

/** A number below 2³², which its seed tells (of MurmurHash's last step). */
function mixed(seed: number): number {
  let state = seed >>> 0;
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return (state ^ (state >>> 16)) >>> 0;
}

/**
 * Draws a whole number from 0 up to, but not including, a bound.
 *
 * @param of what it is drawn for, and which draw it is
 */
export const drawn = (bound: number, ...of: number[]): number =>
  mixed(of.reduce((sum, part) => mixed(sum + part + 1), 17)) % bound;

const pick = <T>(list: readonly [T, ...T[]], ...of: number[]): T => list[drawn(list.length, ...of)] ?? list[0];

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Whose tokens they are. About a third of all labels have "Class" in them: what is dense for a search. */
const WHO = [
  "Class",
  "Class",
  "Class",
  "Club",
  "Workshop",
  "Laptop of the team",
  "Build agent",
  "Chat of the desk",
] as const;
const WHERE = [
  "north",
  "south",
  "harbour",
  "library",
  "lab",
  "main hall",
  "annex",
  "garden",
  "workshop",
  "tower",
] as const;
const NOTES = [
  "Until the end of the school year.",
  "Asked for by mail; renew in spring.",
  "For the evening course, shared by all who come.",
  "Only for the demo on the open day.",
] as const;

/** The models of each provider that are used. */
export const MODELS: Record<Provider, readonly [string, ...string[]]> = {
  openai: ["gpt-5.4", "gpt-5.4-mini", "gpt-4o", "gpt-4o-mini", "o3", "text-embedding-3-small"],
  anthropic: ["claude-haiku-4-5", "claude-sonnet-4-5", "claude-opus-4-5", "claude-3-5-haiku"],
  gemini: ["gemini-2.5-flash", "gemini-2.5-pro", "gemini-2.5-flash-lite", "gemini-embedding-001"],
};

const PROVIDER_SETS: readonly [Provider[], ...Provider[][]] = [
  [...PROVIDERS],
  ["openai"],
  ["anthropic"],
  ["gemini"],
  ["openai", "anthropic"],
];

/**
 * Of the first so many tokens, what is rare among all others is common: so that as many are enough to fill each page of the
 * list. What is drawn out of a hundred, thus, for a token.
 */
export const DENSE = 1_000;
const rare = (index: number, ofAll: number): number => (index < DENSE ? 7 : ofAll);

/** How many named policies the tokens follow. */
export const POLICIES = 20;

/** The id of a token. Ten characters as of a real one. */
export function idAt(index: number): string {
  const random = Array.from({ length: 5 }, (_, place) => ALPHABET.charAt(drawn(62, index, 20 + place))).join("");
  let number = "";
  for (let rest = index, place = 0; place < 5; place++, rest = Math.floor(rest / 62)) {
    number = ALPHABET.charAt(rest % 62) + number;
  }
  return random + number;
}

/** The label of a token, as an owner would write it. */
export const labelAt = (index: number): string =>
  `${pick(WHO, index, 1)} ${drawn(12, index, 2) + 1}${"abcd".charAt(drawn(4, index, 3))}, ${pick(WHERE, index, 4)} ${index + 1}`;

const policyAt = (index: number): Policy =>
  drawn(10, index, 5) < 4
    ? OPEN_POLICY
    : {
        ...OPEN_POLICY,
        limits: {
          requestsPerMinute: 20,
          tokensPerMinute: null,
          concurrency: 4,
          queueSeconds: 10,
          budgets: [{ usd: 5, per: "month", warnAt: 0.8 }],
        },
      };

function stateAt(index: number): TokenRecord["state"] {
  const draw = drawn(100, index, 6);
  if (draw < rare(index, 3)) return "deleted";
  return draw < 14 ? "disabled" : "active";
}

/** When a token ends: a third never do, some have ended, and some end within the week. */
function endAt(index: number, now: number): number | null {
  const draw = drawn(100, index, 7);
  if (draw < 33) return null;
  if (draw < 43) return now - (drawn(200, index, 8) + 1) * DAY_MS;
  // Far enough from now that a state that is kept for some hours stays as it is.
  if (draw < 43 + rare(index, 1)) return now + (drawn(5, index, 9) + 2) * DAY_MS;
  return now + (drawn(400, index, 9) + 8) * DAY_MS;
}

/**
 * A token's record.
 *
 * @param hash of the secret that opens it, 64 hexadecimal digits
 * @param policies names of the named policies, of which some tokens follow one
 * @param now ms since 1970; tokens were made in the two years before
 */
export function tokenAt(index: number, hash: string, policies: readonly string[], now: number): TokenRecord {
  const createdAt = now - Math.round(((index * 7919) % 100_000) * 0.0073 * DAY_MS) - index;
  const follows = policies[drawn(POLICIES * 3, index, 10)];
  return {
    schema: 2,
    id: idAt(index),
    version: createdAt,
    label: labelAt(index),
    note: drawn(10, index, 11) < 4 ? pick(NOTES, index, 12) : null,
    state: stateAt(index),
    providers: [...pick(PROVIDER_SETS, index, 13)],
    secrets: [{ hash, typed: false, endsAt: null }],
    expiresAt: endAt(index, now),
    ...policyAt(index),
    policy: follows === undefined ? null : { id: follows, name: `Policy ${policies.indexOf(follows) + 1}` },
    holderActedAt: drawn(100, index, 14) < rare(index, 1) ? createdAt + DAY_MS : null,
    claim: null,
    createdAt,
    updatedAt: createdAt,
  };
}

/** Stands for the hash of a secret that nobody has. */
export const hashAt = (index: number): string => index.toString(16).padStart(8, "0").repeat(8);

/** A token that is open to requests, whatever its number draws. */
export const openToken = (index: number, hash: string, now: number): TokenRecord => ({
  ...tokenAt(index, hash, [], now),
  // Above what an earlier run told its guard.
  version: Date.now(),
  state: "active",
  expiresAt: null,
  providers: [...PROVIDERS],
});
