import type { UsageCounts } from "../../shared/usage.ts";
import type { Json } from "./numbers.ts";

/** What one event or body says of usage. */
export interface Found {
  /** The provider's own object; empty where only something around it was found. */
  usage: Json;
  model: string | null;
  tier: string | null;
  /** Names what is billed once however often it is read; null: this very answer. */
  once: string | null;
  /** Whether these are the last numbers: no later event will correct them. */
  final: boolean;
  /** Whether it counts beside the rest, as a call of its own (a batch's line, another model's share). */
  apart: boolean;
  /** Whether the provider goes on working on it, and tells the usage when it is asked again. */
  pending: boolean;
  /** Searches that are told in another place than the usage. */
  webSearches: number;
}

/** A finding, of which only what differs from the usual is said. */
export const found = (some: Partial<Found>): Found => ({
  usage: {},
  model: null,
  tier: null,
  once: null,
  final: true,
  apart: false,
  pending: false,
  webSearches: 0,
  ...some,
});

/** How the usage of one kind of answer is found and counted. */
export interface MeterRow {
  /** Names of fields, one of which stands in every event that has something to find. Each such event is read. */
  every: readonly string[];
  /** A field that many events have, each overriding the ones before: only the last one is read. Null: there is none. */
  last: string | null;
  /** Fields of events that hold what the model says, piece by piece; empty: it says nothing in text. */
  words: readonly string[];
  /** Where a body too long to be parsed whole has its usage and its model. */
  usageField: string;
  modelField: string;
  /** Whether a body is JSON line by line, of whatever content type. */
  lines: boolean;
  /** What an event or a body says. */
  find(value: Json): Found[];
  counts(usage: Json): UsageCounts;
}
