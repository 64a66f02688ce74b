import { describe, it } from "vitest";
import { findingWords } from "../../../../admin/console/attention-words.ts";
import { type Finding, findingsOf, type Known } from "../../../../admin/overview/attention.ts";
import type { RegistryAttention } from "../../../../admin/registry/attention.ts";
import type { Webhook } from "../../../../shared/webhooks.ts";
import { keyOf, withKeys } from "../../support/keys.ts";
import { gatewayFacts, NO_KEY } from "../../support/series.ts";

const NOW = Date.UTC(2026, 10, 24, 14, 30);
const MINUTE = 60_000;

const NONE = { count: 0, first: [] };
const CALM: RegistryAttention = {
  hasTokens: true,
  expiring: NONE,
  unused: NONE,
  budgetsUsedUp: NONE,
  budgetsNear: NONE,
  providerSets: [["openai", "anthropic", "gemini"]],
  pending: { tokens: 0, settings: 0, since: null },
  rebuild: null,
};

const find = ({
  registry = {},
  ...known
}: Partial<Omit<Known, "registry">> & { registry?: Partial<RegistryAttention> }) =>
  findingsOf(
    { facts: gatewayFacts(), webhooks: [], kvAnswers: true, ...known, registry: { ...CALM, ...registry } },
    NOW,
  );
const said = (findings: readonly Finding[]) =>
  findings.map((finding) => {
    const { text, href, more } = findingWords(finding);
    return [text, href, more];
  });

const webhook = (some: Partial<Webhook>): Webhook => ({
  id: "w",
  url: "https://hooks.example/secret",
  events: ["budget.warning"],
  createdAt: 1,
  lastTry: null,
  waiting: 0,
  givenUp: 0,
  ...some,
});
const rejected = (at: number | null) => keyOf("0b0b0b0b", { rejectedAt: at });
const ALICE = { id: "alice00000", label: "alice" };

const throttled = (...untils: (number | null)[]) => {
  const told = untils.map((throttledUntil) => ({ ...rejected(null), throttledUntil }));
  return find({ facts: gatewayFacts({ openai: withKeys(...told) }) });
};
const pending = (tokens: number, settings: number, since: number | null) =>
  said(find({ registry: { pending: { tokens, settings, since } } }));
const ofPrices = (pricesDate: string) => said(find({ facts: { ...gatewayFacts(), pricesDate } }));
const expiring = (count: number) => said(find({ registry: { expiring: { count, first: [ALICE] } } }))[0]?.[0];

