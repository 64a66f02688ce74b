import { classOf, HEIGHT, pathOf, type StackKey, type StackStep, STEP, stepWords, sum, totalAt } from "./stack.ts";

// A stacked chart as SVG from the server. What is stretched to the width of the page holds shapes alone; words stand beside
// it, so that they keep their form. `browser/read-out.ts` reads a chart's steps out by pointer and by key.

/** What a stacked chart shows. */
export interface StackedChartProps {
  /** What it shows, e.g. `Spend by provider, 30 days`. */
  title: string;
  steps: readonly StackStep[];
  /** The largest first. */
  keys: readonly StackKey[];
  /** Values of the lines, the lowest first, without 0; the last one is the top. */
  ticks: readonly number[];
  write: (value: number) => string;
  writeTick: (value: number) => string;
}

function summary({ title, steps, keys, write }: StackedChartProps): string {
  const totals = steps.map((_, step) => totalAt(keys, step));
  const most = totals.indexOf(Math.max(...totals));
  return `${title}: ${write(sum(totals))} from ${steps[0]?.name} to ${steps.at(-1)?.name}. The most is ${write(totals[most] ?? 0)}, ${steps[most]?.name}. The table below has all numbers.`;
}

function Plot(props: StackedChartProps) {
  const { steps, keys, ticks, write } = props;
  const [width, top] = [steps.length * STEP, ticks.at(-1) ?? 1];
  const lines = ticks.map((tick) => `M0 ${HEIGHT - Math.round((tick / top) * HEIGHT)}h${width}`).join("");
  return (
    <svg viewBox={`0 0 ${width} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary(props)}>
      <path class="lines" d={lines} />
      {keys.map((key, index) => (
        <path class={classOf(key, index)} d={pathOf(keys, index, steps.length, top)} />
      ))}
      {steps.map(({ name, hour }, step) => (
        <g data-hour={hour === null ? undefined : String(hour)}>
          <title>{stepWords(keys, step, name, write)}</title>
          <rect class="target" x={step * STEP} width={STEP} height={HEIGHT} />
        </g>
      ))}
    </svg>
  );
}

function Axes({ steps, ticks, writeTick }: Pick<StackedChartProps, "steps" | "ticks" | "writeTick">) {
  const middle = (step: number): string => `${(((step + 0.5) / steps.length) * 100).toFixed(2)}%`;
  return (
    <>
      <ol class="y-axis" aria-hidden="true">
        {[...ticks.toReversed(), 0].map((tick) => (
          <li>{writeTick(tick)}</li>
        ))}
      </ol>
      <svg class="x-axis" aria-hidden="true">
        {steps.map(({ label, hour }, step) =>
          label === null ? null : (
            <text x={middle(step)} y="1.3em" data-hour={hour === null ? undefined : String(hour)}>
              {label}
            </text>
          ),
        )}
      </svg>
    </>
  );
}

function Legend({ keys, write }: Pick<StackedChartProps, "keys" | "write">) {
  return (
    <ol class="legend" aria-label="What is stacked, from the bottom up">
      {keys.map((key, index) => (
        <li>
          <svg viewBox="0 0 1 1" aria-hidden="true">
            <rect class={classOf(key, index)} width={1} height={1} />
          </svg>
          {key.href === null ? <span>{key.name}</span> : <a href={key.href}>{key.name}</a>}
          <span class="amount">{write(key.total)}</span>
        </li>
      ))}
    </ol>
  );
}

/** Bars over time, oldest first, each stacked of up to seven parts. Something must be above 0. */
export function StackedChart(props: StackedChartProps) {
  const { title, keys, write } = props;
  return (
    <figure class="chart stack">
      <figcaption>
        {title}: {write(sum(keys.map(({ total }) => total)))}
      </figcaption>
      <div class="frame">
        <div class="plot" data-chart={title}>
          <Plot {...props} />
        </div>
        <Axes {...props} />
      </div>
      <Legend keys={keys} write={write} />
    </figure>
  );
}
