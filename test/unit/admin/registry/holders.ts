import type { HolderChanges } from "../../../../shared/control.ts";
import type { TokenRecord, TokenSecret } from "../../../../shared/record.ts";
import { breakDelivery, withSql } from "../../support/admin.ts";

/** The gateway as far as holders' acts go: guards that keep what their holders did, and the ledger's list of it. */
export class Holders {
  readonly records = new Map<string, TokenRecord>();
  /** How often it was asked what holders changed, and with what. */
  readonly asked: number[] = [];
  readonly #changes: TokenRecord[] = [];

  /** Puts itself in the gateway's place. */
  static async install(): Promise<Holders> {
    const holders = new Holders();
    await breakDelivery({
      apply: async (record) => holders.apply(record),
      holderChanges: async (after) => holders.#after(after),
    });
    return holders;
  }

  /** Takes a record, as a guard does. */
  apply(record: TokenRecord): { version: number; kept: TokenRecord | null } {
    const known = this.records.get(record.id);
    const isUnaware = (record.holderActedAt ?? 0) < (known?.holderActedAt ?? 0);
    if (known !== undefined && (isUnaware || known.version > record.version)) {
      return { version: known.version, kept: known };
    }
    this.records.set(record.id, record);
    return { version: record.version, kept: null };
  }

  #after(after: number): HolderChanges {
    this.asked.push(after);
    return { records: this.#changes.slice(after, after + 100), next: Math.min(this.#changes.length, after + 100) };
  }

  #act(id: string, change: (record: TokenRecord, now: number) => Partial<TokenRecord>, now: number): TokenRecord {
    const known = this.records.get(id);
    if (known === undefined) throw new Error("The guard was never told of this token.");
    const version = Math.max(now, known.version + 1);
    const holderActedAt = Math.max(now, (known.holderActedAt ?? 0) + 1);
    const record = { ...known, ...change(known, now), version, holderActedAt, updatedAt: now };
    this.records.set(id, record);
    this.#changes.push(record);
    return record;
  }

  /** The holder gets a new secret; the old one goes on for the grace. */
  rotate(id: string, hash: string, graceSeconds = 0, now = Date.now()): TokenRecord {
    return this.#act(
      id,
      ({ secrets: [shown] }) => {
        const ends = now + graceSeconds * 1000;
        const older: TokenSecret[] = shown === undefined || graceSeconds === 0 ? [] : [{ ...shown, endsAt: ends }];
        return { secrets: [{ hash, typed: false, endsAt: null }, ...older] };
      },
      now,
    );
  }

  /** Somebody uses the claim link that the guard knows of. */
  claim(id: string, hash: string, country: string | null = "DE", now = Date.now()): TokenRecord {
    return this.#act(
      id,
      ({ claim, secrets }) => {
        if (claim === null) throw new Error("The guard knows of no link.");
        const ends = now + claim.graceSeconds * 1000;
        const older = claim.graceSeconds === 0 ? [] : secrets.map((secret) => ({ ...secret, endsAt: ends }));
        return {
          secrets: [{ hash, typed: false, endsAt: null }, ...older],
          claim: { ...claim, used: { at: now, country, hash } },
        };
      },
      now,
    );
  }

  /** The holder revokes. */
  revoke(id: string, now = Date.now()): TokenRecord {
    return this.#act(id, () => ({ state: "disabled" }), now);
  }
}

/** What the registry holds of a token. */
export const recordOf = (id: string): Promise<TokenRecord> =>
  withSql((sql) => {
    const { record } = sql.exec<{ record: string }>("SELECT record FROM tokens WHERE id = ?", id).one();
    return JSON.parse(record) as TokenRecord;
  });
