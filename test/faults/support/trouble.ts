/** Something that a guard is asked. */
export type Call = "recall" | "admit" | "settle" | "apply";

/** What a guard's trouble is. */
export interface Trouble {
  /**
   * `fails`: the call throws. `slow`: it takes so many ms more. `forgets`: it is done, and the guard restarts before its
   * answer leaves. `full`: storage takes nothing more, whatever is asked.
   */
  kind: "fails" | "slow" | "forgets" | "full";
  calls: readonly Call[];
  /** How often; null: until it is taken back. */
  times: number | null;
  ms: number;
}
