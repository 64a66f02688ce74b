import type { RegistryAttention } from "./attention.ts";
import type { PolicyName } from "../../shared/record.ts";
import type { BulkChoice, BulkInput, BulkPreview, BulkReport } from "./bulk-types.ts";
import type { PricesView, PriceChange } from "./prices.ts";
import type { Passkey } from "./passkeys.ts";
import type { Proof } from "./proofs.ts";
import type {
  AuditChanges,
  AuditFilter,
  AuditPage,
  GatewayAction,
  NewSession,
  RebuildReport,
  RebuildTarget,
  RegistryFacts,
  RegistryOverview,
  SessionView,
  SignInAdmission,
} from "./reports.ts";
import type {
  Actor,
  ClaimInput,
  IssuedToken,
  Outcome,
  PoliciesView,
  PolicyInput,
  PolicyPatch,
  PolicyView,
  Rotation,
  TokenFilter,
  TokenInput,
  TokenPage,
  TokenPatch,
  TokenView,
} from "./types.ts";

/**
 * The registry's RPC surface: everything that the JSON API and the console can do. Inputs are checked by the schemas of
 * `admin/api/schemas.ts` before they come here. A method throws only where the registry itself can't be reached or its
 * storage fails; what the owner can mend comes back as a refusal.
 */
export interface RegistryApi {
  /**
   * Asks whether a proof (password, code, passkey) may be tried, and counts the try as failed at once. Call it before the
   * proof is looked at; afterwards call `openSession`, `confirmSession` or `refuseSignIn`.
   *
   * @param actor whose `address` the throttle counts by
   */
  admitSignIn(actor: Actor): Promise<SignInAdmission>;
  /** Writes a wrong proof into the audit log. */
  refuseSignIn(by: Proof["by"], actor: Actor): Promise<void>;
  /**
   * Opens a session after a right proof, and clears the address's failures. What works once is used up.
   *
   * @param actor who signed in; its `session` is the new session's `jti`
   * @returns null, with the refusal in the audit log, where the proof was used before, or its passkey has gone or was copied
   */
  openSession(session: NewSession, proof: Proof, actor: Actor): Promise<SessionView | null>;
  /** Makes a session's proof fresh after another right proof; false where `openSession` says null. */
  confirmSession(jti: string, proof: Proof, actor: Actor): Promise<boolean>;
  /**
   * Finds a live session, and takes it as used now; null where it was ended, has expired, was left idle or never was.
   *
   * @param idleMs how long a session lasts without a request
   */
  findSession(jti: string, idleMs: number): Promise<SessionView | null>;
  /** All live sessions, newest first. `idleMs`: as in `findSession`. */
  listSessions(idleMs: number): Promise<SessionView[]>;
  /** Ends a session: its JWT opens nothing from now on. Refused as `missing` where it isn't live. */
  endSession(jti: string, actor: Actor): Promise<Outcome<null>>;
  /**
   * Ends all sessions, the caller's own too.
   *
   * @returns how many
   */
  endAllSessions(actor: Actor): Promise<number>;
  /** Ends all sessions but the caller's own; returns how many. */
  endOtherSessions(actor: Actor): Promise<number>;

  /** All passkeys, the oldest first, those too that don't work any more. */
  listPasskeys(): Promise<Passkey[]>;
  /** Finds a passkey by its credential's id. */
  findPasskey(id: string): Promise<Passkey | null>;
  /**
   * Adds a passkey that the Worker has verified. Refused as `taken` (the passkey or its name), `full`, or `used` (the
   * challenge).
   */
  addPasskey(passkey: Passkey, challenge: { text: string; endsAt: number }, actor: Actor): Promise<Outcome<Passkey>>;
  /** Gives a passkey another name. Refused as `missing` or `taken`. */
  renamePasskey(id: string, name: string, actor: Actor): Promise<Outcome<Passkey>>;
  /** Removes a passkey. Refused as `missing`. */
  removePasskey(id: string, actor: Actor): Promise<Outcome<null>>;

