import { scrubText } from "../scrub.ts";

/** What a provider's codes look like: `invalid_api_key`, `authentication_error`, `API_KEY_INVALID`. */
const CODE = /^[A-Za-z][A-Za-z0-9_.-]{2,63}$/;
/** What is as long as that, and stands in a key, may be a part of it. */
const SUSPICIOUS = 8;

/**
 * Where providers write them, the most telling first: Google's `reason` (google.rpc.ErrorInfo), OpenAI's `code`, Anthropic's
 * and OpenAI's `type`, Google's `status`. Found in the text, since only its beginning may have been read.
 */
const PLACES = [
  /"reason"\s*:\s*"([^"\\]*)"/,
  /"code"\s*:\s*"([^"\\]*)"/,
  /"type"\s*:\s*"(?!error")([^"\\]*)"/,
  /"status"\s*:\s*"([^"\\]*)"/,
];

/**
 * The provider's own name of an error: for the owner, and nothing else of its body is kept.
 *
 * @param text the beginning of the error's body
 * @param keys all of the provider's: what may be a part of one is no code
 * @returns null where none is found
 */
export function errorCode(text: string, keys: readonly string[]): string | null {
  for (const place of PLACES) {
    const code = place.exec(text)?.[1];
    if (code === undefined || !CODE.test(code) || scrubText(code, keys) !== code) continue;
    if (code.length >= SUSPICIOUS && keys.some((key) => key.includes(code))) continue;
    return code;
  }
  return null;
}
