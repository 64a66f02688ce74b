import { between } from "./random.ts";

/** One of the tokens in play. */
export interface Player {
  id: string;
  secret: string;
}

/** How a request ended, as its client saw it. */
export interface Seen {
  player: Player;
  /** HTTP status; 0: the client left before there was one, or the connection broke. */
  status: number;
  /** `x-doppelgate-error`; null: the provider's answer. */
  refusal: string | null;
  /** Whether the whole answer came. */
  finished: boolean;
  /** Whether the client left on purpose. */
  left: boolean;
  /** What the answer said that was used, by the provider's number of the call; null: it said nothing. */
  serial: number | null;
  /** Whether a chat's stream held a chunk that nobody had asked for. */
  surprised: boolean;
}

const MODELS = ["gpt-4.1-mini", "gpt-4o", "claude-haiku-4-5", "claude-sonnet-4-5"] as const;
const SERIAL = /"serial_tokens":(\d+)/g;

function bodyOf(random: () => number, model: string, stream: boolean, asks: boolean): string {
  const prompt = "x".repeat(between(random, 1, 600));
  return JSON.stringify({
    model,
    max_tokens: between(random, 1, 40),
    messages: [{ role: "user", content: prompt }],
    ...(stream && { stream }),
    ...(stream && asks && { stream_options: { include_usage: true } }),
  });
}

/**
 * Sends one request, of random kind and size, and leaves it half-way now and then.
 *
 * @param gateway its origin
 */
export async function play(gateway: string, player: Player, random: () => number): Promise<Seen> {
  const model = MODELS[between(random, 0, MODELS.length - 1)] ?? MODELS[0];
  const anthropic = model.startsWith("claude");
  const stream = random() < 0.5;
  const asks = !anthropic && random() < 0.5;
  const leaving = new AbortController();
  const leaves = random() < 0.1;
  const timer = leaves ? setTimeout(() => leaving.abort(), between(random, 0, 60)) : null;
  const seen: Seen = {
    player,
    status: 0,
    refusal: null,
    finished: false,
    left: leaves,
    serial: null,
    surprised: false,
  };
  try {
    const answer = await fetch(`${gateway}${anthropic ? "/v1/messages" : "/v1/chat/completions"}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(anthropic
          ? { "x-api-key": player.secret, "anthropic-version": "2023-06-01" }
          : { authorization: `Bearer ${player.secret}` }),
      },
      body: bodyOf(random, model, stream, asks),
      signal: leaving.signal,
    });
    seen.status = answer.status;
    seen.refusal = answer.headers.get("x-doppelgate-error");
    const text = await answer.text();
    seen.finished = true;
    const serial = [...text.matchAll(SERIAL)].at(-1)?.[1];
    seen.serial = serial === undefined ? null : Number(serial);
    seen.surprised = stream && !anthropic && !asks && /"choices":\[\]|"usage"/.test(text);
  } catch {
    // The client left, or the provider broke off: what had come by then stands in `seen`.
  } finally {
    if (timer !== null) clearTimeout(timer);
  }
  return seen;
}
