import { timeZoneProblem } from "../../shared/hours.ts";
import type { FieldError } from "../api/problem.ts";
import { fromZone } from "./zone-times.ts";

const HOUR = 60 * 60;
const DAY = 24 * HOUR;

/** How long a token may live, to choose from. Seconds from now. */
const SPANS = { "1h": HOUR, "1d": DAY, "7d": 7 * DAY, "30d": 30 * DAY, "90d": 90 * DAY, "1y": 365 * DAY } as const;
const OTHERS = ["keep", "never", "at"] as const;

/** A choice of the expiry: a span, or one of `keep` (as it is), `never`, and `at` (a time that was typed). */
export type ExpiryChoice = keyof typeof SPANS | (typeof OTHERS)[number];

/** The choices in their order, with what the form calls them. `keep` is for edits alone. */
export const EXPIRY_CHOICES: readonly (readonly [choice: ExpiryChoice, label: string])[] = [
  ["keep", "As it is now"],
  ["never", "Never"],
  ["1h", "In 1 hour"],
  ["1d", "In 1 day"],
  ["7d", "In 7 days"],
  ["30d", "In 30 days"],
  ["90d", "In 90 days"],
  ["1y", "In 1 year"],
  ["at", "At the time below"],
];

/** Whether a form's value is one of the choices. */
export function isExpiryChoice(value: string): value is ExpiryChoice {
  return EXPIRY_CHOICES.some(([choice]) => choice === value);
}

// What `<input type="datetime-local">` sends; without one, a person may type a space for the T.
const LOCAL_TIME = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?$/;

function timeFrom(typed: string, timeZone: string, errors: FieldError[]): string | null {
  const [, day, time] = LOCAL_TIME.exec(typed.trim()) ?? [];
  if (day === undefined || time === undefined) {
    const message = typed === "" ? "Choose a date and a time." : "Write the time like 2027-01-31 18:00.";
    errors.push({ field: "expiresAt", message });
    return null;
  }
  const utc = `${day}T${time}:00Z`;
  const shown = Date.parse(utc);
  // A day that no month has: the schema says so.
  if (timeZone === "" || Number.isNaN(shown) || !new Date(shown).toISOString().startsWith(day)) return utc;
  if (timeZoneProblem(timeZone) === null) return new Date(fromZone(timeZone, shown)).toISOString();
  errors.push({ field: "expiresAt", message: "Your browser's time zone isn't known here. Enter the time in UTC." });
  return null;
}

/** A typed end, as it was entered. */
export interface EndValues {
  expiresAt: string;
  /** The zone of `expiresAt`; empty: UTC. */
  expiresZone: string;
}

/** What an expiry is read from. */
export interface ExpiryFields {
  choice: string;
  typed: string;
  /** The zone of the typed time, as the script says it; empty: UTC. */
  timeZone: string;
  /** Whether there is an expiry to keep: a new token has none. */
  mayKeep: boolean;
}

/**
 * The schema's `expiresAt` from the form's choice and its time.
 *
 * @param now ms since 1970
 * @param errors gets what is wrong: a guess could make a token that never ends
 * @returns nothing at all where the expiry stays as it is
 */
export function expiryFrom(
  { choice, typed, timeZone, mayKeep }: ExpiryFields,
  now: number,
  errors: FieldError[],
): { expiresAt?: string | null } {
  if (choice === "at") return { expiresAt: timeFrom(typed, timeZone, errors) };
  if (typed !== "") {
    const message = 'You entered a time but chose something else. Choose "At the time below", or clear the time.';
    errors.push({ field: "expiresAt", message });
  }
  if (choice === "never") return { expiresAt: null };
  if (choice === "keep" && mayKeep) return {};
  if (Object.hasOwn(SPANS, choice)) {
    return { expiresAt: new Date(now + SPANS[choice as keyof typeof SPANS] * 1000).toISOString() };
  }
  errors.push({ field: "expiry", message: "Choose when the token expires." });
  return {};
}
