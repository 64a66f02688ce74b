import { type Limits, OPEN_POLICY, type Policy } from "../../shared/policy.ts";
import type { ExpiryChoice } from "./expiry.ts";

// What a form can be filled with at first, by whom the token is for. Each sets what such a holder really needs; the rest is
// as in `OPEN_POLICY`, and everything can be changed before the token is made.

/** Names of the presets, in the order in which they are offered. */
export const PRESET_NAMES = ["friend", "class", "app", "agent", "afternoon", "open"] as const;
/** The name of a preset. */
export type PresetName = (typeof PRESET_NAMES)[number];

interface Preset {
  title: string;
  /** What it sets, in a few words. */
  about: string;
  expiry: ExpiryChoice;
  rules: Partial<Policy>;
}

const NO_LIMITS: Limits = {
  requestsPerMinute: null,
  tokensPerMinute: null,
  concurrency: null,
  queueSeconds: 0,
  budgets: [],
};

/** A warning that comes early enough to talk about it. */
const WARN = 0.8;

/** Weekdays and hours of a school with lessons in the afternoon. The time zone is put in by `presetPolicy`. */
const SCHOOL_HOURS = {
  timeZone: "UTC",
  windows: [{ days: ["mon", "tue", "wed", "thu", "fri"], from: "07:00", to: "18:00" }],
} satisfies Policy["activeHours"];

/** Each provider's cheap families, as globs, so that the next version of each is among them too. */
const CHEAP = {
  openai: ["gpt-*-mini*", "gpt-*-nano*"],
  anthropic: ["claude-*haiku*"],
  gemini: ["gemini-*flash*"],
} satisfies Policy["models"];

/** The presets. */
export const PRESETS: Record<PresetName, Preset> = {
  friend: {
    title: "A friend",
    about: "$5 a month, for a year",
    // Nobody wants to hand out a new token to a friend every few weeks, nor to have one open for ever.
    expiry: "1y",
    rules: {
      limits: { ...NO_LIMITS, budgets: [{ usd: 5, per: "month", warnAt: WARN }] },
      // Who loses a laptop can end the token at once, without waiting for the owner.
      holderMay: ["revoke"],
    },
  },
  class: {
    title: "A class",
    about: "$1 a week for each, cheap models, in school hours",
    // About a term: the next one has other pupils.
    expiry: "90d",
    rules: {
      models: CHEAP,
      activeHours: SCHOOL_HOURS,
      // A week's budget, so that who uses it up is back in the next lesson but one; six at once are a group at one machine.
      limits: { ...NO_LIMITS, concurrency: 6, queueSeconds: 10, budgets: [{ usd: 1, per: "week", warnAt: WARN }] },
    },
  },
  app: {
    title: "An app",
    about: "$50 a month, 60 requests a minute, no end",
    // An app that stops on a date nobody remembers is an outage.
    expiry: "never",
    rules: {
      limits: {
        ...NO_LIMITS,
        // What one busy server does; more of it is a loop or a leak. Bursts wait instead of failing.
        requestsPerMinute: 60,
        concurrency: 20,
        queueSeconds: 10,
        budgets: [{ usd: 50, per: "month", warnAt: WARN }],
      },
    },
  },
  agent: {
    title: "An agent",
    about: "$10 a day, 8 requests at once, may rotate its token",
    expiry: "90d",
    rules: {
      limits: {
        ...NO_LIMITS,
        // Agents branch out at once, and would rather wait than start over.
        concurrency: 8,
        queueSeconds: 30,
        // A day's budget: an agent that runs wild overnight is stopped by the morning.
        budgets: [{ usd: 10, per: "day", warnAt: WARN }],
      },
      // It reads much that others wrote, so its token leaks more easily than others.
      holderMay: ["rotate"],
    },
  },
  afternoon: {
    title: "One afternoon",
    about: "$2 in all, for a day",
    // A day, so that it can be made on the evening before.
    expiry: "1d",
    rules: {
      limits: { ...NO_LIMITS, budgets: [{ usd: 2, per: "total", warnAt: WARN }] },
      holderMay: ["revoke"],
    },
  },
  open: { title: "No limits", about: "Everything, for ever", expiry: "never", rules: {} },
};

/** The preset of a name; null where there is none. */
export const presetOf = (name: string | null | undefined): PresetName | null =>
  PRESET_NAMES.find((one) => one === name) ?? null;

/**
 * The rules of a preset.
 *
 * @param timeZone of its hours, where it has some
 */
export function presetPolicy(name: PresetName, timeZone: string): Policy {
  const policy = { ...OPEN_POLICY, ...PRESETS[name].rules };
  const { activeHours } = policy;
  return { ...policy, activeHours: activeHours && { ...activeHours, timeZone } };
}
