// What the bench prints and writes.
import { createRequire } from "node:module";
import { cpus, release, totalmem, type } from "node:os";
import { type Figure, figuresIn, JSON_KEYS, type JsonKey, type Section } from "./figure.ts";

const DIGITS: Record<Figure["unit"], number> = { "×": 2, ms: 2, MiB: 1, KiB: 1, "/s": 0, "/day": 0, "": 0 };

function valueOf({ value, unit }: Figure): string {
  if (Number.isNaN(value)) return "not measured here";
  const digits = DIGITS[unit];
  const text = value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return unit === "" ? text : `${text} ${unit}`;
}

const keptOf = ({ kept, note }: Figure): string =>
  [kept === null ? "" : kept ? "kept" : "NOT KEPT", note].filter((text) => text !== "").join(", ");

/** For a screen. */
export function asTable(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  return figures
    .map((one) =>
      `${one.name.padEnd(width)}  ${valueOf(one).padStart(18)}  ${one.mark.padStart(8)}  ${keptOf(one)}`.trimEnd(),
    )
    .join("\n");
}

/**
 * For machines: an object with a place for every key, in which a figure stands where its key says, rounded to four digits.
 * What wasn't measured is null.
 */
export function asJson(figures: readonly Figure[]): object {
  const values = new Map<JsonKey | null, number>(figures.map(({ key, value }) => [key, value]));
  const all: Record<string, unknown> = {};
  for (const key of JSON_KEYS) {
    const value = values.get(key) ?? Number.NaN;
    const names = key.split(".");
    const last = names.pop() ?? "";
    let place = all;
    for (const name of names) place = (place[name] ??= {}) as Record<string, unknown>;
    place[last] = Number.isFinite(value) ? Number(value.toPrecision(4)) : null;
  }
  return all;
}

/** The machine that this runs on, in words. */
export function machine(): string {
  const { version } = createRequire(import.meta.url)("workerd/package.json") as { version: string };
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpu?.model.trim() ?? "?"}, ${cpus().length} cores, ${memory} GiB, ${type()} ${release().split("-")[0]}; workerd ${version}, Node ${process.versions.node}`;
}

const BEGIN = "<!-- notes -->";
const END = "<!-- /notes -->";

/** What a person wrote into docs/benchmarks.md, with the marks around it. */
function notesOf(before: string): string {
  const [begin, end] = [before.indexOf(BEGIN), before.indexOf(END)];
  return begin === -1 || end < begin ? `${BEGIN}\n${END}` : before.slice(begin, end + END.length);
}

function sectionText({ title, about, figures }: Section): string {
  const rows = figures.map((one) => `| ${one.name} | ${valueOf(one)} | ${one.mark} | ${keptOf(one)} |`);
  return `## ${title}\n\n${about}\n\n| what | figure | mark | |\n| --- | ---: | ---: | --- |\n${rows.join("\n")}\n`;
}

function marksText(figures: readonly Figure[]): string {
  const held = figures.filter(({ kept }) => kept !== null);
  const broken = held.filter(({ kept }) => kept === false);
  if (broken.length === 0) return `All ${held.length} marks are kept.`;
  const lines = broken.map((one) => `- ${one.name}: ${valueOf(one)}, mark ${one.mark}`);
  return `Of ${held.length} marks ${broken.length} ${broken.length === 1 ? "isn't" : "aren't"} kept:\n\n${lines.join("\n")}`;
}

/** What docs/benchmarks.md has beside its figures. */
export interface Surroundings {
  now: Date;
  /** What it ran on, in words. */
  machine: string;
  /** The file as it was; empty: there was none. What stands between its marks for notes is kept. */
  before: string;
}

/** As docs/benchmarks.md. */
export function asMarkdown(sections: readonly Section[], { now, machine: on, before }: Surroundings): string {
  return `# Benchmarks

Written by \`npm run bench -- --write\` on ${now.toISOString().slice(0, 10)}: ${on}. Only what stands between the two marks for
notes is written by hand.

Everything runs on bare \`workerd serve\`, the gateway's own bundle beside the baseline: a Worker of four lines that passes requests,
answers and sockets on and does nothing else. Provider, KV and load generator are processes of their own on the same machine, so
ratios tell more than what goes through in a second. What is compared is measured in turns; of the turns' ratios the middle one is
shown. Tokens are hot, with metering on, and as the console makes them: for models' answers alone, with every model. A token without
limits or rules is one for all paths, so that nothing has to be known of a request's body. A mark is what we hold ourselves to.

${marksText(figuresIn(sections))}

${notesOf(before)}

${sections.map(sectionText).join("\n")}`;
}
