import type { Route } from "../routes.ts";
import { chat } from "./chat.ts";
import { embeddings, images, models, moderations, oneModel } from "./data.ts";
import { deleted, speech, transcription, upload } from "./files.ts";
import { responses } from "./responses.ts";

/** OpenAI's endpoints. */
export const OPENAI_ROUTES: readonly Route[] = [
  { method: "POST", path: /^\/v1\/chat\/completions$/, json: true, answer: chat },
  { method: "POST", path: /^\/v1\/responses$/, json: true, answer: responses },
  { method: "POST", path: /^\/v1\/embeddings$/, json: true, answer: embeddings },
  { method: "GET", path: /^\/v1\/models$/, answer: models },
  { method: "GET", path: /^\/v1\/models\/([^/]+)$/, answer: (_call, [id = ""]) => oneModel(id) },
  { method: "POST", path: /^\/v1\/audio\/speech$/, json: true, answer: speech },
  { method: "POST", path: /^\/v1\/audio\/transcriptions$/, answer: transcription },
  { method: "POST", path: /^\/v1\/files$/, answer: upload },
  { method: "DELETE", path: /^\/v1\/files\/([^/]+)$/, answer: (_call, [id = ""]) => deleted(id) },
  { method: "POST", path: /^\/v1\/images\/generations$/, json: true, answer: images },
  { method: "POST", path: /^\/v1\/moderations$/, json: true, answer: moderations },
];

/** What Gemini offers in OpenAI's words. */
export const GEMINI_OPENAI_ROUTES: readonly Route[] = [
  { method: "POST", path: /^\/v1beta\/openai\/chat\/completions$/, json: true, answer: chat },
  { method: "POST", path: /^\/v1beta\/openai\/embeddings$/, json: true, answer: embeddings },
  { method: "GET", path: /^\/v1beta\/openai\/models$/, answer: models },
  { method: "GET", path: /^\/v1beta\/openai\/models\/([^/]+)$/, answer: (_call, [id = ""]) => oneModel(id) },
];
