import { hashToken } from "../../shared/hash.ts";
import { PRICES_KEY } from "../../shared/prices.ts";
import type { PolicyName } from "../../shared/record.ts";
import { generateClaim, generateToken } from "../../shared/token.ts";
import { createToken, deleteToken, rotateToken, unusedTokenId, updateToken } from "./actions.ts";
import type { RegistryApi } from "./api.ts";
import { type RegistryAttention, readAttention } from "./attention.ts";
import { addAudit } from "./audit.ts";
import { LINK_USED, prepareClaim, withdrawClaim } from "./claim-actions.ts";
import { mayBeUsed } from "./claims.ts";
import { labelsOf } from "./labels.ts";
import { countPending } from "./outbox.ts";
import { createPolicy, deletePolicy, setDefaultPolicy, updatePolicy } from "./policies.ts";
import { policyNames, viewPolicies, viewPolicy } from "./policy-views.ts";
import { changePrices, type PriceChange, type PricesView, viewPrices } from "./prices.ts";
import { beginRebuild, readJob } from "./rebuild.ts";
import { countPendingSettings } from "./settings.ts";
import { SignInMethods } from "./sign-in-methods.ts";
import { countTokens } from "./list-counts.ts";
import { findToken } from "./tokens.ts";
import type * as R from "./reports.ts";
import type * as T from "./types.ts";

function issued(secret: string, outcome: T.Outcome<T.TokenView>): T.Outcome<T.IssuedToken> {
  return outcome.ok ? { ok: true, value: { secret, token: outcome.value } } : outcome;
}

/** The registry: truth for tokens, sessions and the audit log. There is one, named `registry`. Methods: `RegistryApi`. */
export class Registry extends SignInMethods implements RegistryApi {
  async findToken(id: string): Promise<T.TokenView | null> {
    await this.engine.hearHolders(this.#isHolders(id));
    const record = findToken(this.ctx.storage.sql, id);
    return record === null ? null : this.engine.view(record);
  }

  async createToken(input: T.TokenInput, actor: T.Actor): Promise<T.Outcome<T.IssuedToken>> {
    const id = unusedTokenId(this.ctx.storage.sql);
    const secret = input.claim ? generateClaim(id) : (input.secret ?? generateToken(id));
    const made = { hash: await hashToken(secret), typed: input.secret !== null };
    const outcome = this.engine.write((sql, now) => createToken(sql, id, input, made, actor, now));
    return issued(secret, await this.engine.publish(outcome));
  }

  /** Whether a holder may have changed a token a moment ago. */
  #isHolders(id: string): boolean {
    const token = findToken(this.ctx.storage.sql, id);
    return token !== null && (token.holderMay.length > 0 || mayBeUsed(token));
  }

  /** Before what the owner says about what a holder may have changed a moment ago. */
  async #hearHolderOf(id: string): Promise<void> {
    if (this.#isHolders(id)) await this.engine.hearHolders(true);
  }

  async updateToken(id: string, patch: T.TokenPatch, actor: T.Actor): Promise<T.Outcome<T.TokenView>> {
    if (patch.state === "active") await this.#hearHolderOf(id);
    return this.engine.publish(this.engine.write((sql, now) => updateToken(sql, id, patch, actor, now)));
  }

  async rotateToken(id: string, rotation: T.Rotation, actor: T.Actor): Promise<T.Outcome<T.IssuedToken>> {
    await this.#hearHolderOf(id);
    const secret = rotation.secret ?? generateToken(id);
    const made = { hash: await hashToken(secret), typed: rotation.secret !== null };
    const outcome = this.engine.write((sql, now) => rotateToken(sql, id, rotation, made, actor, now));
    return issued(secret, await this.engine.publish(outcome));
  }

  async prepareClaim(id: string, input: T.ClaimInput, actor: T.Actor): Promise<T.Outcome<T.IssuedToken>> {
    await this.#hearHolderOf(id);
    const secret = generateClaim(id);
    const hash = await hashToken(secret);
    const outcome = this.engine.write((sql, now) => prepareClaim(sql, id, input, hash, actor, now));
    return issued(secret, await this.engine.publish(outcome));
  }

