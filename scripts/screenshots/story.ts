import type { Provider } from "../../shared/providers.ts";

/** What a token uses of a model on a usual day. */
export interface StoryUse {
  provider: Provider;
  model: string;
  requests: number;
  /** Of one request. */
  tokensIn: number;
  tokensOut: number;
  /** US dollars for a million tokens. */
  usdIn: number;
  usdOut: number;
}

/** A token that the pictures show. */
export interface StoryToken {
  label: string;
  providers: readonly Provider[];
  /** Its budget in US dollars for a month; null: it has none. */
  usdPerMonth: number | null;
  /** Further fields of the API's input, and of its limits. */
  more: { limits?: object; expiresAt?: string; note?: string };
  uses: readonly StoryUse[];
  disabled?: true;
}

const inDays = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString();

const mini = { provider: "openai", model: "gpt-5.4-mini", usdIn: 0.75, usdOut: 4.5 } as const;
const haiku = { provider: "anthropic", model: "claude-haiku-4-5", usdIn: 1, usdOut: 5 } as const;
const sonnet = { provider: "anthropic", model: "claude-sonnet-4-5", usdIn: 3, usdOut: 15 } as const;
const flash = { provider: "gemini", model: "gemini-2.5-flash", usdIn: 0.3, usdOut: 2.5 } as const;

/** The tokens of the pictures, oldest first. Nobody's name is among them. */
export const STORY: readonly StoryToken[] = [
  {
    label: "Coding agent on the laptop",
    providers: ["anthropic"],
    usdPerMonth: 40,
    more: {},
    uses: [{ ...sonnet, requests: 40, tokensIn: 9_000, tokensOut: 700 }],
  },
  {
    label: "Robotics club",
    providers: ["openai", "gemini"],
    usdPerMonth: 2,
    more: { expiresAt: inDays(5) },
    uses: [{ ...flash, requests: 60, tokensIn: 900, tokensOut: 350 }],
  },
  {
    label: "Open day demo",
    providers: ["openai"],
    usdPerMonth: 5,
    more: {},
    uses: [],
    disabled: true,
  },
  {
    label: "Home assistant",
    providers: ["openai", "anthropic"],
    usdPerMonth: 5,
    more: { limits: { requestsPerMinute: 20 } },
    uses: [
      { ...mini, requests: 45, tokensIn: 1_100, tokensOut: 120 },
      { ...haiku, requests: 12, tokensIn: 800, tokensOut: 200 },
    ],
  },
  {
    label: "Class 10b",
    providers: ["openai", "anthropic", "gemini"],
    usdPerMonth: 15,
    more: {
      limits: { requestsPerMinute: 60, concurrency: 8 },
      expiresAt: inDays(120),
      note: "Until the end of the school year.",
    },
    uses: [
      { ...mini, requests: 110, tokensIn: 700, tokensOut: 300 },
      { ...haiku, requests: 40, tokensIn: 600, tokensOut: 350 },
      { ...flash, requests: 30, tokensIn: 500, tokensOut: 400 },
    ],
  },
];

/** The token whose page is shown, and that is really used today. */
export const SHOWN = "Class 10b";
