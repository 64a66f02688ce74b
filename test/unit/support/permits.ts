import { unreadCall } from "../../../gateway/call.ts";
import type { Permit } from "../../../gateway/stages/admit.ts";
import { outwardOf, type Outward } from "../../../gateway/upstream.ts";
import { bindingsOf } from "../../../gateway/bindings.ts";
import { gatewayEnv } from "./gateway.ts";

/** The way upstream without a relay. */
export const OUTWARD: Outward = {
  ...outwardOf({}, bindingsOf(gatewayEnv), () => undefined),
  detour: null,
};

/** Makes a permit that nobody is told of. */
export const makePermit = (change: Pick<Permit, "route" | "origin" | "key"> & Partial<Permit>): Permit => ({
  id: crypto.randomUUID(),
  tokenId: "0123456789",
  openedAt: 0,
  answeredAt: null,
  call: unreadCall(null),
  prices: {
    ownersKnown: true,
    estimate: () => ({ tokens: 0, micros: null, unpriced: null }),
    cost: () => null,
  },
  reserved: null,
  leased: null,
  keys: [change.key],
  keyIsFixed: false,
  standing: null,
  tell: () => undefined,
  ...change,
});
