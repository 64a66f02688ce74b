/**
 * Items that tell who the holder is: the token, and accounts of their own that would clash with the real key's
 * (openai's OpenAIRealtimeWebSocket and agents-realtime in browsers).
 */
const PRIVATE = /^openai-(?:insecure-api-key|organization|project)\./i;
/** RFC 9110 §5.6.2: what is no token can't be selected, and would make the handshake fail. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The subprotocols that a client offers, without the credential and account items among them.
 *
 * @param headers of the handshake
 * @param secrets strings that may not stand in any
 */
export function offeredSubprotocols(headers: Headers, secrets: readonly string[]): string[] {
  return (headers.get("sec-websocket-protocol") ?? "")
    .split(",")
    .map((item) => item.trim())
    .filter((item) => NAME.test(item) && !PRIVATE.test(item) && !secrets.some((secret) => item.includes(secret)));
}

/**
 * The subprotocol to answer a handshake with. A client that offered some fails where none is selected, or another one.
 *
 * @param offered by the client, without its credentials
 * @param chosen by the provider; null where it chose none, or wasn't asked
 * @returns null: none
 */
export function selectedSubprotocol(offered: readonly string[], chosen: string | null): string | null {
  const wanted = chosen?.trim() ?? "";
  return offered.find((item) => item === wanted) ?? offered[0] ?? null;
}
