import { type Answer, type Call, whole } from "../call.ts";
import { failure } from "../errors.ts";
import { field, string } from "../json.ts";
import { keepFile } from "./files.ts";

/** All parts but the last must be a multiple of this, in bytes. */
const GRANULARITY = 256 * 1024;

interface Upload {
  path: string;
  declared: number;
  mimeType: string;
  displayName: string | undefined;
  parts: Buffer[];
  received: number;
  state: "active" | "final" | "cancelled";
}

/** Uploads by id, finished ones too. They go with the process. */
const uploads = new Map<string, Upload>();

const header = (call: Call, name: string): string => string(call.headers[name]);

/** Tells whether a request goes on with a known upload: then the id is credential enough, as with the real one. */
export const isKnownUpload = (call: Call): boolean => uploads.has(call.query.get("upload_id") ?? "");

function stand(upload: Upload): Record<string, string> {
  return { "x-goog-upload-status": upload.state, "x-goog-upload-size-received": String(upload.received) };
}

/** `X-Goog-Upload-Command: start` */
function begin(call: Call): Answer {
  if (header(call, "x-goog-upload-protocol") !== "resumable" || header(call, "x-goog-upload-command") !== "start") {
    return failure("gemini", call, 400, "Invalid upload request: expected the start of a resumable upload.");
  }
  const id = call.id("ABPt-_");
  const name = string(field(call.json, "file", "displayName")) || string(field(call.json, "displayName"));
  uploads.set(id, {
    path: call.path,
    declared: Number(header(call, "x-goog-upload-header-content-length")),
    mimeType: header(call, "x-goog-upload-header-content-type"),
    displayName: name === "" ? undefined : name,
    parts: [],
    received: 0,
    state: "active",
  });
  // The real one repeats a key that it got in the query.
  const key = call.query.get("key");
  const url = `${call.origin}${call.path}?${key === null ? "" : `key=${key}&`}upload_id=${id}&upload_protocol=resumable`;
  const headers = {
    "x-goog-upload-url": url,
    "x-goog-upload-control-url": url,
    "x-goog-upload-chunk-granularity": String(GRANULARITY),
    "x-goog-upload-header-x-google-backends": "fake-backend:1",
    "x-guploader-uploadid": id,
    "x-goog-upload-status": "active",
  };
  return { kind: "whole", status: 200, headers: { "content-type": "text/plain; charset=utf-8", ...headers }, body: "" };
}

function refused(call: Call, upload: Upload, message: string): Answer {
  const answer = failure("gemini", call, 400, message);
  return answer.kind === "whole" ? { ...answer, headers: { ...answer.headers, ...stand(upload) } } : answer;
}

function finish(call: Call, upload: Upload, id: string): Answer {
  if (upload.received !== upload.declared) {
    return refused(call, upload, `Received ${upload.received} of ${upload.declared} bytes.`);
  }
  upload.state = "final";
  const { mimeType, displayName, path } = upload;
  const file = { bytes: Buffer.concat(upload.parts), mimeType, displayName, source: "UPLOADED" as const };
  upload.parts = [];
  const { description } = keepFile(id, file);
  const store = /(fileSearchStores\/[^/:]+):/.exec(path)?.[1];
  if (store !== undefined) return whole({ name: `${store}/upload/operations/${id}`, done: true }, 200, stand(upload));
  const environment = /environments\/[^/]+\/files\/(.+)$/.exec(path)?.[1];
  if (environment !== undefined) return whole({ path: environment, file_type: "file" }, 200, stand(upload));
  return whole({ file: description }, 200, stand(upload));
}

function goOn(call: Call, upload: Upload, id: string): Answer {
  const commands = header(call, "x-goog-upload-command")
    .split(",")
    .map((command) => command.trim());
  const nothing = { kind: "whole" as const, status: 200, body: "" };
  if (commands.includes("query")) return { ...nothing, headers: stand(upload) };
  if (upload.state !== "active") return refused(call, upload, "Upload has already been terminated.");
  if (commands.includes("cancel")) {
    upload.state = "cancelled";
    return { ...nothing, headers: stand(upload) };
  }
  const last = commands.includes("finalize");
  if (commands.includes("upload")) {
    const offset = Number(header(call, "x-goog-upload-offset"));
    if (offset !== upload.received)
      return refused(call, upload, `Wrong offset ${offset}; expected ${upload.received}.`);
    if (!last && call.body.length % GRANULARITY !== 0) return refused(call, upload, "Part of an odd size.");
    upload.parts.push(call.body);
    upload.received += call.body.length;
  }
  return last ? finish(call, upload, id) : { ...nothing, headers: stand(upload) };
}

/** `POST /upload/…`: begins a resumable upload, or goes on with one (developers.google.com, resumable upload protocol). */
export function upload(call: Call): Answer {
  const id = call.query.get("upload_id");
  if (id === null) return begin(call);
  const known = uploads.get(id);
  return known === undefined ? failure("gemini", call, 404, "Upload not found.") : goOn(call, known, id);
}
