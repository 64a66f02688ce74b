import { type Answer, type Call, digest, whole } from "../call.ts";
import { failure } from "../errors.ts";
import { downloadUri, keepFile } from "./files.ts";

/** The ids of generated videos' files, by the name of their operation. They go with the process. */
const operations = new Map<string, string>();

/** `POST /models/{model}:predictLongRunning` */
export function generateVideo(call: Call): Answer {
  const name = `models/${call.model}/operations/${call.id("")}`;
  const bytes = Buffer.from(digest(call.body).repeat(1000));
  const { id } = keepFile(name, { bytes, mimeType: "video/mp4", displayName: undefined, source: "GENERATED" });
  operations.set(name, id);
  return whole({ name });
}

/** `GET /models/{model}/operations/{id}`: by the first look, it is done. */
export function operation(call: Call, name: string): Answer {
  const id = operations.get(name);
  if (id === undefined) return failure("gemini", call, 404, `Operation ${name} not found.`);
  const generatedSamples = [{ video: { uri: downloadUri(id) } }];
  const response = {
    "@type": "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse",
    generateVideoResponse: { generatedSamples },
  };
  return whole({ name, done: true, response });
}