describe("findingsOf", () => {
  it("is quiet where all is well", ({ expect }) => expect(find({})).toEqual([]));

  it("puts what stops all holders first, and what can wait last", ({ expect }) => {
    const found = find({
      kvAnswers: false,
      facts: {
        ...gatewayFacts({ openai: withKeys(rejected(7)) }),
        pricesDate: "2026-01-01",
      },
      webhooks: [webhook({ givenUp: 2, lastTry: { at: 1, status: 500 } })],
      registry: {
        expiring: { count: 1, first: [ALICE] },
        unused: { count: 1, first: [ALICE] },
        budgetsUsedUp: { count: 1, first: [ALICE] },
        budgetsNear: { count: 1, first: [ALICE] },
        pending: { tokens: 1, settings: 0, since: NOW - MINUTE },
      },
    });
    expect(found.map(({ kind }) => kind)).toEqual([
      "key_rejected",
      "kv_unreachable",
      "changes_pending",
      "budgets_used_up",
      "budgets_near",
      "tokens_expiring",
      "webhooks_failing",
      "tokens_unused",
      "prices_old",
    ]);
  });

  it("says that the gateway doesn't answer, and then nothing of what it would have told", ({ expect }) => {
    expect(said(find({ facts: null, webhooks: null }))).toEqual([
      ["The gateway doesn't answer", "/status", "Changes wait until it does, and usage can't be shown."],
    ]);
  });

  it("tells one rejected key of several from all of them", ({ expect }) => {
    const one = find({
      facts: gatewayFacts({ gemini: withKeys(rejected(5), rejected(null)) }),
    });
    expect(said(one)[0]?.slice(0, 2)).toEqual(["Google Gemini rejects 1 of your 2 keys", "/keys"]);
    const all = find({
      facts: gatewayFacts({ gemini: withKeys(rejected(5), rejected(4)) }),
    });
    expect(said(all)[0]?.slice(0, 2)).toEqual(["Google Gemini rejects your keys", "/keys"]);
    expect(findingWords(all[0] as Finding).at).toBe(5);
  });

  it("tells throttled keys only while none of the others is free", ({ expect }) => {
    expect([throttled(NOW + MINUTE, null), throttled(NOW + MINUTE, NOW - 1), throttled(NOW)]).toEqual([[], [], []]);
    const found = throttled(NOW + 2 * MINUTE, NOW + MINUTE);
    expect(found).toEqual([{ kind: "keys_throttled", provider: "openai", keys: 2, until: NOW + MINUTE }]);
    expect(said(found)).toEqual([
      ["OpenAI throttles your keys", "/keys", "Holders are asked to wait. The first is free again on"],
    ]);
  });

  it("names providers without a key only where a token is for nothing else", ({ expect }) => {
    const facts = gatewayFacts({ anthropic: NO_KEY, gemini: NO_KEY });
    expect(find({ facts })).toEqual([]);
    expect(find({ facts, registry: { providerSets: [["openai", "gemini"]] } })).toEqual([]);
    const found = find({ facts, registry: { providerSets: [["openai"], ["anthropic", "gemini"]] } });
    expect(said(found)).toEqual([
      [
        "There is no key for Anthropic and Google Gemini",
        "/keys",
        "Some tokens are for nothing else, and their holders get a 503.",
      ],
    ]);
  });

  it("says so once where no key is set at all", ({ expect }) => {
    const facts = gatewayFacts({ openai: NO_KEY, anthropic: NO_KEY, gemini: NO_KEY });
    expect(find({ facts }).map(({ kind }) => kind)).toEqual(["no_provider_key"]);
  });

  it("counts changes that wait, of tokens and of settings, but not one that is on its first way", ({ expect }) => {
    expect(pending(1, 0, NOW + 4_000)).toEqual([]);
    expect(pending(1000, 1, NOW - MINUTE)).toEqual([
      [
        "1,001 or more changes aren't published yet",
        "/tokens?status=unpublished&sort=-created",
        "1,000 or more of tokens and 1 of prices or policies. Doppelgate goes on trying by itself. The oldest waits since",
      ],
    ]);
    expect(pending(999, 0, NOW - MINUTE)[0]?.[0]).toBe("999 changes aren't published yet");
    expect(pending(0, 1, null)).toEqual([
      ["1 change isn't published yet", "/status", "1 of prices or policies. Doppelgate goes on trying by itself."],
    ]);
  });

  it("leaves a webhook alone that works again, and one that lost nothing yet", ({ expect }) => {
    const calm = [
      webhook({ givenUp: 9, lastTry: { at: 1, status: 204 } }),
      webhook({ lastTry: { at: 1, status: 500 } }),
      webhook({ givenUp: 3 }),
    ];
    expect(find({ webhooks: calm })).toEqual([]);
    const failing = [
      webhook({ givenUp: 2, lastTry: { at: 1, status: null } }),
      webhook({ lastTry: { at: 1, status: 410 } }),
    ];
    expect(said(find({ webhooks: [...calm, ...failing] }))).toEqual([
      ["2 webhooks take no events", "/webhooks", "2 events never arrived."],
    ]);
  });

  it("says nothing of lost events where a webhook that is gone lost none", ({ expect }) => {
    expect(said(find({ webhooks: [webhook({ lastTry: { at: 1, status: 410 } })] }))).toEqual([
      ["1 webhook takes no events", "/webhooks", ""],
    ]);
  });

  it("tells prices that are more than 120 days old", ({ expect }) => {
    expect(ofPrices("2026-07-27")).toEqual([]);
    expect(ofPrices("2026-07-26")).toEqual([
      [
        "The built-in prices are 121 days old",
        "/prices",
        "They are of 2026-07-26; a newer release of Doppelgate has newer ones.",
      ],
    ]);
  });

  it("counts tokens, in the singular too, and says where counting ended", ({ expect }) => {
    expect([expiring(1), expiring(12), expiring(1_000)]).toEqual([
      "1 token expires within 7 days",
      "12 tokens expire within 7 days",
      "1,000 or more tokens expire within 7 days",
    ]);
  });

  it("says what a rebuild is doing, or what holds it up", ({ expect }) => {
    const report = {
      target: "registry",
      startedAt: 5,
      done: false,
      keys: 0,
      added: 0,
      updated: 0,
      kept: 0,
      renamed: 0,
      unreadable: 0,
      unknown: 0,
      queued: 0,
      settings: 0,
    } as const;
    expect(said(find({ registry: { rebuild: { ...report, problem: null } } }))[0]?.[2]).toMatch(
      /^It finishes by itself/,
    );
    expect(said(find({ registry: { rebuild: { ...report, problem: "KV did not answer." } } }))).toEqual([
      ["The registry is being rebuilt from KV", "/status", "KV did not answer."],
    ]);
  });
});
