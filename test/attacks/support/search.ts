// Finds a secret in whatever left, also where somebody or something has written it in another way on the way out.

/** Shorter pieces would be found by chance. */
const SHORTEST = 12;
/** How often escapes are undone: a server does it once or twice. */
const MOST_LAYERS = 3;

const reversed = (text: string): string => text.split("").toReversed().join("");

/** Letters and digits alone, in lower case: line breaks, quotes, NULs of UTF-16 and both alphabets of base64 make no difference. */
const squeezed = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

/** base64 at each of the three offsets that a text may have, without the characters that depend on its neighbours. */
function base64Forms(text: string): string[] {
  return [0, 1, 2].map((offset) => {
    const whole = Buffer.from("\0".repeat(offset) + text, "latin1").toString("base64");
    const spoiled = (offset + text.length) % 3 === 0 ? 0 : 4;
    return whole.slice(offset === 0 ? 0 : 4, whole.length - spoiled);
  });
}

const hex = (text: string): string => Buffer.from(text, "latin1").toString("hex");

/**
 * Both halves of a secret: whoever has one of them has most of it, and a cut goes through one of them at most.
 *
 * @throws where they would be found by chance
 */
function halves(secret: string): string[] {
  const middle = Math.floor(secret.length / 2);
  if (middle < SHORTEST) throw new Error("The secret is too short to be searched for.");
  return [secret.slice(0, middle), secret.slice(middle)];
}

/** All ways in which a secret is looked for, as `readings` writes texts. */
export function needlesOf(secret: string): string[] {
  const forms = halves(secret).flatMap((half) =>
    [half, reversed(half)].flatMap((text) => [text, hex(text), ...base64Forms(text)]),
  );
  return forms.map(squeezed);
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const fromHex = (_: string, digits: string): string => String.fromCharCode(Number.parseInt(digits, 16));

/** Percent-encoding, escapes of JSON and JavaScript, and entities of HTML, undone once. */
const unescaped = (text: string): string =>
  text
    .replaceAll(/%([0-9a-f]{2})/gi, fromHex)
    .replaceAll(/\\u00([0-9a-f]{2})/gi, fromHex)
    .replaceAll(/\\x([0-9a-f]{2})/gi, fromHex)
    .replaceAll(/&#x([0-9a-f]{1,4});/gi, fromHex)
    .replaceAll(/&#(\d{1,5});/g, (_, digits: string) => String.fromCharCode(Number(digits)))
    .replaceAll(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);

/** The frames of `transfer-encoding: chunked`, taken out. */
const unchunked = (text: string): string => text.replaceAll(/\r\n[0-9a-f]{1,8}\r\n/gi, "");

/**
 * A text as it may be read.
 *
 * @param text a byte a character (latin1)
 */
export function readings(text: string): string[] {
  const found = new Set<string>();
  for (let layer = 0, reading = text; layer <= MOST_LAYERS; layer++) {
    found.add(squeezed(reading));
    found.add(squeezed(unchunked(reading)));
    const next = unescaped(reading);
    if (next === reading) break;
    reading = next;
  }
  return [...found];
}

/** Whether a secret, or one half of it, can be read out of a text. */
export const holds = (text: string, secret: string): boolean => {
  const texts = readings(text);
  return needlesOf(secret).some((needle) => texts.some((reading) => reading.includes(needle)));
};
