/** A refusal as its holder reads it. */
export interface Told {
  status: number;
  /** `x-doppelgate-error` */
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

/** Names a row. */
export type Fault = string;
