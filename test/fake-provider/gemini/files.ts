import { createHash } from "node:crypto";
import { type Answer, type Call, CREATED_ISO, digest, whole } from "../call.ts";
import { failure } from "../errors.ts";

/** Addresses in Gemini's answers name its public host, whatever was asked. */
const HOME = "https://generativelanguage.googleapis.com";

/** What a file is kept with. */
export interface StoredFile {
  bytes: Buffer;
  mimeType: string;
  displayName: string | undefined;
  source: "UPLOADED" | "GENERATED";
}

/** Files by id. They go with the process. */
const files = new Map<string, StoredFile>();

/** The address under which a generated file is offered. */
export const downloadUri = (id: string): string => `${HOME}/v1beta/files/${id}:download?alt=media`;

function describe(id: string, { bytes, mimeType, displayName, source }: StoredFile): unknown {
  return {
    name: `files/${id}`,
    ...(displayName !== undefined && { displayName }),
    mimeType,
    sizeBytes: String(bytes.length),
    createTime: CREATED_ISO,
    updateTime: CREATED_ISO,
    expirationTime: CREATED_ISO,
    sha256Hash: createHash("sha256").update(bytes).digest("base64"),
    uri: `${HOME}/v1beta/files/${id}`,
    state: "ACTIVE",
    source,
    ...(source === "GENERATED" && { downloadUri: downloadUri(id) }),
  };
}

/**
 * Keeps a file.
 *
 * @param seed the same one gets the same id again
 * @returns the id and what the API says of the file
 */
export function keepFile(seed: string, file: StoredFile): { id: string; description: unknown } {
  const id = digest(`file ${seed}`).slice(0, 12);
  files.set(id, file);
  return { id, description: describe(id, file) };
}

const notFound = (call: Call, id: string): Answer =>
  failure("gemini", call, 403, `You do not have permission to access the File ${id} or it may not exist.`);

/** `GET /files/{id}` */
export function oneFile(call: Call, id: string): Answer {
  const file = files.get(id);
  return file === undefined ? notFound(call, id) : whole(describe(id, file));
}

/** `DELETE /files/{id}` */
export function deleteFile(call: Call, id: string): Answer {
  return files.delete(id) ? whole({}) : notFound(call, id);
}

/** `GET /files/{id}:download`: a redirect to where the bytes are, with the whole query, a key in it included. */
export function redirectToFile(call: Call, version: string, id: string): Answer {
  if (!files.has(id) && !LARGE.test(id)) return notFound(call, id);
  const location = `${call.origin}/download/${version}/files/${id}:download?${call.query.toString()}`;
  return { kind: "whole", status: 302, headers: { location }, body: "" };
}

/** A file that nobody has to keep: `large200` has 200 MiB of the letter x. */
const LARGE = /^large(\d+)$/;
const MIB = { text: "x".repeat(1024 * 1024), piece: false };

/** `GET /download/…/files/{id}:download` */
export function fileBytes(call: Call, id: string): Answer {
  const mib = Number(LARGE.exec(id)?.[1] ?? 0);
  if (mib > 0) {
    const headers = { "content-type": "video/mp4", "content-length": String(mib * MIB.text.length) };
    return { kind: "stream", headers, frames: Array.from({ length: mib }, () => MIB) };
  }
  const file = files.get(id);
  if (file === undefined) return notFound(call, id);
  return { kind: "whole", status: 200, headers: { "content-type": file.mimeType }, body: file.bytes };
}
