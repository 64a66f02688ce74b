import type { Package } from "./install.ts";
import type { Question } from "../requests.ts";

/** What the provider is asked for: see provider.ts. */
export const ANSWERS = ["json", "sse-50"] as const;
/** One of them. */
export type Answer = (typeof ANSWERS)[number];

/** What is true of somebody between client and provider, in words, for comparing what figures don't tell. */
export interface Facts {
  /** What it runs on. */
  runtime: string;
  /** Whether and how it checks the client's token. */
  token: string;
  /** Who holds the provider key. */
  key: string;
  /** Budget and rate limit: whether, how exactly. */
  limits: string;
  /** What it notes of usage. */
  meters: string;
  /** How soon a token that is taken away stops. */
  revokes: string;
}

/** One who is measured. */
export interface Row {
  /** In JSON. */
  id: string;
  /** For people. */
  name: string;
  facts: Facts;
  port: number;
  /** What it is asked. `key`: another key than the right one. */
  question(answer: Answer, key?: string): Question;
  /** Whether it answers a wrong key as a right one. */
  wrongKey: "answered" | "refused";
  /** CPU time that its processes have taken so far, in ms; null where it isn't told, or there are none. */
  cpuMs(): number | null;
  /** Memory that its processes hold, in bytes; null where it isn't told, or there are none. */
  memory(): number | null;
}

/** A peer that runs. */
export interface Running {
  rows: Row[];
  end(): Promise<void>;
}

/** Somebody else's gateway. */
export interface Peer {
  package: Package;
  /** Its rows, which a run shows also where it can't be measured. */
  rows: readonly Pick<Row, "id" | "name" | "facts">[];
  /**
   * Starts it on 127.0.0.1, in front of the bench's provider, with no environment but its own: what the owner has in theirs
   * (keys, a database) is none of its business, and its telemetry is off.
   *
   * @param folder where it is installed
   * @param provider port of the provider
   * @throws Error that says why it doesn't start; nothing is left behind then
   */
  start(folder: string, provider: number): Promise<Running>;
}