  /** Reads a page of tokens, with what the gateway told of their use. */
  listTokens(filter: TokenFilter): Promise<TokenPage>;
  /** Finds a token, deleted ones too; null where there never was one of that id. */
  findToken(id: string): Promise<TokenView | null>;
  /**
   * Creates and publishes a token. Where the input asks for a claim link, nothing opens the token yet, and the secret of the
   * answer is the link's. Refused as `taken` where the label or the typed secret is in use, as `unknown` where it names a
   * policy that isn't there.
   */
  createToken(input: TokenInput, actor: Actor): Promise<Outcome<IssuedToken>>;
  /**
   * Edits and publishes a token. Refused as `missing`, `deleted`, `taken` (the label), `unknown` (the policy), or `follows`
   * (its rules are a policy's).
   */
  updateToken(id: string, patch: TokenPatch, actor: Actor): Promise<Outcome<TokenView>>;
  /** Gives a token a new secret and publishes it. Refused as `missing`, `deleted`, `taken` (the secret), or `full`. */
  rotateToken(id: string, rotation: Rotation, actor: Actor): Promise<Outcome<IssuedToken>>;
  /**
   * Makes and publishes a claim link of a token, by which somebody gets its next secret; the link before dies. The secret of
   * the answer is the link's. Refused as `missing`, `deleted`, `closed` (disabled or expired), or `full`.
   */
  prepareClaim(id: string, input: ClaimInput, actor: Actor): Promise<Outcome<IssuedToken>>;
  /** Takes a token's claim link back. Refused as `missing` (no token, or no link), or `closed` (it was used). */
  withdrawClaim(id: string, actor: Actor): Promise<Outcome<TokenView>>;
  /** Deletes a token for good. Refused as `missing`. */
  deleteToken(id: string, actor: Actor): Promise<Outcome<TokenView>>;

  /** Says what an action on many tokens would be about. */
  previewBulk(choice: BulkChoice): Promise<BulkPreview>;
  /**
   * Begins an action on many tokens and does its first part; the rest follows by alarm. Each token has its own version and
   * audit line. Refused as `unknown` (no tokens, no such policy), `changed` (not as many as expected) or `full`.
   */
  startBulk(input: BulkInput, actor: Actor): Promise<Outcome<BulkReport>>;
  /** How far such an action has come; null where there is none of that id, or it is too long ago. */
  findBulk(id: string): Promise<BulkReport | null>;
  /** The last 50 such actions and all that are on their way, newest first. */
  listBulks(): Promise<BulkReport[]>;
  /** Stops such an action; what it has done stays done. Refused as `missing`. */
  stopBulk(id: string, actor: Actor): Promise<Outcome<BulkReport>>;

  /** The named policies. */
  listPolicies(): Promise<PoliciesView>;
  /** Their names alone, by name: without counting who follows them. */
  policyNames(): Promise<PolicyName[]>;
  /** Creates a policy. Refused as `taken` (the name) or `full`. */
  createPolicy(input: PolicyInput, actor: Actor): Promise<Outcome<PolicyView>>;
  /**
   * Edits a policy and all tokens that follow it, and publishes them: as many as one invocation may at once, the rest behind
   * the answer. Refused as `missing`, `taken` (the name) or `full`.
   */
  updatePolicy(id: string, patch: PolicyPatch, actor: Actor): Promise<Outcome<PolicyView>>;
  /**
   * Deletes a policy. Refused as `missing`; as `used` where tokens follow it, or new ones would.
   *
   * @param detach delete it all the same; its tokens keep its rules as their own
   */
  deletePolicy(id: string, detach: boolean, actor: Actor): Promise<Outcome<PoliciesView>>;
  /** Says what new tokens follow where nothing else is said; null: nothing. Refused as `missing`. */
  setDefaultPolicy(id: string | null, actor: Actor): Promise<Outcome<PoliciesView>>;

  /** The owner's prices, without the built-in ones. */
  readPrices(): Promise<PricesView>;
  /**
   * Changes and publishes the owner's prices. Refused as `missing` (no such price), `taken` (the model has one), or `full`.
   */
  changePrices(change: PriceChange, actor: Actor): Promise<Outcome<PricesView>>;

  /** Labels of tokens by their id, deleted ones too; an id that never was is left out. */
  tokenLabels(ids: readonly string[]): Promise<Record<string, string>>;

  /** Writes down what the owner had the gateway do, after it was done there. */
  noteAtGateway(action: GatewayAction, changes: AuditChanges, actor: Actor): Promise<void>;
  /** Writes down that a token's open requests were ended, after the gateway did it. */
  noteStreamsEnded(id: string, count: number, actor: Actor): Promise<void>;
  /** Reads a page of the audit log, newest first. A page may be short, or empty, while `next` says that the log goes on. */
  readAudit(filter: AuditFilter): Promise<AuditPage>;
  /** What the registry takes up, and did today. */
  facts(): Promise<RegistryFacts>;
  /** Counts. */
  overview(): Promise<RegistryOverview>;
  /** What may need the owner's attention, as far as the registry knows it: counted, with the first few of each named. */
  attention(): Promise<RegistryAttention>;
  /**
   * Begins a rebuild and does its first part; the rest follows by alarm.
   *
   * @returns how far it came
   */
  rebuild(target: RebuildTarget, actor: Actor): Promise<RebuildReport>;
}
