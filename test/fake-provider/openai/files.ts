import { type Answer, type Call, CREATED, digest, whole } from "../call.ts";
import { field, string } from "../json.ts";
import { multipart, type Part } from "../multipart.ts";
import { words } from "../words.ts";

/** A silent MP3 frame: MPEG-1 layer III, 128 kbit/s, 44.1 kHz. */
const SILENCE = Buffer.concat([Buffer.from([0xff, 0xfb, 0x90, 0x44]), Buffer.alloc(413)]);

function form(call: Call): { file: Part; text(name: string): string } | null {
  const parts = multipart(call.body, call.headers["content-type"]);
  const file = parts?.find((part) => part.name === "file");
  if (parts === null || file === undefined) return null;
  return { file, text: (name) => parts.find((part) => part.name === name)?.content.toString("utf8") ?? "" };
}

function noFile(): Answer {
  const message = "'file' is a required property";
  return whole({ error: { message, type: "invalid_request_error", param: null, code: null } }, 400);
}

/** `POST /audio/speech`: as many silent frames as the input has words. */
export function speech(call: Call): Answer {
  const length = Math.max(1, words(string(field(call.json, "input"))).length);
  const body = Buffer.concat(Array.from({ length }, () => SILENCE));
  return { kind: "whole", status: 200, headers: { "content-type": "audio/mpeg" }, body };
}

/** `POST /audio/transcriptions`: the text says what arrived. */
export function transcription(call: Call): Answer {
  const sent = form(call);
  if (sent === null) return noFile();
  const { filename, content } = sent.file;
  const text = `Echo: ${filename} of ${content.length} bytes, sha256 ${digest(content)}`;
  if (sent.text("response_format") === "text") {
    return { kind: "whole", status: 200, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${text}\n` };
  }
  const input_token_details = { text_tokens: 0, audio_tokens: content.length };
  const output_tokens = words(text).length;
  const total_tokens = content.length + output_tokens;
  return whole({
    text,
    usage: { type: "tokens", input_tokens: content.length, input_token_details, output_tokens, total_tokens },
  });
}

/** `DELETE /files/{id}` */
export const deleted = (id: string): Answer => whole({ id, object: "file", deleted: true });

/** `POST /files`; `sha256` is the fake's own field, for tests. */
export function upload(call: Call): Answer {
  const sent = form(call);
  if (sent === null) return noFile();
  return whole({
    id: `file-${digest(sent.file.content).slice(0, 24)}`,
    object: "file",
    bytes: sent.file.content.length,
    created_at: CREATED,
    expires_at: null,
    filename: sent.file.filename,
    purpose: sent.text("purpose"),
    status: "processed",
    status_details: null,
    sha256: digest(sent.file.content),
  });
}
