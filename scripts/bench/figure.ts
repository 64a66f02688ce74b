// A figure of the bench, and the mark that it is held to.

/** Where figures stand in the object of `--json`, in its order. */
export const JSON_KEYS = [
  "rps.unlimited",
  "rps.limited",
  "rps.sse50",
  "ttfbAddedMs.p50",
  "ttfbAddedMs.p99",
  "chunkDelayMs.p50",
  "chunkDelayMs.p99",
  "cpuMs.request",
  "cpuMs.stream1000",
  "relay200k",
  "websocket",
  "perThousand.kvReads",
  "perThousand.kvWrites",
  "perThousand.guardCalls",
  "perThousand.rowsWritten",
  "bundleKiB.gateway",
  "bundleKiB.admin",
  "growth.authorize",
  "growth.console",
] as const;
/** The place of a figure in that object: names with dots between them. */
export type JsonKey = (typeof JSON_KEYS)[number];

/** One figure. */
export interface Figure {
  /** Null: in the table alone. */
  key: JsonKey | null;
  name: string;
  /** NaN: it wasn't measured. */
  value: number;
  unit: "×" | "ms" | "MiB" | "KiB" | "/s" | "/day" | "";
  /** What it is held to, as words; empty: nothing. */
  mark: string;
  /** Whether it keeps to that; null: it is held to nothing, or wasn't measured. */
  kept: boolean | null;
  /** What more there is to say of this value; empty: nothing. */
  note: string;
}

/** What a figure may be held to. */
export interface Mark {
  mark: string;
  keeps(value: number): boolean;
}

/** Held to a value or more. */
export const atLeast = (least: number): Mark => ({ mark: `≥ ${least}`, keeps: (value) => value >= least });
/** Held to a value or less. */
export const atMost = (most: number): Mark => ({ mark: `≤ ${most}`, keeps: (value) => value <= most });

/** Makes a figure. A value that wasn't measured keeps no mark and breaks none. */
export function figure(
  key: JsonKey | null,
  name: string,
  value: number,
  unit: Figure["unit"],
  mark: Mark | null = null,
): Figure {
  const kept = mark === null || Number.isNaN(value) ? null : mark.keeps(value);
  return { key, name, value, unit, mark: mark?.mark ?? "", kept, note: "" };
}

/** Figures of one kind, and what they are. */
export interface Section {
  title: string;
  /** What is measured, and how: sentences for docs/benchmarks.md. */
  about: string;
  figures: readonly Figure[];
}

/** All figures of all sections, in their order. */
export const figuresIn = (sections: readonly Section[]): Figure[] => sections.flatMap(({ figures }) => figures);
