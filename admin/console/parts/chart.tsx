import type { PropsWithChildren } from "hono/jsx";

// Charts as SVG from the server: shapes only, so that they may be stretched to any width. The words around them are HTML,
// and the same numbers stand in the table below.

/** One bar. */
export interface Bar {
  /** What it is of, as text. */
  name: string;
  value: number;
  /** The value in words. */
  words: string;
}

interface ChartProps {
  /** What the bars show, e.g. `Spend`. */
  title: string;
  bars: readonly Bar[];
}

const HEIGHT = 100;
/** Of 10: the rest is the gap to the next bar. */
const BAR_WIDTH = 8;
const STEP = 10;
/** So that a small value can be told from none. */
const LEAST = 1;

const sizeOf = (value: number, most: number): number => (value === 0 ? 0 : Math.max(LEAST, (value / most) * HEIGHT));

const mostOf = (bars: readonly Bar[]): Bar | undefined => bars.toSorted((a, b) => b.value - a.value)[0];

/** Bars over time, oldest first, one for each day. */
export function DayChart({ title, bars }: ChartProps) {
  const [most, first, last] = [mostOf(bars), bars[0], bars.at(-1)];
  if (most === undefined || most.value === 0) return null;
  return (
    <figure class="chart">
      <figcaption>
        {title} per day (UTC), up to {most.words}
      </figcaption>
      <svg
        viewBox={`0 0 ${bars.length * STEP} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`${title} per day (UTC) from ${first?.name} to ${last?.name}. The most is ${most.words}, on ${most.name}. The table below has all days.`}
      >
        {bars.map(({ name, value, words }, index) => {
          const height = sizeOf(value, most.value);
          return (
            <g>
              <title>{`${name}: ${words}`}</title>
              <rect class="target" x={index * STEP} y={0} width={STEP} height={HEIGHT} />
              <rect class="fill" x={index * STEP + 1} y={HEIGHT - height} width={BAR_WIDTH} height={height} />
            </g>
          );
        })}
      </svg>
      <div class="axis" aria-hidden="true">
        <span>{first?.name}</span>
        {bars.length > 1 && <span>{last?.name}</span>}
      </div>
    </figure>
  );
}

/** Bars of a few things beside each other, the largest first. */
export function RankChart({ title, bars }: ChartProps) {
  const most = mostOf(bars);
  if (most === undefined || most.value === 0) return null;
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      <ol class="ranks">
        {bars.map(({ name, value, words }) => (
          <li>
            <span class="name">{name}</span>
            <svg viewBox={`0 0 ${HEIGHT} 1`} preserveAspectRatio="none" aria-hidden="true">
              <rect class="fill" x={0} y={0} width={sizeOf(value, most.value)} height={1} />
            </svg>
            <span class="amount">{words}</span>
          </li>
        ))}
      </ol>
    </figure>
  );
}

interface MeterProps {
  /** The whole. */
  limit: number;
  used: number;
  /** Held on top of what is used. */
  reserved?: number;
}

const shareOf = (value: number, whole: number): number =>
  whole === 0 ? HEIGHT : Math.min(HEIGHT, (value / whole) * HEIGHT);

function Gauge({ children }: PropsWithChildren) {
  return (
    <svg class="meter" viewBox={`0 0 ${HEIGHT} 1`} preserveAspectRatio="none" aria-hidden="true">
      {children}
    </svg>
  );
}

/** How much of a limit is used up and held. The numbers stand beside it as text. */
export function Meter({ limit, used, reserved = 0 }: MeterProps) {
  const end = shareOf(used + reserved, limit);
  return (
    <Gauge>
      <rect class="held" x={0} y={0} width={end} height={1} />
      <rect class={end < HEIGHT ? "fill" : "fill full"} x={0} y={0} width={shareOf(used, limit)} height={1} />
    </Gauge>
  );
}

/** How far something is that ends when all of it is over. The numbers stand beside it as text. */
export function Progress({ whole, over }: { whole: number; over: number }) {
  return (
    <Gauge>
      <rect class="fill" x={0} y={0} width={shareOf(over, whole)} height={1} />
    </Gauge>
  );
}
