import type { Call } from "../call.ts";
import { field, textOf } from "../json.ts";
import { reply } from "../words.ts";
import { callOf } from "./turn.ts";

/** A message on Live, of either kind. */
export function geminiTurn(handshake: Call, message: unknown, turn: number): object[] {
  if (field(message, "setup") !== undefined) return [{ setupComplete: {} }];
  if (field(message, "playbackControl") === "PLAY") {
    return [{ serverContent: { audioChunks: [{ data: "AAEC", mimeType: "audio/l16;rate=48000" }] } }];
  }
  const turns = field(message, "clientContent", "turns") ?? field(message, "realtimeInput");
  if (turns === undefined) return [];
  const call = callOf(handshake, message, turn, "");
  const { pieces, usage } = reply(call, textOf(turns), textOf(turns), null);
  return [
    ...pieces.map((text) => ({ serverContent: { modelTurn: { role: "model", parts: [{ text }] } } })),
    { serverContent: { generationComplete: true } },
    {
      serverContent: { turnComplete: true },
      usageMetadata: {
        promptTokenCount: usage.input,
        responseTokenCount: usage.output,
        totalTokenCount: usage.input + usage.output,
      },
    },
  ];
}
