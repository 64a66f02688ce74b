import type { CallInput } from "../call.ts";
import type { MeterKind } from "../endpoints.ts";
import type { UsageCounts } from "../../shared/usage.ts";
import type { Words } from "./words.ts";

/** What there is to estimate by. */
export interface Traces {
  input: CallInput;
  words: Words;
  /** How long the provider worked on it, in seconds. */
  seconds: number;
}

/** Bytes of text that make a token, about: four in English, and one character of three bytes in Chinese. */
const BYTES_PER_TOKEN = 4;
/** Tokens of an image: a large one, as providers tile it. */
const TOKENS_PER_IMAGE = 1_000;
/** Tokens that a model makes in a second, where none of them was seen: it thinks, or answers in one piece. */
const UNSEEN_TOKENS_PER_SECOND = 50;
/** Audio tokens that one byte of text becomes when it is spoken: 15 characters and 21 tokens a second. */
const SPOKEN_TOKENS_PER_BYTE = 1.4;
/** Bytes of a second of audio, as MP3 of 128 kbit/s. */
const BYTES_PER_AUDIO_SECOND = 16_000;

type Estimate = (traces: Traces) => Partial<UsageCounts>;

const inputTokens = ({ bytes, images }: CallInput): number =>
  Math.ceil(bytes / BYTES_PER_TOKEN) + images * TOKENS_PER_IMAGE;

/** Text in, text out: what was seen of it, or else what may have been made in the time. */
const spoken: Estimate = ({ input, words: { bytes, pieces }, seconds }) => ({
  input: inputTokens(input),
  output:
    pieces > 0
      ? Math.max(pieces, Math.ceil(bytes / BYTES_PER_TOKEN))
      : Math.ceil(Math.max(0, seconds) * UNSEEN_TOKENS_PER_SECOND),
});

/** What comes out is no text, or costs nothing. */
const taken: Estimate = ({ input }) => ({ input: inputTokens(input) });

const ESTIMATES: Partial<Record<MeterKind, Estimate>> = {
  embeddings: taken,
  images: taken,
  embed: taken,
  predict: taken,
  speech: ({ input }) => {
    const output = Math.ceil(input.bytes * SPOKEN_TOKENS_PER_BYTE);
    return { input: inputTokens(input), output, outputAudio: output };
  },
  // Its input is a file: what a model makes of it is billed by time, or by tokens of which nobody knows.
  transcription: ({ input, words }) => ({
    output: Math.ceil(words.bytes / BYTES_PER_TOKEN),
    audioSeconds: Math.ceil(input.bytes / BYTES_PER_AUDIO_SECOND),
  }),
  // Of batches nobody can say what they took before they are over, and reading of them costs nothing.
  "message-batch-results": () => ({}),
  "openai-batch": () => ({}),
};

/**
 * What a call may have used of which its provider told nothing, or not all.
 *
 * @param kind of the endpoint's answer
 */
export const estimated = (kind: MeterKind, traces: Traces): Partial<UsageCounts> => (ESTIMATES[kind] ?? spoken)(traces);
