// The scale of a chart: where its lines are drawn.

const FEWEST = 3;
const MOST = 4;
/** Steps between the lines that people read without thinking, times a power of ten. */
const ROUND = [1, 2, 2.5, 5, 10];
/** Of what can't be halved, below ten. */
const ROUND_WHOLE = [1, 2, 3, 5, 10];

/**
 * The lines of a chart whose largest value is `most`: three or four round ones above 0, evenly spaced, the last one at or
 * above it. Of whole things there may be fewer.
 *
 * @param most above 0
 * @param whole whether values are whole numbers
 * @returns the lines, the lowest first, without 0
 */
export function ticksOf(most: number, whole: boolean): number[] {
  const power = 10 ** Math.floor(Math.log10(most / MOST));
  const tens = whole ? Math.max(1, power) : power;
  const steps = (whole && tens === 1 ? ROUND_WHOLE : ROUND).map((round) => round * tens);
  const step = steps.find((one) => Math.ceil(most / one) <= MOST) ?? most / FEWEST;
  return Array.from({ length: Math.max(1, Math.ceil(most / step)) }, (_, index) => step * (index + 1));
}
