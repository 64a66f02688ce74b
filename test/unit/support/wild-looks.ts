// What the property tests look for, written apart from the gateway's own code: a test that asks the code under test what
// is right can't find it wrong.

/** Undoes one layer of percent-encoding, byte by byte. */
export function unescapedOnce(text: string): string {
  return text.replaceAll(/%[0-9a-f]{2}/gi, (escape) => String.fromCharCode(Number.parseInt(escape.slice(1), 16)));
}

function* readings(text: string): Generator<string> {
  let reading = text;
  for (let depth = 0; depth < 4; depth++) {
    yield reading;
    const next = unescapedOnce(reading);
    if (next === reading) return;
    reading = next;
  }
}

/** Everything that decodes as base64 somewhere in a text. */
function* base64Of(text: string): Generator<string> {
  for (const [run] of text.matchAll(/[A-Za-z0-9+/_-]{20,}/g)) {
    for (let offset = 0; offset < 4; offset++) {
      const from = run.slice(offset).replaceAll("-", "+").replaceAll("_", "/");
      yield atob(from.slice(0, from.length - (from.length % 4)));
    }
  }
}

/**
 * Tells whether a secret can be read out of a text: as it is, percent-encoded once or more, base64 at any offset, or any
 * of these within the other.
 */
export function canRead(secret: string, text: string): boolean {
  for (const reading of readings(text)) {
    if (reading.toLowerCase().includes(secret.toLowerCase())) return true;
    for (const inner of base64Of(reading)) if (inner.includes(secret)) return true;
  }
  return false;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/**
 * What is wrong with a refusal: it must be a 4xx or 5xx that says why, in a shape that an SDK of a provider reads.
 *
 * @param response with `x-doppelgate-error`
 * @returns a sentence; empty where nothing is
 */
export async function refusalProblem(response: Response): Promise<string> {
  const code = response.headers.get("x-doppelgate-error");
  if (response.status < 400) return `${code} with status ${response.status}`;
  if (code === "internal_error" || response.status === 500) return "an internal error";
  if (response.headers.get("content-type") !== "application/json") return "a refusal that isn't JSON";
  const body: unknown = await response.clone().json();
  if (!isRecord(body) || !isRecord(body["error"])) return "a refusal without an error object";
  const { message, type, code: googleCode } = body["error"];
  if (typeof message !== "string" || message.length < 20) return "a refusal without a readable message";
  if (typeof type !== "string" && googleCode !== response.status) return "a refusal in no provider's shape";
  return "";
}
