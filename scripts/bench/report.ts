import { createRequire } from "node:module";
import { cpus, release, totalmem, type } from "node:os";
import type { Figure } from "./figures.ts";

const DIGITS: Record<Figure["unit"], number> = { "×": 2, ms: 2, MiB: 1, KiB: 1, "/s": 0, "": 0 };

const valueOf = ({ value, unit }: Figure): string =>
  Number.isNaN(value) ? "not measured here" : `${value.toFixed(DIGITS[unit])}${unit === "" ? "" : ` ${unit}`}`;

const keptOf = ({ kept }: Figure): string => (kept === null ? "" : kept ? "kept" : "NOT KEPT");

/** For a screen. */
export function asTable(figures: readonly Figure[]): string {
  const width = Math.max(...figures.map(({ name }) => name.length));
  return figures
    .map((one) =>
      `${one.name.padEnd(width)}  ${valueOf(one).padStart(18)}  ${one.mark.padStart(8)}  ${keptOf(one)}`.trimEnd(),
    )
    .join("\n");
}

/** For machines: an object, in which a figure stands where its key says. What wasn't measured is null. */
export function asJson(figures: readonly Figure[]): object {
  const all: Record<string, unknown> = {};
  for (const { key, value } of figures) {
    if (key === null) continue;
    const names = key.split(".");
    const last = names.pop() ?? "";
    let place = all;
    for (const name of names) place = (place[name] ??= {}) as Record<string, unknown>;
    place[last] = Number.isNaN(value) ? null : Number(value.toPrecision(4));
  }
  return all;
}

/** The machine that it ran on. */
export function machine(): string {
  const { version } = createRequire(import.meta.url)("workerd/package.json") as { version: string };
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${cpu?.model.trim() ?? "?"}, ${cpus().length} cores, ${memory} GiB, ${type()} ${release().split("-")[0]}; workerd ${version}, Node ${process.versions.node}`;
}

/** As docs/benchmarks.md. */
export function asMarkdown(figures: readonly Figure[], now: Date): string {
  const rows = figures.map((one) => `| ${one.name} | ${valueOf(one)} | ${one.mark} | ${keptOf(one)} |`);
  return `# Benchmarks

Written by \`npm run bench -- --write\` on ${now.toISOString().slice(0, 10)}: ${machine()}.

Everything runs on bare \`workerd serve\`, the gateway's own bundle beside the baseline: a Worker of four lines that passes requests,
answers and sockets on and does nothing else. Provider, KV and load generator are processes of their own on the same machine. What is
compared is measured in turns; of the turns' ratios the middle one is shown. The token is one as the console makes it, hot, with
metering on. CPU time is that of the workerd process, with all that it does behind the answer.

| what | figure | mark | |
| --- | ---: | ---: | --- |
${rows.join("\n")}
`;
}
