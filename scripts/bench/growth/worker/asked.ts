// What the runner asks of the doors. Apart, so that it knows nothing of the Workers' own types.

/** Tokens, or lines of the audit log, from one number up to another. */
export interface Part {
  from: number;
  to: number;
  /** ms since 1970. */
  now: number;
}

/** What the admin's door is asked for. */
export type AdminFill =
  | { do: "policies"; now: number }
  | { do: "tokens"; part: Part; policies: string[] }
  | { do: "audit"; part: Part; tokens: number }
  | { do: "unpublished"; all: boolean; now: number }
  | { do: "hear" };
