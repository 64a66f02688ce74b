/**
 * Runs what the command line asks for, and prints what came of it as a line of JSON: a text for each feature.
 *
 * @param {Record<string, () => Promise<unknown>>} features what the client can do; `plain` is what `errors` runs
 */
export async function report(features) {
  const answers = {};
  for (const name of process.argv.slice(2)) {
    answers[name] = String(name === "errors" ? await refused(features.plain) : await features[name]());
  }
  console.log(`\n${JSON.stringify(answers)}`);
}

async function refused(plain) {
  try {
    return `no error: ${await plain()}`;
  } catch (error) {
    return `${error.constructor.name} ${error.name}: ${error.message} ${error.lastError?.message ?? ""}`;
  }
}

/** The tool that every program offers: the fake provider calls it. */
export const TOOL = { name: "read_note", description: "Reads the note.", text: "note-4711" };
