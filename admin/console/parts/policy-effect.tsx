import type { KvCalls } from "../../registry/kv-calls.ts";
import type { PolicyView } from "../../registry/types.ts";
import { number } from "../amounts.ts";
import { address } from "./table.tsx";

/** What KV takes in a day on the free plan (developers.cloudflare.com/kv/platform/limits). */
const FREE_WRITES = 1_000;

/** How many tokens follow a policy, with a link to them. */
export function Followers({ policy: { id, tokens, name } }: { policy: PolicyView }) {
  if (tokens === 0) return <>No token</>;
  return (
    <a href={address("/tokens", { policy: id })}>
      {tokens === 1 ? "1 token" : `${number(tokens)} tokens`}
      <span class="unseen">{` of ${name}`}</span>
    </a>
  );
}

/**
 * What it takes to change a policy, or to let its tokens go: each token's record is written anew.
 *
 * @param kv how often KV was written to today
 */
export function PolicyEffect({ tokens, kv }: { tokens: number; kv: KvCalls }) {
  // The policies themselves are one value.
  const writes = tokens + 1;
  const tooMany = kv.writes + writes > FREE_WRITES;
  return (
    <p class="hint">
      {tokens === 0
        ? "No token changes."
        : `${tokens === 1 ? "1 token changes" : `${number(tokens)} tokens change`} with it, at once.`}{" "}
      {`It takes ${writes === 1 ? "1 write" : `${number(writes)} writes`} to KV; ${number(kv.writes)} were made today (UTC), and the free plan has ${number(FREE_WRITES)} a day.`}
      {tooMany &&
        " On the free plan KV takes the rest tomorrow. The change counts at once all the same: the gateway's guards know it."}
    </p>
  );
}
