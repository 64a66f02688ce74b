import { SERIES_KEYS, type SeriesKey } from "../../../shared/usage.ts";
import type { LabelledSeries } from "../../overview/reading.ts";
import {
  CHART_SPAN_NAMES,
  CHART_SPANS,
  type ChartSpan,
  type Measure,
  MEASURES,
  totalOf,
  valuesOf,
} from "../../overview/series.ts";
import { dayOf } from "../../usage/days.ts";
import { AXIS_WORDS, BY_WORDS, MEASURE_WORDS, partName, SPAN_WORDS, STEP_WORDS, tickWords } from "../overview-words.ts";
import { ticksOf } from "../scale.ts";
import { type StackKey, type StackStep, totalAt } from "./stack.ts";
import { StackTable } from "./stack-table.tsx";
import { StackedChart } from "./stacked-chart.tsx";
import { address } from "./table.tsx";

/** What the chart of the overview is asked for. */
export interface ChartAsking {
  span: ChartSpan;
  by: SeriesKey;
  measure: Measure;
}

interface ChoiceProps {
  label: string;
  asking: ChartAsking;
  /** Each choice: its words and what it changes. */
  choices: readonly (readonly [words: string, change: Partial<ChartAsking>])[];
}

function Choice({ label, asking, choices }: ChoiceProps) {
  return (
    <nav class="tabs" aria-label={label}>
      {choices.map(([words, change]) => {
        const next = { ...asking, ...change };
        const isHere = next.span === asking.span && next.by === asking.by && next.measure === asking.measure;
        return (
          <a href={address("/", { ...next })} aria-current={isHere ? "page" : undefined}>
            {words}
          </a>
        );
      })}
    </nav>
  );
}

/** What the chart can show, as links. */
export function ChartChoices({ asking }: { asking: ChartAsking }) {
  return (
    <div class="choices">
      <Choice
        label="What is shown"
        asking={asking}
        choices={MEASURES.map((measure) => [MEASURE_WORDS[measure].name, { measure }])}
      />
      <Choice
        label="Told apart by"
        asking={asking}
        choices={SERIES_KEYS.map((by) => [`By ${BY_WORDS[by].toLowerCase()}`, { by }])}
      />
      <Choice label="Time" asking={asking} choices={CHART_SPAN_NAMES.map((span) => [SPAN_WORDS[span], { span }])} />
    </div>
  );
}

/** Where a part's usage is to be seen in more words. */
function linkOf(
  key: string | null,
  { span, by }: ChartAsking,
  { steps, asOf }: LabelledSeries["series"],
): string | null {
  if (key === null) return null;
  if (by === "token") return `/tokens/${encodeURIComponent(key)}`;
  const [from, to] = [dayOf(steps[0] ?? 0), dayOf(asOf)];
  return address("/usage", span === "24h" ? { days: "1", group: by } : { from, to, group: by });
}

function keysOf({ series, labels }: LabelledSeries, asking: ChartAsking): StackKey[] {
  const keys = series.parts.map((part): StackKey => ({
    name: partName(part, asking.by, labels),
    href: linkOf(part.key, asking, series),
    isRest: part.key === null,
    values: valuesOf(part, asking.measure),
    total: totalOf(part, asking.measure),
  }));
  return keys.filter(({ total }) => total > 0);
}

function stepsOf({ series }: LabelledSeries, { span }: ChartAsking): StackStep[] {
  const { step } = CHART_SPANS[span];
  const { every, write } = AXIS_WORDS[span];
  const last = series.steps.length - 1;
  return series.steps.map((at, index) => ({
    name: STEP_WORDS[step](at),
    label: (last - index) % every === 0 ? write(at) : null,
    hour: step === "hour" ? at : null,
  }));
}

const STEP_TITLES = { hour: "Hour", day: "Day", month: "Month" } as const;

/** Usage over time, as a chart and as a table. */
export function SeriesChart({ told, asking }: { told: LabelledSeries; asking: ChartAsking }) {
  const { name, write, whole } = MEASURE_WORDS[asking.measure];
  const [steps, keys] = [stepsOf(told, asking), keysOf(told, asking)];
  const most = Math.max(0, ...steps.map((_, step) => totalAt(keys, step)));
  const title = `${name} by ${BY_WORDS[asking.by].toLowerCase()}, ${SPAN_WORDS[asking.span]}`;
  if (most === 0) {
    return (
      <div class="empty">
        <p>{`There ${asking.measure === "spend" ? "was no spend" : `were no ${name.toLowerCase()}`} in these ${SPAN_WORDS[asking.span]}.`}</p>
      </div>
    );
  }
  return (
    <>
      <StackedChart
        title={title}
        steps={steps}
        keys={keys}
        ticks={ticksOf(most, whole)}
        write={write}
        writeTick={(value) => tickWords(value, asking.measure)}
      />
      <details>
        <summary>The same numbers in a table</summary>
        <StackTable
          title={title}
          steps={steps}
          keys={keys}
          write={write}
          stepTitle={STEP_TITLES[CHART_SPANS[asking.span].step]}
        />
      </details>
    </>
  );
}
