import { bindingsOf } from "../../../gateway/bindings.ts";
import { unreadCall } from "../../../gateway/call.ts";
import type { MeterKind } from "../../../gateway/endpoints.ts";
import { follow, type Followed } from "../../../gateway/follow.ts";
import { settle } from "../../../gateway/stages/settle.ts";
import type { TokenRecord } from "../../../shared/record.ts";
import { OPEN_POLICY } from "../../../shared/policy.ts";
import { NOTHING_USED } from "../../../gateway/metering/used.ts";

export * from "../../../gateway/index.ts";

const RECORD: TokenRecord = {
  ...OPEN_POLICY,
  policy: null,
  holderActedAt: null,
  claim: null,
  schema: 2,
  id: "followfoll",
  version: 1,
  label: "follow",
  note: null,
  state: "active",
  providers: ["openai"],
  secrets: [],
  expiresAt: null,
  createdAt: 0,
  updatedAt: 0,
};

/**
 * A Worker for bare workerd that follows OpenAI's answers and writes each settlement into its log: what `follow` does with
 * the platform's own streams, without what else there is on a request's way. How an answer is metered stands in the header
 * `x-meter`, whether its usage is taken out again in `x-usage-added`.
 */
export default {
  async fetch(request, env, ctx): Promise<Response> {
    const bindings = bindingsOf(env);
    const { origin, keys } = bindings.providers.openai;
    const meter = request.headers.get("x-meter") as MeterKind;
    const url = new URL(request.url);
    const endpoint = {
      name: meter,
      routes: ["openai"],
      methods: ["POST"],
      path: /^/,
      class: "inference",
      body: "chat",
      meter,
      cost: "metered",
    } as const;
    const permit = {
      id: crypto.randomUUID(),
      tokenId: RECORD.id,
      route: "openai",
      openedAt: Date.now(),
      answeredAt: null,
      origin: origin ?? "",
      key: keys[0] ?? "",
      keys,
      keyIsFixed: false,
      call: { ...unreadCall(endpoint), usageAdded: request.headers.has("x-usage-added") },
      prices: { ownersKnown: true, estimate: () => ({ tokens: 0, micros: null, unpriced: null }), cost: () => null },
      reserved: null,
      leased: null,
      standing: null,
      tell: (settlement: object) => console.log(JSON.stringify({ settlement })),
    } as const;
    const upstream = await fetch(`${origin}${url.pathname}`, {
      signal: request.signal,
      encodeResponseBody: "manual",
      headers: { "accept-encoding": "gzip, br" },
    });
    const token = { record: RECORD, hash: "", provider: "openai" } as const;
    const target = { path: url.pathname, query: "" };
    const pass = { permit, token, target, body: null, opener: { hash: "", uploadsUntil: 0 } };
    const followed: Followed = { pass, request, bindings, vigil: null, askedAt: permit.openedAt, used: null };
    const { body, settled } = await follow(upstream, followed);
    if (settled === null)
      settle(permit, { ended: "answered", status: upstream.status }, followed.used ?? NOTHING_USED, Date.now());
    else ctx.waitUntil(settled);
    return new Response(body, { status: upstream.status, headers: upstream.headers, encodeBody: "manual" });
  },
} satisfies ExportedHandler<GatewayEnv>;
