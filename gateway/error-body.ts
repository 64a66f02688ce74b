import type { Provider } from "../shared/providers.ts";
import { plainBody } from "./codings.ts";
import { cleanStatusText } from "./headers.ts";
import { PROVIDER_ROWS, ROUTE_ROWS, type Route } from "./providers.ts";
import { Refused } from "./refusals.ts";
import { scrubber, scrubText } from "./scrub.ts";

/** How much of an error body is looked at, in characters, to tell what it is about. */
const PEEKED_LENGTH = 16_384;
/** How much of it goes into the owner's log. */
const REASON_LENGTH = 500;

/** Reads the beginning of a body, and gives it back whole: an error says in its first lines what it is about. */
async function peek(body: ReadableStream<Uint8Array>): Promise<{ text: string; body: ReadableStream<Uint8Array> }> {
  const [one, other] = body.tee();
  const reader = one.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < PEEKED_LENGTH) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    // A provider that breaks off in the middle of an error: what came is all there is to judge by, and is passed on.
  }
  void reader.cancel().catch(() => undefined);
  return { text, body: other };
}

/** Turns an answer about the gateway's own key into a refusal: the holder would take their token for dead. */
function refuseKeyRejection(status: number, text: string, provider: Provider, key: string): void {
  const rejections = PROVIDER_ROWS[provider].keyRejections;
  if (rejections.some((one) => one.status === status && (one.body === null || one.body.test(text)))) {
    // Cut afterwards: a key that stands across the cut would leave its beginning in the log.
    const reason = scrubText(text, key).slice(0, REASON_LENGTH);
    throw new Refused({ code: "provider_key_rejected", provider, status, reason });
  }
}

/**
 * An error of the provider's as a holder may see it: without the provider key, and without what tells whose account it is.
 *
 * @param upstream an answer that isn't 2xx and has a body
 * @param route how the request was spoken
 * @param key the provider key, visible ASCII
 * @throws Refused `provider_key_rejected` where it is about the gateway's key; `unreadable_provider_error`
 */
export async function scrubbed(upstream: Response, route: Route, key: string): Promise<Response> {
  const { provider } = ROUTE_ROWS[route];
  let body = await plainBody(upstream);
  // What can't be read can't be searched for the key, and so can't be let out.
  if (body === null) throw new Refused({ code: "unreadable_provider_error", provider, status: upstream.status });
  if (PROVIDER_ROWS[provider].keyRejections.some(({ status }) => status === upstream.status)) {
    const peeked = await peek(body);
    refuseKeyRejection(upstream.status, peeked.text, provider, key);
    body = peeked.body;
  }
  const response = new Response(body.pipeThrough(scrubber(key)), {
    status: upstream.status,
    statusText: cleanStatusText(upstream.statusText, key),
    headers: upstream.headers,
  });
  response.headers.delete("content-encoding");
  response.headers.delete("content-length");
  return response;
}
