import { vi } from "vitest";

/** Where the webhook of these tests is. */
export const HOOK_URL = "https://hooks.example/doppelgate";
/** What the owner says of it. */
export const HOOK = { url: HOOK_URL, events: ["token.first_used" as const] };

/** A message that reached a receiver. */
export interface Message {
  url: string;
  headers: Headers;
  body: string;
}

/** What receivers got, and how they answer: with 204 where nothing else is said, by address. */
export interface Receivers {
  messages: Message[];
  answers: Record<string, () => Promise<Response>>;
}

/** Stands in for all receivers. */
export function fakeReceivers(): Receivers {
  const receivers: Receivers = { messages: [], answers: {} };
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    receivers.messages.push({ url: request.url, headers: request.headers, body: await request.text() });
    return receivers.answers[request.url]?.() ?? new Response(null, { status: 204 });
  });
  return receivers;
}

/** An answer of a status and nothing else. */
export const answering = (status: number) => async (): Promise<Response> => new Response(null, { status });

const BLOCK = 64;

async function sha256(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const bytes = Uint8Array.from(parts.flatMap((part) => [...part]));
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The signature as a receiver works it out: Standard Webhooks, with HMAC by RFC 2104 written out. */
export async function signatureOf(
  secret: string,
  { headers, body }: Pick<Message, "headers" | "body">,
): Promise<string> {
  const key = Uint8Array.from(atob(secret.replace("whsec_", "")), (one) => one.charCodeAt(0));
  const padded = (mask: number): Uint8Array => Uint8Array.from({ length: BLOCK }, (_, at) => (key[at] ?? 0) ^ mask);
  const text = `${headers.get("webhook-id")}.${headers.get("webhook-timestamp")}.${body}`;
  const mac = await sha256(padded(0x5c), await sha256(padded(0x36), new TextEncoder().encode(text)));
  return `v1,${btoa(String.fromCharCode(...mac))}`;
}
