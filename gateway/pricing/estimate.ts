import type { PriceName } from "../../shared/prices.ts";
import type { Provider } from "../../shared/providers.ts";
import type { Call } from "../call.ts";
import type { BodyKind } from "../endpoints.ts";
import type { Estimate } from "../permits.ts";
import { costOf } from "./cost.ts";
import { rateOf } from "./fallbacks.ts";
import { type Bounds, boundsOf } from "./limits.ts";
import type { Found } from "./rates.ts";
import { dearestFactor, factor } from "./tiers.ts";
import { noCounts } from "../../shared/usage.ts";

/** Models that search the web by themselves, as often as they like: each search costs apart from tokens. */
const SEARCHES_ITSELF = /search-preview|search-api|deep-research/;

/** Bodies that ask for vectors: nothing is put out. */
const NO_OUTPUT: readonly BodyKind[] = ["embeddings", "embed"];
/** Bodies of many inputs, each of them as long as a context: the context bounds none of them all together. */
const MANY_INPUTS: readonly BodyKind[] = ["embeddings", "embed", "completions", "predict"];
/** Bodies that get one answer: no more than a context holds. Others may ask for several at once. */
const ONE_ANSWER: readonly BodyKind[] = ["responses", "messages", "interactions"];
/** Bodies that ask for images: how many tokens one takes stands in no request. */
const IMAGES: readonly BodyKind[] = ["images", "image-form"];

const INPUTS: readonly PriceName[] = ["input", "cacheWrite", "cacheWriteLong", "inputAudio", "inputImage"];
const OUTPUTS: readonly PriceName[] = ["output", "outputAudio", "outputImage"];

const among = (kinds: readonly BodyKind[], { endpoint }: Call): boolean =>
  kinds.some((kind) => kind === endpoint?.body);

/**
 * The most tokens that a call takes in. No tokenizer makes more tokens than bytes, since each of them stands for at least
 * one; images in base64 count as the most that one can be; what the provider adds by itself comes on top. What can't be
 * seen here (files, addresses, earlier answers) has at most the context's size, and so has all of it together, since
 * providers refuse more.
 */
function inputBound(call: Call, bounds: Bounds): number {
  const { bytes, images, unseen } = call.input;
  const seen = bytes + images * bounds.image + bounds.preamble;
  if (among(MANY_INPUTS, call)) return unseen ? seen + bounds.context : seen;
  return unseen ? bounds.context : Math.min(seen, bounds.context);
}

/** The most tokens that a call puts out, reasoning among them: every provider's bound on output includes it. */
function outputBound(call: Call, bounds: Bounds): number {
  if (among(NO_OUTPUT, call)) return 0;
  const most = Math.min(bounds.output, bounds.context);
  if (call.outputBound === null) return most * (call.answers ?? 1);
  return among(ONE_ANSWER, call) ? Math.min(call.outputBound, bounds.context) : call.outputBound;
}

/** What of a call has no known price, or none that is bounded, in words for the holder; null: nothing. */
function unpricedOf(call: Call, found: Found | null): string | null {
  const { endpoint, model, hostedTools } = call;
  if (endpoint === null || endpoint.cost === "unknown") return "this endpoint";
  if (model === null) return "a request that names no model";
  const name = `the model ${model.slice(0, 100)}`;
  if (found === null || Object.values(found.rates).includes(null)) return name;
  const byTime = found.rates.audioHour !== undefined && found.rates.audioHour !== 0;
  // How long a recording is, no request says.
  if (byTime || found.rates.input === undefined) return `${name}, which is billed by time,`;
  if (among(IMAGES, call) && call.outputBound === null) return `images of ${name}`;
  if (SEARCHES_ITSELF.test(model)) return `${name}, which searches the web by itself,`;
  // How often such a tool is used, the model decides; so no bound is known before.
  const [tool] = hostedTools;
  return tool === undefined ? null : `the tool ${tool.slice(0, 100)}`;
}

const dearest = (names: readonly PriceName[], rateFor: (name: PriceName) => number | null): PriceName | undefined =>
  names
    .map((name) => ({ name, price: rateFor(name) }))
    .filter((one): one is { name: PriceName; price: number } => one.price !== null)
    .toSorted((one, other) => other.price - one.price)[0]?.name;

/**
 * The worst that a call may use and cost. It holds for whatever the call turns out to be: all input counts as the dearest
 * kind of input that the model has a price for (for Anthropic, written to a cache for an hour), in the tier of the longest
 * input, all output as the dearest kind of output, in the dearest price class where nobody looked which one is asked for.
 *
 * @param found by the call's model; each is a time's: a price may change while the call is on its way. Null: unpriced
 * @returns `unpriced` names what has no known price (`micros` is null then), in words for the holder
 */
export function estimateOf(
  call: Call,
  provider: Provider,
  found: readonly (Found | null)[],
): Estimate & { unpriced: string | null } {
  if (call.endpoint?.cost === "free") return { tokens: 0, micros: 0, unpriced: null };
  const bounds = boundsOf(provider, call.model, found[0] ?? null);
  const [input, output] = [inputBound(call, bounds), outputBound(call, bounds)];
  const tokens = input + output;
  const unpriced = found.map((one) => unpricedOf(call, one)).find((what) => what !== null) ?? null;
  if (unpriced !== null) return { tokens, micros: null, unpriced };
  const thousandths =
    call.tier === undefined ? dearestFactor(provider, call.model) : factor(provider, call.model, call.tier);
  const costs = found.map((one) => worst(input, output, provider, one, thousandths));
  const known = costs.filter((micros) => micros !== null);
  if (known.length < costs.length) return { tokens, micros: null, unpriced: `the model ${call.model?.slice(0, 100)}` };
  return { tokens, micros: Math.max(...known), unpriced: null };
}

function worst(
  input: number,
  output: number,
  provider: Provider,
  found: Found | null,
  thousandths: number,
): number | null {
  if (found === null) return null;
  const rate = (name: PriceName): number | null => rateOf(found.rates, provider, name, input);
  const counts = { ...noCounts(), input, output };
  const [dearIn, dearOut] = [dearest(INPUTS, rate), dearest(OUTPUTS, rate)];
  if (dearIn !== undefined) counts[dearIn] = input;
  if (dearOut !== undefined) counts[dearOut] = output;
  return costOf(counts, found.rates, provider, Math.max(1000, thousandths));
}
