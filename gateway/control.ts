import { WorkerEntrypoint } from "cloudflare:workers";
import type { ControlApi, GatewayFacts, ProviderFacts } from "../shared/control.ts";
import { PROVIDERS, type Provider } from "../shared/providers.ts";
import { checkRecord, type TokenRecord } from "../shared/record.ts";
import { bindingsOf } from "./bindings.ts";
import { guardName, pointerName } from "./guard.ts";
import { keyRejectedAt } from "./key-health.ts";

/**
 * The admin's way into the gateway. A named entrypoint has no route: only a service binding in the owner's own account
 * reaches it, never the public internet.
 */
export class Control extends WorkerEntrypoint<GatewayEnv> implements ControlApi {
  /** {@inheritDoc ControlApi.apply} */
  async apply(record: TokenRecord): Promise<{ version: number }> {
    const checked = checkRecord(record);
    if (checked === null) throw new TypeError("The token record can't be read: is the admin's version newer?");
    const { guards } = bindingsOf(this.env);
    for (const secret of checked.secrets) {
      if (secret.typed) await guards.getByName(pointerName(secret.hash)).pointTo(checked.id);
    }
    // A copy: an RPC result that is handed on would keep the guard's call open.
    const { version } = await guards.getByName(guardName(checked.id)).apply(checked);
    return { version };
  }

  /** {@inheritDoc ControlApi.facts} */
  async facts(): Promise<GatewayFacts> {
    const bindings = bindingsOf(this.env);
    const facts = async (provider: Provider): Promise<[Provider, ProviderFacts]> => [
      provider,
      {
        configured: bindings.providers[provider].key !== null,
        rejectedAt: await keyRejectedAt(bindings, provider),
      },
    ];
    const rows = await Promise.all(PROVIDERS.map(facts));
    return { providers: Object.fromEntries(rows) as GatewayFacts["providers"] };
  }
}
