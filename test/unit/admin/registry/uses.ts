import type { BudgetUse, TokenUse, UseChanges } from "../../../../shared/usage.ts";
import { breakDelivery } from "../../support/admin.ts";

/** The ledger as far as tokens' uses go: what changed last, and how often it was asked. */
export class Uses {
  /** With what it was asked. */
  readonly asked: number[] = [];
  readonly #changes: TokenUse[] = [];

  /** Puts itself in the gateway's place. */
  static async install(): Promise<Uses> {
    const uses = new Uses();
    await breakDelivery({ useChanges: async (after) => uses.#after(after) });
    return uses;
  }

  #after(after: number): UseChanges {
    this.asked.push(after);
    const uses = this.#changes.slice(after, after + 1000);
    return { uses, next: after + uses.length };
  }

  /** A token was used. `budgets`: how its budgets stand then. */
  use(tokenId: string, lastUsedAt: number, micros = 0, budgets: readonly BudgetUse[] = []): void {
    this.#changes.push({ tokenId, lastUsedAt, requests: 1, micros, budgets: [...budgets] });
  }
}
