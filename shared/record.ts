import { isNumber, isFlag, isText, listOf, oneOf, orNull, shapeOf } from "./checks.ts";
import { checkPolicy, type Policy } from "./policy.ts";
import { isProvider, type Provider } from "./providers.ts";

/** One secret that opens a token: two of them while a rotation's grace lasts. */
export interface TokenSecret {
  /** SHA-256 of the secret, 64 hexadecimal digits. */
  hash: string;
  /** True where the owner typed the secret, so that the token id isn't part of it. */
  typed: boolean;
  /** When this secret stops working, in ms since 1970; null: as long as the token. */
  endsAt: number | null;
}

/**
 * A one-time link by which somebody gets a token's next secret. They make it in their own browser, so that nobody else ever
 * has it. Times are ms since 1970.
 */
export interface TokenClaim {
  /** SHA-256 of the link's secret, hex. */
  hash: string;
  madeAt: number;
  expiresAt: number;
  /** How long the secrets that open the token when the link is used go on, in seconds; 0: they end then. */
  graceSeconds: number;
  /** When the owner took it back; null: they didn't. */
  withdrawnAt: number | null;
  /** The receipt: when it was used, and all that is known of who did; null: it wasn't. */
  used: ClaimUse | null;
}

/** The use of a claim link. */
export interface ClaimUse {
  /** ms since 1970. */
  at: number;
  /** ISO 3166-1 alpha-2, upper case; null where it isn't known. */
  country: string | null;
  /** SHA-256 of the secret that was made with it, hex: whoever made it may ask again where the answer got lost. */
  hash: string;
}

/**
 * What the owner said about a token: the registry's row, the KV value under each of its hashes, and the guard's copy.
 * It holds no secret, only hashes.
 */
export interface TokenRecord extends Policy {
  /** 2 since records have a policy: a gateway that knows only 1 must not let a token pass without its limits. */
  schema: 2;
  id: string;
  /**
   * Grows with each of the owner's actions; the newest one wins wherever two copies meet. It is the time of the action
   * in ms, made strictly increasing, so that a registry rebuilt from an old KV value still outranks every guard.
   */
  version: number;
  label: string;
  note: string | null;
  state: "active" | "disabled" | "deleted";
  providers: Provider[];
  secrets: TokenSecret[];
  /** ms since 1970; null: never. */
  expiresAt: number | null;
  /** The named policy that it follows, whose fields the record repeats; null: it has a policy of its own. */
  policy: PolicyName | null;
  /** When the holder last changed it (claimed, rotated, revoked), ms since 1970; null: never. */
  holderActedAt: number | null;
  /** The newest link by which it is handed over; null: there was none. */
  claim: TokenClaim | null;
  /** ms since 1970. */
  createdAt: number;
  /** ms since 1970. */
  updatedAt: number;
}

/** Names a reusable policy. */
export interface PolicyName {
  id: string;
  name: string;
}

const isTimeOrNull = orNull(isNumber);

const isSecret = shapeOf<TokenSecret>({ hash: isText, typed: isFlag, endsAt: isTimeOrNull });

const isUse = shapeOf<ClaimUse>({ at: isNumber, country: orNull(isText), hash: isText });

const isClaim = shapeOf<TokenClaim>({
  hash: isText,
  madeAt: isNumber,
  expiresAt: isNumber,
  graceSeconds: isNumber,
  withdrawnAt: isTimeOrNull,
  used: orNull(isUse),
});

/** Of any schema that was ever written; `checkPolicy` looks at the rest. */
const isRecord = shapeOf<Omit<TokenRecord, keyof Policy>>({
  schema: oneOf([1, 2]),
  id: isText,
  version: isNumber,
  label: isText,
  note: orNull(isText),
  state: oneOf(["active", "disabled", "deleted"]),
  providers: listOf(isProvider),
  secrets: listOf(isSecret),
  expiresAt: isTimeOrNull,
  policy: orNull(shapeOf<PolicyName>({ id: isText, name: isText })),
  holderActedAt: isTimeOrNull,
  claim: orNull(isClaim),
  createdAt: isNumber,
  updatedAt: isNumber,
});

/**
 * Checks a record that comes from outside this Worker (KV, RPC, storage).
 *
 * @param value parsed JSON
 * @returns the record, or null where anything about it is off: an unreadable record opens nothing
 */
export function checkRecord(value: unknown): TokenRecord | null {
  const policy = checkPolicy(value);
  if (policy === null) return null;
  // The cast: it was an object. A record of schema 1 has no policy, and neither of the two fields that came with it; an older
  // one of schema 2 no claim.
  const found = value as Partial<Record<keyof TokenRecord, unknown>>;
  const { policy: named = null, holderActedAt = null, claim = null } = found;
  const record: unknown = { ...found, policy: named, holderActedAt, claim };
  return isRecord(record) ? { ...record, ...policy, schema: 2 } : null;
}

/**
 * The newer of two copies of a record. One that was made without knowing of the holder's last act is the older one, whatever
 * its version: an owner's edit that was on its way doesn't bring back what the holder has just revoked or rotated away.
 *
 * @returns null where both are
 */
export function newerRecord(one: TokenRecord | null, other: TokenRecord | null): TokenRecord | null {
  if (one === null || other === null) return one ?? other;
  const ahead = (one.holderActedAt ?? 0) - (other.holderActedAt ?? 0);
  return (ahead === 0 ? one.version - other.version : ahead) >= 0 ? one : other;
}
