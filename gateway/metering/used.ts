import { noCounts, type Usage, type UsageCounts } from "../../shared/usage.ts";
import type { MeterKind } from "../endpoints.ts";
import type { Permit } from "../stages/admit.ts";
import { estimated } from "./estimate.ts";
import type { Found, MeterRow } from "./found.ts";
import type { Reading } from "./meter.ts";
import { rawNumbers } from "./numbers.ts";

/** What is billed by itself. */
export interface Charge {
  usage: Usage;
  /** See `Settlement.once`. */
  once: string | null;
}

/** What a request used. */
export interface Used {
  /** Of the request itself; null: nothing. */
  main: Charge | null;
  /** What counts beside it: other models' shares, lines of a batch. */
  apart: readonly Charge[];
}

/** A request that used nothing, or nobody could tell. */
export const NOTHING_USED: Used = { main: null, apart: [] };

/** How an answer ended, as far as its usage goes by it. */
export interface Ending {
  /** Whether all of it came. */
  whole: boolean;
  /** How long the provider worked on it, ms. */
  ms: number;
  /** Bytes of the request's body, where nobody read it; they count no base64 out. */
  sentBytes: number;
}

/** Longer names are no model's. */
const LONGEST_MODEL = 200;
/** A body that wasn't read counts at most this many bytes as text: larger ones are mostly images in base64. */
const MOST_UNREAD_BYTES = 1024 * 1024;

function usageOf({ usage, model, tier, webSearches }: Found, row: MeterRow): Usage {
  const counts = row.counts(usage);
  counts.webSearches = Math.max(counts.webSearches, webSearches);
  const named = model === null ? null : model.slice(0, LONGEST_MODEL);
  return {
    counts,
    estimated: false,
    model: named,
    tier: tier?.slice(0, LONGEST_MODEL) ?? null,
    raw: rawNumbers(usage),
  };
}

const nothing = (): Usage => ({ counts: noCounts(), estimated: false, model: null, tier: null, raw: {} });

/** The most that the guard holds for a call, in tokens; null: it holds nothing. */
const reservedOf = ({ reserved }: Permit): number | null =>
  reserved === null || reserved.tokens === 0 ? null : reserved.tokens;

function guessed(permit: Permit, kind: MeterKind, words: Reading["words"], ending: Ending): UsageCounts {
  const { input } = permit.call;
  const most = kind === "transcription" ? Infinity : MOST_UNREAD_BYTES;
  const known = input.bytes > 0 ? input : { ...input, bytes: Math.min(ending.sentBytes, most) };
  return { ...noCounts(), ...estimated(kind, { input: known, words, seconds: ending.ms / 1000 }) };
}

/** What was reported, and where that isn't all, what may have been used beyond it; never more than was reserved. */
function completed(reported: Usage, guess: UsageCounts, reserved: number | null): Usage {
  const { counts } = reported;
  // What the provider said of the input is all of it; output grows until the end.
  if (counts.input === 0) counts.input = Math.min(guess.input, reserved ?? Infinity);
  const most = reserved === null ? Infinity : Math.max(counts.output, reserved - counts.input);
  const output = Math.min(Math.max(counts.output, guess.output), most);
  counts.outputAudio = Math.max(counts.outputAudio, Math.min(guess.outputAudio, output));
  counts.audioSeconds = Math.max(counts.audioSeconds, guess.audioSeconds);
  return { ...reported, counts: { ...counts, output }, estimated: true };
}

/** What goes on behind an answer is billed later. Under a limit it counts at its worst at once: nobody may come for it. */
function pendingCharge({ usage, once }: Charge, reserved: number | null, asks: boolean): Charge | null {
  if (reserved === null || !asks) return null;
  const { counts } = usage;
  return { usage: { ...usage, counts: { ...counts, output: reserved }, estimated: true }, once };
}

function mainCharge(
  main: Found | null,
  row: MeterRow,
  words: Reading["words"],
  permit: Permit,
  ending: Ending,
): Charge | null {
  const { endpoint } = permit.call;
  if (endpoint === null || endpoint.meter === null) return null;
  const asks = endpoint.body !== "none";
  const charge: Charge =
    main === null ? { usage: nothing(), once: null } : { usage: usageOf(main, row), once: main.once };
  if (main?.pending === true) return pendingCharge(charge, reservedOf(permit), asks);
  const isReported = main !== null && Object.keys(main.usage).length > 0;
  if (isReported && (main.final || (ending.whole && row.last !== null))) return charge;
  // Asking again for what was made before makes nothing new.
  if (!asks) return isReported ? charge : null;
  const guess = guessed(permit, endpoint.meter, words, ending);
  return { ...charge, usage: completed(charge.usage, guess, reservedOf(permit)) };
}

const BATCH_PATH = /^\/v1\/messages\/batches\/([^/]+)\//;

/** A line's own name isn't unique beyond its batch. */
function apartCharge(one: Found, row: MeterRow, path: string): Charge {
  const batch = BATCH_PATH.exec(path)?.[1] ?? "";
  return { usage: usageOf(one, row), once: row.lines && one.once !== null ? `batch:${batch}:${one.once}` : one.once };
}

/**
 * What a request used, by all that was found in its answer.
 *
 * @param reading of its answer; of nothing where none came
 * @param path that was asked for
 */
export function usedBy(reading: Reading, row: MeterRow, permit: Permit, path: string, ending: Ending): Used {
  const apart = reading.apart.map((one) => apartCharge(one, row, path));
  // The only thing that an answer told is the answer's own.
  const [first, ...rest] = apart;
  if (reading.main === null && first !== undefined) {
    return first.once === null ? { main: first, apart: rest } : { main: null, apart };
  }
  return { main: mainCharge(reading.main, row, reading.words, permit, ending), apart };
}