  async withdrawClaim(id: string, actor: T.Actor): Promise<T.Outcome<T.TokenView>> {
    await this.#hearHolderOf(id);
    const outcome = await this.engine.publish(this.engine.write((sql, now) => withdrawClaim(sql, id, actor, now)));
    // The guard may have known better: somebody was faster.
    return outcome.ok && outcome.value.claim?.state === "used" ? LINK_USED : outcome;
  }

  async deleteToken(id: string, actor: T.Actor): Promise<T.Outcome<T.TokenView>> {
    return this.engine.publish(this.engine.write((sql, now) => deleteToken(sql, id, actor, now)));
  }

  async listPolicies(): Promise<T.PoliciesView> {
    return viewPolicies(this.ctx.storage.sql);
  }

  async policyNames(): Promise<PolicyName[]> {
    return policyNames(this.ctx.storage.sql);
  }

  async createPolicy(input: T.PolicyInput, actor: T.Actor): Promise<T.Outcome<T.PolicyView>> {
    return this.#publishPolicy(this.engine.write((sql, now) => createPolicy(sql, input, actor, now)));
  }

  async updatePolicy(id: string, patch: T.PolicyPatch, actor: T.Actor): Promise<T.Outcome<T.PolicyView>> {
    return this.#publishPolicy(this.engine.write((sql, now) => updatePolicy(sql, id, patch, actor, now)));
  }

  async deletePolicy(id: string, detach: boolean, actor: T.Actor): Promise<T.Outcome<T.PoliciesView>> {
    return this.#publishPolicies(this.engine.write((sql, now) => deletePolicy(sql, id, detach, actor, now)));
  }

  async setDefaultPolicy(id: string | null, actor: T.Actor): Promise<T.Outcome<T.PoliciesView>> {
    return this.#publishPolicies(this.engine.write((sql, now) => setDefaultPolicy(sql, id, actor, now)));
  }

  async #publishPolicies(outcome: T.Outcome<unknown>): Promise<T.Outcome<T.PoliciesView>> {
    if (!outcome.ok) return outcome;
    await this.engine.publishPolicies();
    return { ok: true, value: viewPolicies(this.ctx.storage.sql) };
  }

  async #publishPolicy(outcome: T.Outcome<string>): Promise<T.Outcome<T.PolicyView>> {
    if (!outcome.ok) return outcome;
    await this.engine.publishPolicies();
    const value = viewPolicy(this.ctx.storage.sql, outcome.value);
    if (value === null) throw new Error("The policy that was just written isn't there.");
    return { ok: true, value };
  }

  async readPrices(): Promise<PricesView> {
    return viewPrices(this.ctx.storage.sql);
  }

  async changePrices(change: PriceChange, actor: T.Actor): Promise<T.Outcome<PricesView>> {
    const outcome = this.engine.write((sql, now) => changePrices(sql, change, actor, now));
    if (!outcome.ok) return outcome;
    await this.engine.publishSettings(PRICES_KEY);
    return { ok: true, value: viewPrices(this.ctx.storage.sql) };
  }

  async tokenLabels(ids: readonly string[]): Promise<Record<string, string>> {
    return labelsOf(this.ctx.storage.sql, ids);
  }

  async overview(): Promise<R.RegistryOverview> {
    await this.engine.hearHolders();
    const { sql } = this.ctx.storage;
    const pending = { ...countPending(sql), settings: countPendingSettings(sql) };
    return { tokens: countTokens(sql, Date.now()), pending, rebuild: readJob(sql)?.report ?? null };
  }

  async attention(): Promise<RegistryAttention> {
    const [uses] = await Promise.all([this.engine.hearUses(), this.engine.hearHolders()]);
    return readAttention(this.ctx.storage.sql, Date.now(), uses.asOf !== null);
  }

  async rebuild(target: R.RebuildTarget, actor: T.Actor): Promise<R.RebuildReport> {
    this.engine.write((sql, now) => {
      beginRebuild(sql, target, now);
      addAudit(sql, actor, "registry.rebuild", null, { target: { before: null, after: target } }, now);
    });
    await this.engine.goOnRebuilding();
    const job = readJob(this.ctx.storage.sql);
    if (job === null) throw new Error("The rebuild that was just begun has no row.");
    return job.report;
  }

  /** Publishes what is due and goes on with a rebuild. Called by the platform. */
  override async alarm(): Promise<void> {
    await this.engine.ring();
  }
}
