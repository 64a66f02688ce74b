import { type Call, unreadCall } from "../../../gateway/call.ts";
import type { Endpoint, MeterKind } from "../../../gateway/endpoints.ts";
import { Meter, type Reading } from "../../../gateway/metering/meter.ts";
import { rowOf } from "../../../gateway/metering/sink.ts";
import { type Ending, type Used, usedBy } from "../../../gateway/metering/used.ts";
import type { Permit } from "../../../gateway/stages/admit.ts";
import { noCounts, type UsageCounts } from "../../../shared/usage.ts";
import { makePermit } from "./permits.ts";

/** A place of an API whose answers are metered in a way. */
export const meteredEndpoint = (meter: MeterKind, change: Partial<Endpoint> = {}): Endpoint => ({
  name: meter,
  routes: ["openai"],
  methods: ["POST"],
  path: /^/,
  class: "inference",
  body: "chat",
  meter,
  cost: "metered",
  ...change,
});

/** A permit for such a place. */
export const meteredPermit = (
  meter: MeterKind,
  {
    endpoint,
    call,
    ...change
  }: Partial<Omit<Permit, "call">> & { endpoint?: Partial<Endpoint>; call?: Partial<Call> } = {},
): Permit =>
  makePermit({
    route: "openai",
    origin: "https://api.openai.com",
    key: "unit-test-openai-key",
    call: { ...unreadCall(meteredEndpoint(meter, endpoint)), ...call },
    ...change,
  });

/** Counts, of which only what isn't 0 is named. */
export const counts = (some: Partial<UsageCounts>): UsageCounts => ({ ...noCounts(), ...some });

/** How an answer is read in a test. */
export interface ReadAs {
  inLines?: boolean;
  /** Bytes of each piece that the meter is fed with. */
  size?: number;
}

const encoder = new TextEncoder();

/** Reads an answer as the gateway does, in pieces. */
export function readingOf(kind: MeterKind, text: string, { inLines = false, size = 64 * 1024 }: ReadAs = {}): Reading {
  const row = rowOf(kind);
  if (row === null) throw new Error(`No row for ${kind}.`);
  const meter = new Meter(row, inLines);
  const bytes = encoder.encode(text);
  for (let at = 0; at < bytes.length; at += size) meter.feed(bytes.subarray(at, at + size));
  return meter.end();
}

/** What an answer was found to have used. */
export function usedIn(
  kind: MeterKind,
  text: string,
  {
    permit = meteredPermit(kind),
    path = "/",
    ending = {},
    ...as
  }: ReadAs & { permit?: Permit; path?: string; ending?: Partial<Ending> } = {},
): Used {
  const row = rowOf(kind);
  if (row === null) throw new Error(`No row for ${kind}.`);
  return usedBy(readingOf(kind, text, as), row, permit, path, { whole: true, ms: 0, sentBytes: 0, ...ending });
}

/** An event stream of JSON events. */
export const events = (values: readonly unknown[], end = ""): string =>
  values.map((value) => `data: ${JSON.stringify(value)}\n\n`).join("") + end;

/** Anthropic's way to write events. */
export const namedEvents = (values: readonly { type: string }[]): string =>
  values.map((value) => `event: ${value.type}\ndata: ${JSON.stringify(value)}\n\n`).join("");
