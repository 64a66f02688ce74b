/** A refusal as its holder reads it. */
export interface Told {
  status: number;
  /** `x-doppelgate-error`; of the admin's API the end of the problem's type. */
  code: string;
  message: string;
}

export const UNAVAILABLE: Told = {
  status: 503,
  code: "token_check_unavailable",
  message: "The gateway can't check tokens right now. Try again in a moment.",
};
export const UNKNOWN: Told = {
  status: 401,
  code: "unknown_token",
  message: "This token is not valid here. Check that it was copied whole, or ask its owner for a new one.",
};
export const UNREACHABLE: Told = {
  status: 503,
  code: "provider_unreachable",
  message: "OpenAI could not be reached. Try again in a moment.",
};
/** Of a token that may have three requests at the same time. */
export const CONCURRENCY: Told = {
  status: 429,
  code: "concurrency_limited",
  message: "Your token may have 3 requests at the same time, and all are busy. Try again in a moment.",
};
/** What the admin's API says where its registry just restarted. */
export const BUSY: Told = {
  status: 503,
  code: "busy",
  message:
    "The registry is starting or busy, and your action may not have been done. Look at the list, then try again.",
};

/** A row of docs/faults.md. */
interface Row {
  /** What the holder sees; of what the owner does, what the owner sees. */
  sees: string;
  lost: string;
  /** Tests of other tiers that show more of it: file and title. */
  also?: readonly (readonly [file: string, test: string])[];
}

const told = ({ status, code, message }: Told): string => `${status} \`${code}\`: “${message}”`;
const RETRY = `${told(UNAVAILABLE)} with retry-after`;

const SIMULATION = "test/raw/simulation/simulation.test.ts";
const METERING = "test/raw/metering.test.ts";

