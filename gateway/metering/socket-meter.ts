import { noCounts, type UsageCounts } from "../../shared/usage.ts";
import type { MeterKind } from "../endpoints.ts";
import type { Permit } from "../stages/admit.ts";
import { partOf } from "./entry.ts";
import type { Found } from "./found.ts";
import { isJson, rawNumbers, textAt } from "./numbers.ts";
import { nextFilled, parsed } from "./slices.ts";
import { isUnnamed, transcriberOf, TURN_ROWS, type TurnRow } from "./turns.ts";
import { type Charge, NOTHING_USED, type Used } from "./used.ts";

/** What a frame carries: text, or bytes. */
type FrameData = string | ArrayBuffer;

/** Bytes of text for a token, and characters of sound in base64 (48,000 bytes and 20 tokens a second), about. */
const BYTES_PER_TOKEN = 4;
const SOUND_PER_TOKEN = 3_200;
/** How much of a frame tells its type. */
const HEAD = 160;
/** Longer names are no model's. */
const MODEL = /"model"\s*:\s*"([^"\\]{1,200})"/;
const SESSION = /"session\.(?:created|updated|started)"/;

const decoder = new TextDecoder("latin1");
const textOf = (data: FrameData): string => (typeof data === "string" ? data : decoder.decode(data));

/** What was seen of a turn that isn't over. */
interface Turn {
  since: number;
  /** Whether the provider has begun to answer. */
  begun: boolean;
  /** Bytes of text that the holder sent. */
  sent: number;
  words: number;
  sound: number;
}

const newTurn = (since: number): Turn => ({ since, begun: false, sent: 0, words: 0, sound: 0 });

/** Counts a socket's turns, and tells the guard of each one when it is over. */
export class SocketMeter {
  readonly #permit: Permit;
  readonly #row: TurnRow;
  #turn: Turn;
  #turns = 0;
  #model: string | null;
  #transcriber: string | null = null;
  /** Of the turn before: its context comes again with the next one. */
  #context = 0;
  /** Sums that were told already. */
  #seconds = 0;

  /**
   * @param kind of the socket
   * @param now ms since 1970
   */
  constructor(permit: Permit, row: TurnRow, now: number) {
    this.#permit = permit;
    this.#row = row;
    this.#turn = newTurn(now);
    this.#model = permit.call.model;
  }

  /** Sees a frame of the holder's. */
  fromHolder(data: FrameData): void {
    const text = textOf(data);
    // The first frames of a session name its model, where its address doesn't.
    this.#model ??= MODEL.exec(text.slice(0, 4_096))?.[1]?.replace(/^models\//, "") ?? null;
    if (!/audio|realtimeInput/i.test(text.slice(0, HEAD))) this.#turn.sent += text.length;
  }

  /**
   * Sees a frame of the provider's.
   *
   * @param now ms since 1970
   */
  fromProvider(data: FrameData, now = Date.now()): void {
    const text = textOf(data);
    const head = text.slice(0, HEAD);
    if (this.#row.begins.test(head)) this.#turn.begun = true;
    if (this.#row.sound.test(head)) this.#turn.sound += text.length;
    else if (this.#row.words.test(head)) this.#turn.words += text.length - Math.min(text.length, HEAD);
    if (SESSION.test(head)) this.#learn(text);
    if (!this.#row.marks.some((mark) => nextFilled(text, mark, 0) !== -1)) return;
    const frame = parsed(text);
    if (!isJson(frame)) return;
    for (const one of this.#row.find(frame)) this.#tell(one, now);
  }

  /**
   * Ends the count. What was begun and not reported is an estimate.
   *
   * @param now ms since 1970
   */
  end(now: number): Used {
    const { begun, words, sound, sent, since } = this.#turn;
    const counts = noCounts();
    if (this.#row.sums) {
      // Nobody said what the last moments took, so it was all of them.
      if (!begun) return NOTHING_USED;
      counts.audioSeconds = Math.ceil((now - since) / 1000);
    } else if (begun || words > 0 || sound > 0) {
      counts.input = this.#context + Math.ceil(sent / BYTES_PER_TOKEN);
      counts.outputAudio = Math.ceil(sound / SOUND_PER_TOKEN);
      counts.output = counts.outputAudio + Math.ceil(words / BYTES_PER_TOKEN);
    } else return NOTHING_USED;
    const usage = { counts, estimated: true, model: this.#model, tier: null, raw: {} };
    return { main: { usage, once: null }, apart: [] };
  }

  #learn(text: string): void {
    const frame = parsed(text);
    if (!isJson(frame)) return;
    this.#transcriber = transcriberOf(frame) ?? this.#transcriber;
    this.#model = textAt(frame, "session", "model") ?? this.#model;
    // A session that is billed by time is under way from here on.
    if (this.#row.sums) this.#turn.begun = true;
  }

  /** What the sums grew by. */
  #grown(counts: UsageCounts): UsageCounts {
    const total = counts.audioSeconds;
    counts.audioSeconds = Math.max(0, total - this.#seconds);
    this.#seconds = Math.max(this.#seconds, total);
    return counts;
  }

  #tell(one: Found, now: number): void {
    const counts = this.#row.counts(one.usage);
    counts.webSearches = Math.max(counts.webSearches, one.webSearches);
    const isSum = this.#row.sums && !one.apart;
    if (isSum) this.#grown(counts);
    if (isSum && counts.audioSeconds === 0) return;
    const model = isUnnamed(one) ? (this.#transcriber ?? one.model) : (one.model ?? this.#model);
    const charge: Charge = {
      usage: { counts, estimated: false, model, tier: one.tier, raw: rawNumbers(one.usage) },
      once: one.once,
    };
    this.#turns += 1;
    const place = { place: this.#turns, since: this.#turn.since, status: 101 };
    this.#permit.tell(partOf(this.#permit, charge, place, now));
    // What another model did beside the turn doesn't end it.
    if (one.apart) return;
    this.#context = counts.input + counts.output;
    this.#turn = { ...newTurn(now), begun: this.#row.sums };
  }
}

/** The meter of a socket; null where its kind has none. */
export function socketMeterOf(permit: Permit, now: number): SocketMeter | null {
  const kind: MeterKind | null = permit.call.endpoint?.meter ?? null;
  const row = kind !== null && Object.hasOwn(TURN_ROWS, kind) ? TURN_ROWS[kind as keyof typeof TURN_ROWS] : null;
  return row === null ? null : new SocketMeter(permit, row, now);
}
