import { ask, fakeUpstream, type Sent, type TestToken } from "./gateway.ts";

/** Where an upload goes on at the fake upstream. */
export const UPLOAD = "/upload/v1beta/files?upload_id=u-1&upload_protocol=resumable";
/** Gemini's origin. */
export const GOOGLE = "https://generativelanguage.googleapis.com";
/** Headers of a second leg. */
export const GO_ON = { "x-goog-upload-command": "upload, finalize", "x-goog-upload-offset": "0" };

/** Stands in for Gemini's uploads: each answer says where to go on. */
export function fakeUploads(): Sent[] {
  const headers = { "x-goog-upload-url": GOOGLE + UPLOAD, "x-goog-upload-status": "active" };
  return fakeUpstream(() => Response.json({}, { headers })).sent;
}

/** Begins an upload; gives path and query of the address that the holder is sent to. */
export async function begin({ secret }: TestToken, sent: Sent[]): Promise<string> {
  const response = await ask("/upload/v1beta/files", { method: "POST", headers: { "x-goog-api-key": secret } });
  const url = new URL(response.headers.get("x-goog-upload-url") ?? "");
  sent.length = 0;
  return url.pathname + url.search;
}

/** Goes on with an upload. */
export function goOn(address: string, headers: Record<string, string> = {}, method = "POST"): Promise<Response> {
  return ask(address, { method, headers: { ...GO_ON, ...headers }, body: "bytes" });
}
