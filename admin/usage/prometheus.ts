// The text format 0.0.4 of Prometheus: families of samples, each with its HELP and TYPE in front.

/** Content type of the format. */
export const PROMETHEUS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Labels of a sample, in the order in which they are written. */
export type SampleLabels = Readonly<Record<string, string>>;

/** All samples of one name. */
export interface Family {
  name: string;
  type: "counter" | "gauge";
  help: string;
  samples: readonly (readonly [labels: SampleLabels, value: number])[];
}

const escapedHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
// Names of models come from holders: a quote or a line end in one must not begin a sample of its own.
const escapedLabel = (text: string): string => escapedHelp(text).replaceAll('"', '\\"');

function sampleLine(name: string, labels: SampleLabels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapedLabel(text)}"`);
  return `${name}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${value}\n`;
}

/** Writes families down. One without samples is left out. */
export function exposition(families: readonly Family[]): string {
  return families
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, type, help, samples }) => {
      const head = `# HELP ${name} ${escapedHelp(help)}\n# TYPE ${name} ${type}\n`;
      return head + samples.map(([labels, value]) => sampleLine(name, labels, value)).join("");
    })
    .join("");
}
