// The rows that stand on the bench already: the provider itself, the bare Worker before it, and the gateway with each token.
import { questionOn, portOf, type Way } from "../requests.ts";
import type { Stand } from "../stand.ts";
import type { Facts, Row } from "./peer.ts";

const BETWEEN: Omit<Facts, "runtime"> = {
  token: "none",
  key: "the client, who sends it with each request",
  limits: "none",
  meters: "nothing",
  revokes: "nothing to revoke",
};

const GATEWAY: Facts = {
  runtime: "workerd, one isolate",
  token:
    "of its own, by its hash: from memory while it is hot, its record from KV, its last word from a Durable Object",
  key: "the gateway",
  limits: "none set",
  meters: "requests, tokens and dollars of each token, stored",
  revokes: "within 1 s",
};

const OWN: readonly (Pick<Row, "name" | "facts" | "wrongKey"> & { way: Way })[] = [
  {
    way: "direct",
    name: "the provider itself",
    wrongKey: "answered",
    facts: { runtime: "nothing between", ...BETWEEN },
  },
  {
    way: "baseline",
    name: "bare Worker",
    wrongKey: "answered",
    facts: { runtime: "workerd, one isolate", ...BETWEEN },
  },
  { way: "unlimited", name: "Doppelgate, token without limits", wrongKey: "refused", facts: GATEWAY },
  {
    way: "limited",
    name: "Doppelgate, token with budget and rate limit",
    wrongKey: "refused",
    facts: {
      ...GATEWAY,
      limits: "both, reserved or leased by its guard before the provider is asked, and stored: outlive a crash",
    },
  },
];

/** The rows of the stand. The first is what all are compared with. */
export const ownRows = (stand: Stand): Row[] =>
  OWN.map(({ way, ...row }) => ({
    ...row,
    id: way === "limited" || way === "unlimited" ? `doppelgate.${way}` : way,
    port: portOf(stand, way),
    question(answer, key) {
      const question = questionOn(stand, way, answer);
      if (key !== undefined) question.headers["authorization"] = `Bearer ${key}`;
      return question;
    },
    cpuMs: way === "direct" ? () => null : () => stand.cpuMs(),
    memory: way === "direct" ? () => null : () => stand.memory(),
  }));
