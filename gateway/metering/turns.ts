import type { UsageCounts } from "../../shared/usage.ts";
import { findResponse, findGenerated, findAtTop } from "./finders.ts";
import { type Found, found } from "./found.ts";
import { at, isJson, type Json, objectAt, textAt } from "./numbers.ts";
import { geminiCounts, openaiCounts } from "./shapes.ts";
import type { SocketMeterKind } from "./rows.ts";

/** How the frames of one kind of socket tell their usage. */
export interface TurnRow {
  /** Names of fields, one of which stands in every frame that has usage; no other frame is parsed. */
  marks: readonly string[];
  /** What a frame says: each finding is a turn that is over. */
  find(frame: Json): Found[];
  counts(usage: Json): UsageCounts;
  /** A frame that begins a turn. */
  begins: RegExp;
  /** Frames that hold a piece of what the model says, as text and as sound in base64. */
  words: RegExp;
  sound: RegExp;
  /** Whether the numbers are sums over the whole session, so that a turn is what they grew by. */
  sums: boolean;
}

/** Stands for the model of transcripts in a session that doesn't name it: it has another price than the session's own. */
const UNNAMED_TRANSCRIBER = "input-audio-transcription";

/** A turn of a Realtime session, or the transcript of what was said into it, which another model writes. */
function findRealtime(frame: Json): Found[] {
  const type = textAt(frame, "type");
  if (type === "response.done") {
    const usage = at(frame, "response", "usage");
    return isJson(usage) ? [found({ usage })] : [];
  }
  if (type !== "conversation.item.input_audio_transcription.completed") return [];
  return findAtTop(frame).map((one) => ({ ...one, model: UNNAMED_TRANSCRIBER, apart: true }));
}

/** A Live session is billed by time; models that it asks are billed by tokens, and told in events within events. */
function findLive(frame: Json): Found[] {
  const type = textAt(frame, "type");
  if (type === "response.event") return findResponse(objectAt(frame, "event")).map((one) => ({ ...one, apart: true }));
  if (type === "decision.event") {
    return findAtTop(objectAt(frame, "event", "decision")).map((one) => ({ ...one, apart: true }));
  }
  return type === "session.usage.updated" || type === "session.closed"
    ? findAtTop(frame).map(({ usage }) => found({ usage: { ...usage, type: "duration" } }))
    : [];
}

const REALTIME: TurnRow = {
  marks: ["usage"],
  find: findRealtime,
  counts: openaiCounts,
  begins: /"response\.created"/,
  words: /"response\.(?!(?:output_)?audio\.)[a-z_.]+\.delta"/,
  sound: /"response\.(?:output_)?audio\.delta"/,
  sums: false,
};

/** How each kind of socket tells its usage. */
export const TURN_ROWS: Record<SocketMeterKind, TurnRow> = {
  realtime: REALTIME,
  "responses-socket": { ...REALTIME, find: (frame) => findResponse(frame).filter(({ pending }) => !pending) },
  "live-sessions": { ...REALTIME, find: findLive, sums: true },
  "gemini-live": {
    marks: ["usageMetadata"],
    find: (frame) => findGenerated(frame).filter(({ usage }) => Object.keys(usage).length > 0),
    counts: geminiCounts,
    begins: /"serverContent"|"toolCall"/,
    words: /"text"/,
    sound: /"inlineData"/,
    sums: false,
  },
};

/** The model of transcripts, where a session tells it. */
export const transcriberOf = (frame: Json): string | null =>
  textAt(frame, "session", "audio", "input", "transcription", "model") ??
  textAt(frame, "session", "input_audio_transcription", "model");

/** Tells whether a finding is of a transcript whose model isn't known by itself. */
export const isUnnamed = ({ model }: Found): boolean => model === UNNAMED_TRANSCRIBER;
