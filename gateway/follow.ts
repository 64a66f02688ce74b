import type { Admitted } from "./admission.ts";
import type { Bindings } from "./bindings.ts";
import { flow, type FlowEnd, lengthOf, nativePipe } from "./flow.ts";
import { lastWords } from "./last-words.ts";
import type { Outcome } from "./metering/entry.ts";
import type { MeterRow } from "./metering/found.ts";
import type { Reading } from "./metering/meter.ts";
import { isPlainEvents, nothingRead, rowOf, type Sink, sinkFor } from "./metering/sink.ts";
import { withoutUsage } from "./metering/surgery.ts";
import { Tap } from "./metering/tap.ts";
import { NOTHING_USED, type Used, usedBy } from "./metering/used.ts";
import { ROUTE_ROWS } from "./providers.ts";
import { settle } from "./stages/settle.ts";
import { unreachable } from "./unreachable.ts";
import { keepVigil, type Vigil } from "./vigil.ts";

/** Answers up to this many bytes that nobody meters are over too soon to be watched. */
const SHORT_BYTES = 1024 * 1024;
/** Metered answers of a known length up to this many bytes are read whole, and handed on in one piece. */
const WHOLE_BYTES = 64 * 1024;

/** An answer's body on its way. */
export interface Following {
  body: Response["body"] | Uint8Array;
  /** Settles with the permit; null where the permit is settled at once. */
  settled: Promise<void> | null;
}

/** Of an answer whose body isn't passed on as it is. */
export const NOT_FOLLOWED: Following = { body: null, settled: null };

/** What an answer is followed with. */
export interface Followed {
  pass: Admitted;
  request: Pick<Request, "signal" | "headers">;
  bindings: Bindings;
  /** Over the token, where it has begun already. */
  vigil: Vigil | null;
  /** When the provider was asked, ms since 1970. */
  askedAt: number;
  /** What was used, where that is known before the answer is handed on; null: it isn't. */
  used: Used | null;
}

/**
 * What a request that went upstream has used by now.
 *
 * @param reading of its answer
 * @param whole whether all of the answer came
 */
export function usedSoFar(
  { pass: { permit, target }, request, askedAt }: Pick<Followed, "pass" | "request" | "askedAt">,
  reading: Reading,
  whole: boolean,
): Used {
  const row = rowOf(permit.call.endpoint?.meter ?? null);
  if (row === null) return NOTHING_USED;
  const ending = { whole, ms: Date.now() - askedAt, sentBytes: lengthOf(request.headers) ?? 0 };
  return usedBy(reading, row, permit, target.path, ending);
}

/**
 * Reads a short answer whole: it is there at once, and a second branch of it would cost more than all else that is done with it.
 *
 * @throws Refused `provider_unreachable` where the provider breaks off, and what a vigil ends it with; whatever reading throws once
 *   the client is gone
 */
async function readWhole(upstream: Response, sink: Sink, followed: Followed): Promise<Following> {
  const { vigil, request, pass } = followed;
  const reading = upstream.bytes();
  const body = await (vigil === null ? reading : vigil.over(reading)).catch((error: unknown) => {
    followed.used = usedSoFar(followed, nothingRead(), false);
    throw request.signal.aborted ? error : unreachable(error, pass.permit);
  });
  sink.feed(body);
  followed.used = usedSoFar(followed, await sink.end(), true);
  return { body, settled: null };
}

/** A body, and what reads its usage on the way. */
interface Metered {
  source: ReadableStream<Uint8Array>;
  pipe: TransformStream<Uint8Array, Uint8Array>;
  read: (end: FlowEnd) => Promise<Reading>;
}

function metered(
  body: ReadableStream<Uint8Array>,
  upstream: Response,
  sink: Sink | null,
  usageAdded: boolean,
  vigil: Vigil,
): Metered {
  if (sink === null) {
    return { source: body, pipe: nativePipe(upstream.headers), read: async () => nothingRead() };
  }
  if (usageAdded && isPlainEvents(upstream)) {
    return { source: body, pipe: withoutUsage((bytes) => sink.feed(bytes)), read: () => sink.end() };
  }
  const { readable, writable } = nativePipe(upstream.headers);
  // Behind the pipe: a branch of a body that lies in memory can't be piped anywhere.
  const [first, second] = readable.tee();
  const tap = new Tap(second, (bytes) => sink.feed(bytes));
  // Most answers are over before that, and need no timer of their own.
  vigil.whenLasting(() => tap.begin());
  const read = async (end: FlowEnd): Promise<Reading> => {
    await tap.end(end === "finished");
    return sink.end();
  };
  return { source: body, pipe: { readable: first, writable }, read };
}

/**
 * Reads the usage of an answer behind its body, watches the token of one that takes its time, cuts it where the token dies,
 * and settles its permit when it is over.
 *
 * @param upstream an answer whose body is passed on as it is
 */
export async function follow(upstream: Response, followed: Followed): Promise<Following> {
  const { pass, request, bindings } = followed;
  const { permit, token } = pass;
  const { status, body, headers } = upstream;
  const row: MeterRow | null = upstream.ok ? rowOf(permit.call.endpoint?.meter ?? null) : null;
  if (body === null) return NOT_FOLLOWED;
  const sink = row === null ? null : sinkFor(upstream, row);
  const length = lengthOf(headers);
  if (length !== null && sink === null && length <= SHORT_BYTES) return { body, settled: null };
  if (length !== null && sink !== null && length <= WHOLE_BYTES) return readWhole(upstream, sink, followed);
  const vigil = followed.vigil ?? keepVigil(bindings, token, null);
  const { source, pipe, read } = metered(body, upstream, sink, permit.call.usageAdded, vigil);
  const { dialect } = ROUTE_ROWS[permit.route];
  const { body: flowing, ended } = flow(source, pipe, {
    client: request.signal,
    cut: vigil.signal,
    lastWords: () => lastWords(vigil.death() ?? { code: "unknown_token" }, dialect, headers),
  });
  const settleAtEnd = async (): Promise<void> => {
    const end = await ended;
    vigil.end();
    const reading = await read(end);
    const used = row === null ? NOTHING_USED : usedSoFar(followed, reading, end === "finished");
    const outcome: Outcome = { ended: end, status };
    settle(permit, outcome, used, Date.now());
  };
  return { body: flowing, settled: settleAtEnd() };
}
