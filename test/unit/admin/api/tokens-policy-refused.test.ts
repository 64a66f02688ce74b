import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, it } from "vitest";
import { Owner } from "../../support/admin.ts";

let owner: Owner;
beforeEach(async () => {
  owner = await Owner.signedIn();
});
afterEach(() => reset());

const hours = (window: object, timeZone = "UTC") => ({ activeHours: { timeZone, windows: [window] } });
const budget = (...budgets: object[]) => ({ limits: { budgets } });
const DAY = { days: ["mon"], from: "09:00", to: "17:00" };
const BETWEEN = "This has to be more than 0 and less than 1: 0.8 warns when 80 % are used.";
const NETWORK = "Write a network as 203.0.113.0/24 or 2001:db8::/32, or a single address.";
const COUNTRY = "Write a country as the two letters of ISO 3166, like DE or US; the United Kingdom is GB.";
const ZONE = "This isn't a time zone. Write one like Europe/Berlin, America/New_York or UTC.";
const CLOCK = "Write a time of day as 09:00; midnight at the end of a day is 24:00.";

const WRONG: [input: Record<string, unknown>, field: string, message: string][] = [
  [{ models: [] }, "models", "Send one JSON object."],
  [{ models: { azure: ["x"] } }, "models.azure", "There is no such field; leave it out."],
  [
    { models: { openai: [] } },
    "models.openai",
    "Name at least one model, or leave this provider out: then all of its models may be used.",
  ],
  [{ models: { openai: "gpt" } }, "models.openai", "This has to be a list of models."],
  [
    { models: { openai: ["gpt", "a b"] } },
    "models.openai.1",
    "A model may hold letters, digits and the characters . _ : / @ - and the wildcards * ?",
  ],
  [{ models: { gemini: ["x".repeat(201)] } }, "models.gemini.0", "A model has at most 200 characters."],
  [
    { models: { openai: Array.from({ length: 201 }, (_, index) => `m${index}`) } },
    "models.openai",
    "Name at most 200 models of a provider. One with a * can stand for many.",
  ],
  [{ endpoints: "some" }, "endpoints", "This has to be one of inference, all."],
  [{ endpoints: null }, "endpoints", "This has to be one of inference, all."],
  [hours(DAY, "Mars/Olympus"), "activeHours.timeZone", ZONE],
  [{ activeHours: { windows: [DAY] } }, "activeHours.timeZone", "This field is missing."],
  [
    { activeHours: { timeZone: "UTC", windows: [] } },
    "activeHours.windows",
    "Name at least one window, or null: then the token always works.",
  ],
  [hours({ ...DAY, from: "9:00" }), "activeHours.windows.0.from", CLOCK],
  [hours({ ...DAY, to: "24:01" }), "activeHours.windows.0.to", CLOCK],
  [hours({ ...DAY, from: "24:00" }), "activeHours.windows.0.from", "Write the beginning of a day as 00:00."],
  [
    hours({ ...DAY, to: "09:00" }),
    "activeHours.windows.0.to",
    "It begins and ends at the same time. A whole day is 00:00 to 24:00.",
  ],
  [
    hours({ ...DAY, days: ["monday"] }),
    "activeHours.windows.0.days.0",
    "This has to be one of mon, tue, wed, thu, fri, sat, sun.",
  ],
  [
    hours({ ...DAY, days: [] }),
    "activeHours.windows.0.days",
    "Name at least one of mon, tue, wed, thu, fri, sat, sun.",
  ],
  [{ networks: ["10.0.0.0/33"] }, "networks.0", NETWORK],
  [{ networks: ["2001:db8::/129"] }, "networks.0", NETWORK],
  [{ networks: ["10.0.0.0/8", "example.com"] }, "networks.1", NETWORK],
  [{ networks: [] }, "networks", "Name at least one network, or null: then requests may come from everywhere."],
  [{ countries: ["UK"] }, "countries.0", COUNTRY],
  [{ countries: ["DE", "Germany"] }, "countries.1", COUNTRY],
  [{ countries: [] }, "countries", "Name at least one country, or null: then requests may come from everywhere."],
  [{ limits: { requestsPerMinute: 0 } }, "limits.requestsPerMinute", "This has to be 1 or more."],
  [{ limits: { requestsPerMinute: 1.5 } }, "limits.requestsPerMinute", "This has to be a whole number of requests."],
  [{ limits: { tokensPerMinute: "9" } }, "limits.tokensPerMinute", "This has to be a whole number of tokens."],
  [{ limits: { concurrency: 1001 } }, "limits.concurrency", "This has to be at most 1000."],
  [{ limits: { concurrency: 1, queueSeconds: 61 } }, "limits.queueSeconds", "A request waits at most 60 seconds."],
  [
    { limits: { queueSeconds: 5 } },
    "limits.queueSeconds",
    "Only a concurrency makes requests wait. Set one, or leave this out.",
  ],
  [{ limits: { perMinute: 5 } }, "limits.perMinute", "There is no such field; leave it out."],
  [budget({ usd: 0, per: "day" }), "limits.budgets.0.usd", "This has to be more than 0."],
  [budget({ usd: 0.0000001, per: "day" }), "limits.budgets.0.usd", "An amount has at most six decimals."],
  [budget({ usd: "5", per: "day" }), "limits.budgets.0.usd", "This has to be an amount of US dollars, like 12.5."],
  [budget({ tokens: 0, per: "day" }), "limits.budgets.0.tokens", "This has to be 1 or more."],
  [budget({ per: "day" }), "limits.budgets.0", "Name the amount: usd or tokens."],
  [
    budget({ usd: 1, tokens: 1, per: "day" }),
    "limits.budgets.0.tokens",
    "A budget is in US dollars or in tokens. Name one of the two, or make two budgets of it.",
  ],
  [budget({ usd: 1, per: "year" }), "limits.budgets.0.per", "This has to be one of hour, day, week, month, total."],
  [budget({ usd: 1 }), "limits.budgets.0.per", "This field is missing."],
  [budget({ usd: 1, per: "day", warnAt: 1 }), "limits.budgets.0.warnAt", BETWEEN],
  [budget({ usd: 1, per: "day", warnAt: 0 }), "limits.budgets.0.warnAt", BETWEEN],
  [
    budget({ usd: 1, per: "day" }, { tokens: 1, per: "day" }, { usd: 2, per: "day" }),
    "limits.budgets.2.per",
    "There is a budget in US dollars per day above already. Keep the smaller one.",
  ],
  [{ allowUnpriced: "yes" }, "allowUnpriced", "This has to be true or false."],
  [{ holderMay: ["delete"] }, "holderMay.0", "This has to be one of rotate, revoke."],
  [{ holderMay: ["rotate", "rotate"] }, "holderMay", "Name each action once."],
];

describe("a policy that can't be accepted", () => {
  it("is refused in a new token and in an edit, with the field and how to mend it", async ({ expect }) => {
    const { token } = await owner.create("alice");
    for (const [input, field, message] of WRONG) {
      const created = await owner.send("POST", "/api/tokens", { label: "bob", providers: ["openai"], ...input });
      expect([input, created.status, created.body.errors]).toEqual([input, 400, [{ field, message }]]);
      const edited = await owner.send("PATCH", `/api/tokens/${token.id}`, input);
      expect([input, edited.status, edited.body.errors]).toEqual([input, 400, [{ field, message }]]);
    }
    expect(await owner.token(token.id)).toEqual(token);
  });

  it("with twenty-one budgets is refused", async ({ expect }) => {
    const periods = ["hour", "day", "week", "month", "total"];
    const many = Array.from({ length: 21 }, (_, index) => ({ tokens: index + 1, per: periods[index % 5] }));
    const { body } = await owner.send("POST", "/api/tokens", {
      label: "bob",
      providers: ["openai"],
      ...budget(...many),
    });
    expect(body.errors?.map(({ message }) => message)).toContain("There are at most 20 budgets.");
  });
});
