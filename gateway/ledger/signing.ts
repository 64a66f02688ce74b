import { sha256 } from "../../shared/hash.ts";

const PREFIX = "whsec_";
/** The specification asks for 24 to 64 bytes. */
const SECRET_BYTES = 24;

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const bytesOf = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** A new signing secret in the form of standardwebhooks.com. */
export const newSigningSecret = (): string => PREFIX + base64(crypto.getRandomValues(new Uint8Array(SECRET_BYTES)));

/**
 * The id of a message, the same at each try: what a receiver tells repeats by. Notices' own ids may hold full stops, and
 * those part what is signed.
 *
 * @param noticeId what happened
 */
export async function messageId(noticeId: string): Promise<string> {
  return `msg_${(await sha256(noticeId)).slice(0, 32)}`;
}

/**
 * The headers that prove where a message comes from (Standard Webhooks, Signature scheme `v1`): HMAC-SHA256 of id, time and
 * body. The time keeps an old message from being sent again by somebody else.
 *
 * @param secrets from `newSigningSecret`; a receiver that knows one of them accepts the message
 * @param id from `messageId`
 * @param now ms since 1970
 */
export async function signed(
  secrets: readonly string[],
  id: string,
  body: string,
  now: number,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1_000));
  const content = new TextEncoder().encode(`${id}.${timestamp}.${body}`);
  const sign = async (secret: string): Promise<string> => {
    const raw = bytesOf(secret.slice(PREFIX.length));
    const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    return `v1,${base64(new Uint8Array(await crypto.subtle.sign("HMAC", key, content)))}`;
  };
  const signatures = await Promise.all(secrets.map(sign));
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}
