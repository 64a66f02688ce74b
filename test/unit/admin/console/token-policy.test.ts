import { reset } from "cloudflare:test";
import { afterEach, describe, it } from "vitest";
import { OPEN_POLICY } from "../../../../shared/policy.ts";
import { Owner } from "../../support/admin.ts";
import type { PolicyValues } from "../../../../admin/console/policy-values.ts";
import { Browser, type Fields, newToken, seen } from "./browser.ts";
import { hourFields } from "./policy-form.ts";

afterEach(() => reset());

const FILLED: Fields = {
  "models.openai": ["gpt-5*", " o4 ", ""],
  endpoints: "all",
  ...hourFields([
    { days: ["mon", "tue", "wed", "thu", "fri"], from: "9:00", to: "17:00" },
    { days: [], from: "", to: "" },
    { days: ["sat", "sun"], from: "22:00", to: "02:00" },
  ]),
  timeZone: "Europe/Berlin",
  networks: "203.0.113.0/24\r\n2001:db8::1",
  countries: ["germany", "fr", ""],
  requestsPerMinute: "60",
  tokensPerMinute: "",
  concurrency: "4",
  queueSeconds: "",
  budgetAmount: ["", "12.5", "1000000"],
  budgetUnit: ["usd", "usd", "tokens"],
  budgetPer: ["month", "month", "day"],
  budgetWarnAt: ["", "80", ""],
  allowUnpriced: "yes",
  holderMay: ["revoke"],
};

describe("the form of a policy", () => {
  it("makes what it says", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice", FILLED);
    expect(await (await Owner.signedIn()).token(id)).toMatchObject({
      models: { openai: ["gpt-5*", "o4"] },
      endpoints: "all",
      activeHours: {
        timeZone: "Europe/Berlin",
        windows: [
          { days: ["mon", "tue", "wed", "thu", "fri"], from: "09:00", to: "17:00" },
          { days: ["sat", "sun"], from: "22:00", to: "02:00" },
        ],
      },
      networks: ["203.0.113.0/24", "2001:db8::1/128"],
      countries: ["DE", "FR"],
      limits: {
        requestsPerMinute: 60,
        tokensPerMinute: null,
        concurrency: 4,
        queueSeconds: 10,
        budgets: [
          { usd: 12.5, per: "month", warnAt: 0.8 },
          { tokens: 1_000_000, per: "day", warnAt: null },
        ],
      },
      allowUnpriced: true,
      holderMay: ["revoke"],
    });
  });

  it("left as it is makes an open one, and empties what was set", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const owner = await Owner.signedIn();
    const { id } = await browser.create("alice", FILLED);
    await browser.submit(`/tokens/${id}/edit`, newToken("alice"));
    expect(await owner.token(id)).toMatchObject(OPEN_POLICY);
  });

  it("shows on the token's page what is set, in a sentence and a list, and in the form of its edit", async ({
    expect,
  }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice", FILLED);
    const page = await browser.get(`/tokens/${id}`);
    const text = seen(page);
    expect(text).toContain(
      "alice may use every model of Anthropic and Google Gemini, and only gpt-5* and o4 of OpenAI, on weekdays from 9:00",
    );
    expect(text).toContain("Budgets 12.5 USD per month, warning at 80 %; 1000000 tokens per day");
    expect(text).toContain("Hours mon-fri 09:00-17:00; sat,sun 22:00-02:00");
    const form = await browser.get(`/tokens/${id}/edit`);
    expect(form.text).toMatch(/id="rule-models-openai-1"[^>]* value="o4"/);
    expect(form.text).toMatch(/id="rule-countries-0"[^>]* value="Germany"/);
    expect(form.text).toMatch(/id="hours-1-sun"[^>]* checked/);
    expect(form.text).toMatch(/id="rule-hours-1-to"[^>]* value="02:00"/);
    expect(form.text).toMatch(/name="budgetAmount"[^>]* value="12.5"/);
    expect(form.text).toMatch(/name="budgetWarnAt"[^>]* value="80"/);
    // All but the note.
    expect(form.text.match(/<details class="part" open/g)).toHaveLength(6);
    expect((await browser.get("/tokens/new?preset=open")).text).not.toContain('<details class="part" open');
  });

  it("stands in the audit log in words", async ({ expect }) => {
    const browser = await Browser.signedIn();
    const { id } = await browser.create("alice", FILLED);
    await browser.submit(`/tokens/${id}/edit`, newToken("alice", { ...FILLED, "models.openai": "", networks: "" }));
    const text = seen(await browser.get(`/audit?token=${id}`));
    expect(text).toContain("Models of OpenAI: gpt-5*, o4 → all");
    expect(text).toContain("Networks: 203.0.113.0/24, 2001:db8::1/128 → from everywhere");
  });
});

