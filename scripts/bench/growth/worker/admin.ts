import admin, { Registry as RealRegistry } from "../../../../admin/index.ts";
import { addAudit } from "../../../../admin/registry/audit.ts";
import { enqueue } from "../../../../admin/registry/outbox.ts";
import { createPolicy } from "../../../../admin/registry/policies.ts";
import type { Actor } from "../../../../admin/registry/types.ts";
import { saveToken } from "../../../../admin/registry/tokens.ts";
import { OPEN_POLICY } from "../../../../shared/policy.ts";
import type { AdminFill, Part } from "./asked.ts";
import { DENSE, drawn, hashAt, idAt, labelAt, POLICIES, tokenAt } from "./story.ts";

// The admin as it is, with a door for the benchmark: to fill its registry through the functions that write it in earnest.

const DOOR = "/bench/";
const DAY_MS = 24 * 60 * 60_000;
const ACTOR: Actor = {
  session: "0123456789abcdef",
  address: "192.0.2.1",
  userAgent: "Mozilla/5.0 (bench)",
  country: "NL",
};
/** Of so many tokens one is not published yet; and of those that are dense. */
const UNPUBLISHED = 200;
const UNPUBLISHED_DENSE = 14;

const isUnpublished = (index: number): boolean => index % (index < DENSE ? UNPUBLISHED_DENSE : UNPUBLISHED) === 7;

/** The registry, which can be filled. */
export class Registry extends RealRegistry {
  /** Makes the named policies. @returns their ids */
  async fillPolicies(now: number): Promise<string[]> {
    return this.ctx.storage.transactionSync(() =>
      Array.from({ length: POLICIES }, (_, index) => {
        const made = createPolicy(
          this.ctx.storage.sql,
          { name: `Policy ${index + 1}`, rules: OPEN_POLICY },
          ACTOR,
          now,
        );
        if (!made.ok) throw new Error(made.refusal.message);
        return made.value;
      }),
    );
  }

  /** Saves tokens. Where the alarm would publish them, it would measure something else: their tries are a day away. */
  async fillTokens({ from, to, now }: Part, policies: readonly string[]): Promise<void> {
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      for (let index = from; index < to; index++) {
        saveToken(sql, tokenAt(index, hashAt(index), policies, now));
        if (isUnpublished(index)) enqueue(sql, idAt(index), ["gateway", "kv"], now + DAY_MS);
      }
    });
  }

  /** Writes lines of the audit log, a minute apart. */
  async fillAudit({ from, to, now }: Part, tokens: number): Promise<void> {
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      for (let index = from; index < to; index++) {
        const about = drawn(tokens, index, 41);
        const isGuess = drawn(20, index, 42) === 0;
        const actor = isGuess ? { ...ACTOR, session: null, address: `198.51.100.${index % 250}` } : ACTOR;
        const changes = isGuess ? {} : { label: { before: labelAt(about + 1), after: labelAt(about) } };
        const subject = isGuess ? null : { id: idAt(about), label: labelAt(about) };
        const action = isGuess ? "session.refused" : index < tokens ? "token.create" : "token.update";
        addAudit(sql, actor, action, subject, changes, now - (to - index) * 60_000);
      }
    });
  }

  /** Notes that no token is published, or that all but a few are. */
  async setUnpublished(isAll: boolean, now: number): Promise<void> {
    const { sql } = this.ctx.storage;
    this.ctx.storage.transactionSync(() => {
      sql.exec("DELETE FROM outbox");
      const ids = sql.exec<{ id: string }>("SELECT id FROM tokens").toArray();
      for (const [index, { id }] of ids.entries()) {
        if (isAll || isUnpublished(index)) enqueue(sql, id, ["gateway", "kv"], now + DAY_MS);
      }
    });
  }

  /** Hears how tokens are used. @returns whether all is known; the alarm goes on where it isn't */
  async hearAll(): Promise<boolean> {
    const { asOf } = await this.engine.hearUses();
    const [row] = this.ctx.storage.sql.exec<{ next_at: number | null }>("SELECT next_at FROM use_news").toArray();
    return asOf !== null && row?.next_at === null;
  }
}

async function door(request: Request, env: AdminEnv): Promise<unknown> {
  // The binding's type knows the real class alone.
  const registry = (env.REGISTRY as unknown as DurableObjectNamespace<Registry>).getByName("registry");
  const asked = await request.json<AdminFill>();
  switch (asked.do) {
    case "policies":
      return registry.fillPolicies(asked.now);
    case "tokens":
      return registry.fillTokens(asked.part, asked.policies);
    case "audit":
      return registry.fillAudit(asked.part, asked.tokens);
    case "unpublished":
      return registry.setUnpublished(asked.all, asked.now);
    case "hear":
      return registry.hearAll();
  }
}

export default {
  async fetch(request: Request, env: AdminEnv, context: ExecutionContext): Promise<Response> {
    if (!new URL(request.url).pathname.startsWith(DOOR)) return admin.fetch(request, env, context);
    return Response.json((await door(request, env)) ?? null);
  },
} satisfies ExportedHandler<AdminEnv>;
