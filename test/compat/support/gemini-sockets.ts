import { GoogleGenAI, type LiveServerMessage, type Session } from "@google/genai";
import { GoogleGenAI as GoogleGenAI1 } from "google-genai-1";
import { errorFacts } from "./ways.ts";
import type { Way } from "./clients.ts";
import { type Line, Talk } from "./talk.ts";

/** The versions under test. */
type Make = (way: Way, apiVersion?: string) => GoogleGenAI;

const options = (url: string, apiVersion?: string) => ({
  baseUrl: url,
  ...(apiVersion !== undefined && { apiVersion }),
});

/** @google/genai 3 */
export const GENAI_3_LIVE: Make = ({ url, key }, version) =>
  new GoogleGenAI({ apiKey: key, httpOptions: options(url, version) });

/** @google/genai 1. Cast: as with the other clients of two majors. */
export const GENAI_1_LIVE: Make = ({ url, key }, version) =>
  new GoogleGenAI1({ apiKey: key, httpOptions: options(url, version) }) as unknown as GoogleGenAI;

const callbacksOf = (talk: Talk) => ({
  onerror: (event: { message?: string }) => talk.note("error", event.message),
  onclose: ({ code, reason }: { code: number; reason: string }) => talk.close(code, reason),
});

/** A Live session: set up, two turns, closed. */
export async function live(make: Make, way: Way, apiVersion?: string, model = "gemini-live"): Promise<Line[]> {
  const talk = new Talk();
  let turns = 0;
  const goOn = (session: Session): void => {
    if (turns++ < 2) session.sendClientContent({ turns: `hello gate, grüße ${turns} 🐈`, turnComplete: true });
    else session.close();
  };
  const onmessage = (message: LiveServerMessage): void => {
    talk.note("message", message);
    if (message.serverContent?.turnComplete === true) void connecting.then(goOn);
  };
  const callbacks = { ...callbacksOf(talk), onmessage };
  const connecting = make(way, apiVersion).live.connect({ model, callbacks });
  try {
    const session = await connecting;
    talk.note("connected");
    goOn(session);
  } catch (error) {
    talk.note("threw", errorFacts(error));
    talk.end();
  }
  return talk.whole();
}

/** A music session. */
export async function music(make: Make, way: Way): Promise<Line[]> {
  const talk = new Talk();
  const onmessage = (message: object): void => {
    talk.note("message", message);
    if ("serverContent" in message) session.close();
  };
  const callbacks = { ...callbacksOf(talk), onmessage };
  const session = await make(way, "v1alpha").live.music.connect({ model: "models/lyria-fake", callbacks });
  session.play();
  return talk.whole();
}