/** The table of docs/faults.md, row by row. */
export const ROWS = {
  "KV slow": {
    sees: `half a second more on the first request of an idle token, none on a busy one's; a token that its guard doesn't know: after 3 s ${told(UNAVAILABLE)}`,
    lost: "nothing",
  },
  "KV slow while the owner acts": {
    sees: "the owner: an answer after 3 s that says that KV is pending; the guard has been told. A write that comes too late doesn't last over a newer one",
    lost: "nothing",
  },
  "KV failing": {
    sees: `nothing; a token that its guard doesn't know: ${RETRY}`,
    lost: "nothing",
  },
  "KV failing when an isolate begins": {
    sees: `of a model that only the owner's prices price, under a budget in dollars: ${RETRY}`,
    lost: "until KV answers, other models are reckoned by built-in prices and not by the owner's",
  },
  "KV stale": {
    sees: `the owner's last word within 1 s of the admin's answer: ${told(UNKNOWN)}; a new token works at once`,
    lost: "nothing",
    also: [["test/compat/revocation.test.ts", "an owner's action counts within a second of the admin's answer"]],
  },
  "KV full: its write quota is used up": {
    sees: "the owner's last word at once, from the guards; the console says that KV is pending, and it is written when there is room",
    lost: "nothing",
  },
  "KV holds a record that can't be read": {
    sees: `nothing, where its guard knows the token; else ${told(UNAVAILABLE)}`,
    lost: "nothing",
  },
  "guard failing, token without limits": {
    sees: "nothing: KV's word goes",
    lost: "nothing, where the guard answers again within 25 s; else the usage of that time",
  },
  "guard failing, token with limits": {
    sees: `${RETRY}; the provider isn't asked`,
    lost: "nothing",
  },
  "guard slow": {
    sees: `without limits 3 s more; with limits, after 8 s and the time in its queue, ${told(UNAVAILABLE)}`,
    lost: "nothing",
  },
  "guard restarted before its answer left": {
    sees: "nothing",
    lost: "nothing: what was granted or settled counts once",
    also: [[SIMULATION, "settled every permit once, and holds nothing any more"]],
  },
  "guard restarted while a request waits in its queue": {
    sees: "nothing: it waits on, behind those that came again before it",
    lost: "nothing",
    also: [[SIMULATION, "spent no budget beyond its end, at no moment"]],
  },
  "guard restarted in the middle of an answer": {
    sees: "nothing",
    lost: "nothing",
    also: [[SIMULATION, "metered of every finished request exactly what the provider reported"]],
  },
  "guard's storage full, token with limits": {
    sees: `${RETRY}; no budget is overspent`,
    lost: "nothing; requests that were under way and can't be settled within 25 s count as their estimate",
  },
  "guard's storage full, token without limits": {
    sees: "nothing",
    lost: "nothing, where there is room again within 25 s; else the usage of that time",
  },
  "guard away or full while the owner disables a token": {
    sees: `${told(UNKNOWN)}, by KV's word: an idle token's as soon as KV shows it, a busy one's a minute after that at most; the console says that the gateway is pending`,
    lost: "nothing: the guard is told when it can be",
  },
  "registry restarted between its write and its publish": {
    sees: `the owner: ${told(BUSY)} The action was done, and is published 5 s later. Of a new token the secret was never shown: delete it`,
    lost: "nothing",
  },
  "workerd killed between the registry's write and its publish": {
    sees: "the owner: no answer. The action was done, and is published after the restart",
    lost: "nothing",
  },
  "admin dead, disabled or deleted": {
    sees: "nothing: tokens, limits, metering, revocations and the holder's page go on",
    lost: "nothing; what holders did is told to the next admin",
  },
  "old admin, new gateway": {
    sees: "nothing: records of the first schema open what they say",
    lost: "nothing",
  },
  "new admin, old gateway": {
    sees: "nothing; the owner: pages without what the gateway can't tell, and 503 `gateway-unreachable` of the API for that",
    lost: "nothing",
  },
  "provider refuses the connection": {
    sees: `${told(UNREACHABLE)} with retry-after, as each SDK's own error`,
    lost: "nothing",
    also: [["test/raw/statuses.test.ts", "words are a 503"]],
  },
  "provider slow to its first byte": {
    sees: "the answer, when it comes; after 15 minutes without a header 504 `provider_timeout`",
    lost: "nothing",
    also: [
      [
        "test/unit/gateway/forward-deadline.test.ts",
        "a provider may take a quarter of an hour until its headers are there, and not longer",
      ],
    ],
  },
  "provider resets in mid-stream": {
    sees: "what came, and then a broken connection, as from the provider itself",
    lost: "nothing; what came counts as an estimate, unless the provider had reported it",
    also: [[METERING, "because the provider breaks off"]],
  },
  "provider breaks off a short answer": {
    sees: `${told(UNREACHABLE)} with retry-after, and nothing of the answer`,
    lost: "nothing; it counts as an estimate",
  },
  "provider's own error in mid-stream": {
    sees: "what came, and then the provider's error",
    lost: "nothing",
  },
  "provider sends garbage": {
    sees: "the garbage, byte for byte; what is no HTTP is 502 or 503",
    lost: "nothing; it counts as an estimate",
    also: [
      ["test/raw/statuses.test.ts", "what isn't HTTP"],
      ["test/raw/streams.test.ts", "an event that never ends"],
    ],
  },
  "provider's load balancer answers with a page": {
    sees: "its status and its page, in each SDK's error",
    lost: "nothing",
  },
  "provider never ends": {
    sees: `the stream, as long as they stay; it keeps its place among those that may run (${told(CONCURRENCY)}), and is cut with the reason within 5 s of the token's end`,
    lost: "nothing",
  },
  "provider's 429 storm": {
    sees: "the provider's own error and retry-after; with several keys, the next key's answer",
    lost: "nothing, and nothing is used or held",
    also: [["test/raw/key-pool.test.ts", "is the same one but for the key, with the length that its client told"]],
  },
  "provider's 529 storm": {
    sees: "the provider's own error and retry-after",
    lost: "nothing, and nothing is used or held",
  },
  "client gone before its body's end, token with limits": {
    sees: "nobody: the provider isn't asked",
    lost: "nothing",
  },
  "client gone before its body's end, token without limits": {
    sees: "nobody: the provider loses the request at once",
    lost: "nothing",
  },
  "client gone while it waits in the queue": {
    sees: "nobody: its turn goes to the next one",
    lost: "nothing",
  },
  "client gone before the first byte": {
    sees: "nobody: the provider is told at once",
    lost: "nothing; what the provider may have done counts as an estimate",
  },
  "client gone in mid-stream": {
    sees: "nobody: the provider is told at once",
    lost: "nothing; what came counts as an estimate",
    also: [[METERING, "the provider notices, and what was seen is settled"]],
  },
  "client gone while a short answer comes": {
    sees: "nobody: the provider is told at once",
    lost: "nothing; what the provider did counts as an estimate",
  },
  "client gone right after the answer": {
    sees: "the answer",
    lost: "nothing: it is counted exactly",
  },
  "workerd killed (SIGKILL) under load and started again on the same storage": {
    sees: "broken connections; after the restart, tokens, policies and sessions as before",
    lost: "with limits nothing: what wasn't settled counts as its estimate after 60 s, and so does what was left of a hot token's lease. Without limits the usage of the last moment, 2 s at most",
  },
} as const satisfies Record<string, Row>;

/** Names a row. */
export type Fault = keyof typeof ROWS;

/** The heads of the columns. */
export const HEAD: readonly string[] = ["fault", "what the holder sees", "what is lost", "more tests"];

/** Tests of other tiers that show more of a row. */
export const alsoOf = (row: Row): NonNullable<Row["also"]> => row.also ?? [];

/** The table as it is, cell by cell. */
export function tableOfFaults(): string[][] {
  return Object.entries<Row>(ROWS).map(([name, row]) => {
    const files = new Set(alsoOf(row).map(([file]) => file.replace(/^test\//, "").replace(/\.test\.ts$/, "")));
    return [name, row.sees, row.lost, [...files].join(", ")];
  });
}
