import type { SeriesKey, SpanTotals, UsageSeries } from "../../shared/usage.ts";
import type { AdminBindings } from "../bindings.ts";
import { ask, orNull } from "../usage/asking.ts";
import { type Labels, makeLabels } from "../usage/labels.ts";
import { type Finding, findingsOf, type Known } from "./attention.ts";
import { type ChartSpan, seriesQuery } from "./series.ts";
import { COMPARED, type Compared, type ComparedName, comparedSpans, inHours, totalsOf } from "./spans.ts";

type Asking = Pick<AdminBindings, "gateway" | "registry" | "probeKv">;

/** How long each of the questions may take, in ms: the page is looked at often, and shows what came. */
const DEADLINE_MS = 2_000;

/** What was used in a span, and in the same part of the span before. */
export interface ComparedTotals extends Compared {
  used: SpanTotals;
  usedBefore: SpanTotals;
}

/** The numbers of all compared spans. */
export type Numbers = Record<ComparedName, ComparedTotals>;

/** A series, with the labels of its tokens. */
export interface LabelledSeries {
  series: UsageSeries;
  labels: Labels;
}

/**
 * What was used today, this week and this month, beside the spans before.
 *
 * @param now ms since 1970
 * @returns null where the gateway doesn't answer
 */
export async function readNumbers({ gateway }: Pick<Asking, "gateway">, now: number): Promise<Numbers | null> {
  const compared = comparedSpans(now);
  const asked = COMPARED.map((name) => ({ name, ...compared[name], hours: inHours(compared[name].before) }));
  const told = orNull(
    await ask(gateway.spanTotals(asked.flatMap(({ now, hours }) => [now, ...hours.spans])), DEADLINE_MS),
  );
  if (told === null) return null;
  const pairs = asked.map(({ name, now, before, hours }, index) => {
    const [used, without, withLast] = told.slice(index * 3);
    if (used === undefined || without === undefined || withLast === undefined) return null;
    return [name, { now, before, used, usedBefore: totalsOf(hours, without, withLast) }] as const;
  });
  // The cast: `entries` forgets the names. Fewer totals than spans are no answer.
  return pairs.includes(null) ? null : (Object.fromEntries(pairs.filter((pair) => pair !== null)) as Numbers);
}

/**
 * Usage over time for the chart.
 *
 * @param asked `top`: how many keys to tell apart; `soon`: see `SeriesQuery`
 * @param now ms since 1970
 * @returns null where the gateway doesn't answer
 */
export async function readSeries(
  { gateway, registry }: Pick<Asking, "gateway" | "registry">,
  span: ChartSpan,
  by: SeriesKey,
  now: number,
  { top, soon = false }: { top?: number; soon?: boolean } = {},
): Promise<LabelledSeries | null> {
  const query = { ...seriesQuery(span, by, now, top), ...(soon && { soon }) };
  const series = orNull(await ask(gateway.usageSeries(query), DEADLINE_MS));
  if (series === null) return null;
  const ids = by === "token" ? series.parts.flatMap(({ key }) => key ?? []) : [];
  return { series, labels: await makeLabels(registry)(ids) };
}

async function readKnown({ gateway, registry, probeKv }: Asking): Promise<Known> {
  const [known, facts, webhooks, kv] = await Promise.all([
    registry.attention(),
    ask(gateway.facts(), DEADLINE_MS),
    ask(gateway.webhooks(), DEADLINE_MS),
    ask(probeKv(), DEADLINE_MS),
  ]);
  return { registry: known, facts: orNull(facts), webhooks: orNull(webhooks), kvAnswers: kv.ok };
}

/** How the whole stands and what needs the owner's attention. */
export interface Standing {
  findings: Finding[];
  /** Whether there is any token that isn't deleted. */
  hasTokens: boolean;
  /** Whether a provider key is set; null: the gateway doesn't answer. */
  hasKeys: boolean | null;
}

/**
 * What needs the owner's attention. Only the registry has to answer.
 *
 * @param now ms since 1970
 */
export async function readStanding(asking: Asking, now: number): Promise<Standing> {
  const known = await readKnown(asking);
  const { registry, facts } = known;
  return {
    findings: findingsOf(known, now),
    hasTokens: registry.hasTokens,
    hasKeys: facts === null ? null : Object.values(facts.providers).some(({ configured }) => configured),
  };
}
