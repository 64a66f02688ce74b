import type { Recording } from "../../fake-provider/index.ts";
import { wireOf } from "./wire.ts";

/** Headers in which two handshakes may differ, each with the reason. */
const HANDSHAKE_HEADERS: ReadonlyMap<string, string> = new Map([
  ["sec-websocket-key", "is random (RFC 6455 §4.1)"],
  ["sec-websocket-extensions", "belongs to one connection: the gateway's has no compression"],
  ["sec-websocket-protocol", "holds credentials; compared apart"],
  // SDKs fill these from the holder's environment; with the owner's key they'd be another account's.
  ["openai-organization", "stays here"],
  ["openai-project", "stays here"],
]);

/** The subprotocols that a handshake offered, but for credentials and accounts. */
function offered(recording: Recording): string[] {
  return recording.headers
    .filter(([name]) => name.toLowerCase() === "sec-websocket-protocol")
    .flatMap(([, value]) => value.split(","))
    .map((item) => item.trim())
    .filter((item) => !/^openai-(?:insecure-api-key|organization|project)\./.test(item));
}

/** What is compared of a handshake and of what the client sent afterwards. */
export function handshakeOf(recording: Recording): unknown {
  const { headers, target, method } = wireOf(recording);
  return {
    method,
    // @google/genai dials `//ws/…?key=`, which must arrive as `/ws/…`.
    target: target.replace(/^\/+/, "/").replace(/\?key=[^&]*$/, ""),
    headers: headers.filter(([name]) => !HANDSHAKE_HEADERS.has(name)),
    offered: offered(recording),
    received: recording.socket?.received.map(({ data, binary }) => ({ data, binary })),
    closing: recording.socket?.closing && [recording.socket.closing.code, recording.socket.closing.reason],
  };
}
