/** How an answer is given: what the name of a fake model asks for. */
export interface Plan {
  /** Answer this status in the provider's error shape. */
  status: number | null;
  /** This many numbered words as the answer's text, instead of the echo. */
  words: number | null;
  /** Pause between two pieces of a stream. */
  gapMs: number;
  /** Pause before the status line. */
  firstByteMs: number;
  /** What happens after half of the pieces (`reset`, `error`) or in place of the end (`never`). */
  end: "complete" | "reset" | "error" | "never";
  /** Token counts to report in place of the real ones. */
  usage: { input: number; output: number; cached: number; reasoning: number } | null;
  /** A special answer, whatever the endpoint. */
  special: "key-in-error" | "key-rejected" | "account-in-error" | "html" | "redirect" | null;
  /** What happens on a socket instead of a conversation. */
  socket: { fault: "close" | "cut" | "key" | "frame" | "ticks" | "echo"; count: number } | null;
  /** Compress the answer. */
  gzip: boolean;
  /** New ids with every request. */
  randomIds: boolean;
}

interface FakeModel {
  /** An example, as a test or a person would write it. */
  name: string;
  matches: RegExp;
  does: string;
  plan(numbers: number[]): Partial<Plan>;
}

const ORDINARY: Plan = {
  status: null,
  words: null,
  gapMs: 0,
  firstByteMs: 0,
  end: "complete",
  usage: null,
  special: null,
  socket: null,
  gzip: false,
  randomIds: false,
};

/**
 * What a test can ask for. The name goes where a model goes (body, multipart field, Gemini's path), or into the header
 * `x-fake-model` at endpoints that have no model. Every other model answers `Echo: …` at once.
 */
export const FAKE_MODELS: readonly FakeModel[] = [
  {
    name: "fake-status-429",
    matches: /^fake-status-(\d{3})$/,
    does: "that status in the provider's error shape; 429, 503 and 529 with retry-after",
    plan: ([status = 500]) => ({ status }),
  },
  {
    name: "fake-slow-stream-10x100",
    matches: /^fake-slow-stream(?:-(\d+)x(\d+))?$/,
    does: "10 pieces, 100 ms apart",
    plan: ([words = 10, gapMs = 100]) => ({ words, gapMs }),
  },
  {
    name: "fake-slow-first-byte-500",
    matches: /^fake-slow-first-byte(?:-(\d+))?$/,
    does: "nothing at all for 500 ms",
    plan: ([firstByteMs = 500]) => ({ firstByteMs }),
  },
  {
    name: "fake-reset-midstream",
    matches: /^fake-reset-midstream$/,
    does: "the connection is cut after half of the answer; on a socket at once",
    plan: () => ({ words: 6, gapMs: 20, end: "reset", socket: { fault: "cut", count: 0 } }),
  },
  {
    name: "fake-error-midstream",
    matches: /^fake-error-midstream$/,
    does: "the provider's error event after half of the stream",
    plan: () => ({ words: 6, gapMs: 20, end: "error" }),
  },
  {
    name: "fake-never-ends",
    matches: /^fake-never-ends$/,
    does: "a piece every 50 ms until the client leaves",
    plan: () => ({ words: 4, gapMs: 50, end: "never", socket: { fault: "ticks", count: 50 } }),
  },
  {
    name: "fake-words-2000",
    matches: /^fake-words-(\d+)$/,
    does: "an answer of 2,000 words; a stream has a piece for each",
    plan: ([words = 100]) => ({ words }),
  },
  {
    name: "fake-usage-100-20-60-5",
    matches: /^fake-usage-(\d+)-(\d+)(?:-(\d+)(?:-(\d+))?)?$/,
    does: "usage of 100 input (60 of them cached) and 20 output tokens (5 of them reasoning)",
    plan: ([input = 0, output = 0, cached = 0, reasoning = 0]) => ({ usage: { input, output, cached, reasoning } }),
  },
  {
    name: "fake-key-in-error",
    matches: /^fake-key-in-error$/,
    does: "403 that quotes the real key in the body and in a header, as Google does for a suspended key",
    plan: () => ({ special: "key-in-error" }),
  },
  {
    name: "fake-key-rejected",
    matches: /^fake-key-rejected$/,
    does: "what a wrong key gets, though the key is right: OpenAI's shows the key's ends",
    plan: () => ({ special: "key-rejected" }),
  },
  {
    name: "fake-account-in-error",
    matches: /^fake-account-in-error$/,
    does: "429 whose text names the account, as OpenAI's and Google's do",
    plan: () => ({ special: "account-in-error" }),
  },
  {
    name: "fake-html",
    matches: /^fake-html$/,
    does: "502 with a load balancer's HTML page",
    plan: () => ({ special: "html" }),
  },
  {
    name: "fake-redirect",
    matches: /^fake-redirect$/,
    does: "307 to another host",
    plan: () => ({ special: "redirect" }),
  },
  {
    name: "fake-gzip",
    matches: /^fake-gzip$/,
    does: "a gzip-encoded answer, where the client accepts one",
    plan: () => ({ gzip: true }),
  },
  {
    name: "fake-close-4001",
    matches: /^fake-close-(\d{4})$/,
    does: "on a socket: a close frame with that code and a reason; 1005: with neither",
    plan: ([count = 1000]) => ({ socket: { fault: "close", count } }),
  },
  {
    name: "fake-key-in-frame",
    matches: /^fake-key-in-frame$/,
    does: "on a socket: a text and a binary message and a close reason that show the real key",
    plan: () => ({ socket: { fault: "key", count: 0 } }),
  },
  {
    name: "fake-frame-1000000",
    matches: /^fake-frame-(\d+)$/,
    does: "on a socket: a text and a binary message of that many bytes",
    plan: ([count = 1]) => ({ socket: { fault: "frame", count } }),
  },
  {
    name: "fake-echo",
    matches: /^fake-echo$/,
    does: "on a socket: each message comes back; `burst 9` sends 9 of them, `close 4001 why` closes",
    plan: () => ({ socket: { fault: "echo", count: 0 } }),
  },
  {
    name: "fake-random-ids",
    matches: /^fake-random-ids$/,
    does: "new ids with every request; else the same request gets the same ids",
    plan: () => ({ randomIds: true }),
  },
];

/** The plan that a model's name asks for. */
export function planOf(model: string): Plan {
  for (const row of FAKE_MODELS) {
    const match = row.matches.exec(model);
    if (match === null) continue;
    // A group that isn't there stays undefined, so that the row's own default counts.
    const numbers = match.slice(1).filter((group) => group !== undefined);
    return { ...ORDINARY, ...row.plan(numbers.map(Number)) };
  }
  return ORDINARY;
}