const row = (amount: string, more: Fields = {}): Fields => ({
  budgetAmount: ["3", "", amount],
  budgetUnit: ["usd", "usd", "usd"],
  budgetPer: ["month", "month", "day"],
  budgetWarnAt: ["", "", ""],
  ...more,
});
const DAY = { days: ["mon"], from: "09:00", to: "17:00" } satisfies PolicyValues["hours"][number];
const times = (more: Partial<PolicyValues["hours"][number]>, timeZone = "UTC"): Fields => ({
  ...hourFields([DAY, { ...DAY, ...more }]),
  timeZone,
});
const WRONG: [name: string, more: Fields, id: string, message: string][] = [
  ["a model with a space", { "models.openai": ["fine", "gpt 5"] }, "rule-models-openai-1", "“gpt 5”: A model may hold"],
  ["hours without days", times({ days: [] }), "rule-hours-1-days", "Choose the days of these hours, or clear them."],
  ["hours without a beginning", times({ from: "" }), "rule-hours-1-from", "Say when these hours begin."],
  ["hours without an end", times({ to: "" }), "rule-hours-1-to", "Say when these hours end."],
  ["hours in words", times({ from: "noon" }), "rule-hours-1-from", "Write a time of day as 09:00"],
  ["hours beyond the day", times({ to: "25:00" }), "rule-hours-1-to", "Write a time of day as 09:00"],
  ["hours of no length", times({ to: "09:00" }), "rule-hours-1-to", "It begins and ends at the same time."],
  ["no zone", times({}, ""), "rule-timeZone", "Name the time zone of the hours"],
  ["a zone that isn't", times({}, "Nowhere"), "rule-timeZone", "This isn't a time zone."],
  ["a zone without hours", { timeZone: "UTC" }, "rule-timeZone", "You named a time zone but no hours."],
  ["a network that isn't", { networks: "10.0.0.0/8\nhome" }, "rule-networks", "“home”: Write a network as"],
  ["a country that isn't", { countries: ["DE", "Italia"] }, "rule-countries-1", "“Italia” isn't a country"],
  [
    "a rate in words",
    { requestsPerMinute: "ten" },
    "rule-requestsPerMinute",
    "This has to be a whole number of requests",
  ],
  ["a rate of nothing", { tokensPerMinute: "0" }, "rule-tokensPerMinute", "This has to be 1 or more."],
  [
    "a wait without a concurrency",
    { queueSeconds: "5" },
    "rule-queueSeconds",
    "Only a concurrency makes requests wait.",
  ],
  [
    "a wait too long",
    { concurrency: "1", queueSeconds: "600" },
    "rule-queueSeconds",
    "A request waits at most 60 seconds.",
  ],
  ["a budget in words", row("much"), "rule-budget-1-amount", "This has to be an amount of US dollars, like 12.5."],
  ["a budget of nothing", row("0"), "rule-budget-1-amount", "This has to be more than 0."],
  [
    "half a token",
    row("0.5", { budgetUnit: ["usd", "usd", "tokens"] }),
    "rule-budget-1-amount",
    "This has to be a whole number of tokens.",
  ],
  [
    "a warning at all",
    row("5", { budgetWarnAt: ["", "", "100"] }),
    "rule-budget-1-warnAt",
    "Write a percentage above 0 and below 100.",
  ],
  [
    "a warning without a budget",
    row("", { budgetWarnAt: ["", "", "50"] }),
    "rule-budget-1-amount",
    "Name the amount of this budget",
  ],
  [
    "the same budget twice",
    row("5", { budgetPer: ["day", "day", "day"] }),
    "rule-budget-1-per",
    "There is a budget in US dollars per day above already.",
  ],
];

describe("a policy's form that can't be accepted", () => {
  for (const [name, more, id, message] of WRONG) {
    it(`${name}: says so at the field and at the top, and keeps what was entered`, async ({ expect }) => {
      const browser = await Browser.signedIn();
      const answer = await browser.post("/tokens", newToken("eve", more));
      expect(answer.status).toBe(422);
      expect(answer.text).toMatch(
        new RegExp(`role="alert".*<a href="#${id}">[^<]*${message.replaceAll("'", "&#39;")}`),
      );
      expect(seen(answer).split(message)).toHaveLength(3);
      expect(answer.text).toMatch(new RegExp(`id="${id}"[^>]* aria-invalid="true"`));
      expect(answer.text).toMatch(new RegExp(`aria-describedby="[^"]*${id}-error"`));
      for (const value of Object.values(more).flat()) if (value !== "") expect(answer.text).toContain(value);
      // What is wrong is never folded away.
      const before = answer.text.slice(0, answer.text.indexOf(`id="${id}-error"`));
      const fold = before.lastIndexOf("<details");
      if (fold > before.lastIndexOf("</details>")) expect(before.slice(fold)).toMatch(/^<details class="part" open/);
    });
  }
});
