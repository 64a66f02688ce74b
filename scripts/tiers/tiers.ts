/** A part of the tests with a vitest configuration of its own. */
export interface Tier {
  name: string;
  /** Path of its configuration, from the project's folder. */
  config: string;
}

const tier = (name: string, config = `vitest.${name}.config.ts`): Tier => ({ name, config });

/** Tiers that run one after the other. */
export type Lane = readonly Tier[];
/** Lanes that run beside each other. */
export type Stage = readonly Lane[];

/**
 * What runs when. Nothing runs beside a tier that looks at times which the gateway promises (schedule, raw, faults, compat):
 * a busy machine would break it, nor beside a browser, which draws when it comes to it. The agent CLIs wait for the network and for one
 * another, and neither they nor the attacks are held to a time.
 */
const STAGES: readonly Stage[] = [
  [[tier("unit", "vitest.config.ts")]],
  [[tier("schedule")]],
  [[tier("raw")]],
  [[tier("faults")]],
  [[tier("compat")]],
  [[tier("attacks")], [tier("clients")]],
  [[tier("browser")]],
];

/** Tiers that need more than npm's packages of this project: 2 GB of others. */
const WITH_MORE = ["clients"];

/**
 * What a run of the tests consists of, in its order.
 *
 * @param all also the tiers that install more first
 */
export function stagesOf(all: boolean): Stage[] {
  const wanted = ({ name }: Tier): boolean => all || !WITH_MORE.includes(name);
  return STAGES.map((lanes) => lanes.map((lane) => lane.filter(wanted)).filter((lane) => lane.length > 0));
}
