import { plainBody } from "../codings.ts";
import { METER_ROWS } from "./rows.ts";
import type { MeterKind } from "../endpoints.ts";
import type { MeterRow } from "./found.ts";
import { Meter, type Reading } from "./meter.ts";

/** More compressed bytes than this aren't kept, nor more plain ones made of them. */
const MOST_CODED_BYTES = 8 * 1024 * 1024;
const MOST_PLAIN_BYTES = 64 * 1024 * 1024;

/** Takes an answer's bytes as they are on the wire, and tells what they say of usage. */
export interface Sink {
  /** The bytes may be overwritten afterwards. */
  feed(bytes: Uint8Array): void;
  end(): Promise<Reading>;
}

/** An answer of which nothing was read. */
export const nothingRead = (): Reading => ({ main: null, apart: [], words: { bytes: 0, pieces: 0 } });

class PlainSink implements Sink {
  readonly #meter: Meter;

  constructor(meter: Meter) {
    this.#meter = meter;
  }

  feed(bytes: Uint8Array): void {
    this.#meter.feed(bytes);
  }

  async end(): Promise<Reading> {
    return this.#meter.end();
  }
}

/** Keeps compressed bytes until the end: undoing them as they come would cost JavaScript for each chunk. */
class CodedSink implements Sink {
  readonly #meter: Meter;
  readonly #headers: Headers;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(meter: Meter, headers: Headers) {
    this.#meter = meter;
    this.#headers = headers;
  }

  feed(bytes: Uint8Array): void {
    this.#length += bytes.length;
    if (this.#length > MOST_CODED_BYTES) this.#pieces = [];
    else this.#pieces.push(bytes.slice());
  }

  async end(): Promise<Reading> {
    const body = new Response(new Blob(this.#pieces)).body;
    let length = 0;
    try {
      for await (const chunk of (await plainBody({ body, headers: this.#headers })) ?? []) {
        length += chunk.length;
        if (length > MOST_PLAIN_BYTES) break;
        this.#meter.feed(chunk);
      }
    } catch {
      // It was cut in its middle; what came out of it so far counts.
    }
    return this.#meter.end();
  }
}

/** The row of a kind of answer that comes by HTTP; null for sockets and where nothing is metered. */
export const rowOf = (kind: MeterKind | null): MeterRow | null =>
  kind !== null && Object.hasOwn(METER_ROWS, kind) ? METER_ROWS[kind as keyof typeof METER_ROWS] : null;

const isEvents = (type: string): boolean => /^text\/event-stream\b/i.test(type);
const isJson = (type: string): boolean => /^application\/(?:[\w.+-]*\+)?json\b/i.test(type);

/** Tells whether an answer is an event stream that can be read as it is. */
export const isPlainEvents = ({ headers }: Pick<Response, "headers">): boolean =>
  isEvents(headers.get("content-type") ?? "") && /^(?:identity)?$/i.test(headers.get("content-encoding") ?? "");

/**
 * What reads the usage of an answer: only JSON and events are read, never files and media.
 *
 * @returns null for an answer that isn't read
 */
export function sinkFor({ headers }: Pick<Response, "headers">, row: MeterRow): Sink | null {
  const type = headers.get("content-type") ?? "";
  if (!isEvents(type) && !isJson(type) && !row.lines) return null;
  const meter = new Meter(row, isEvents(type) || row.lines);
  const coding = (headers.get("content-encoding") ?? "").trim().toLowerCase();
  return coding === "" || coding === "identity" ? new PlainSink(meter) : new CodedSink(meter, headers);
}
