// LiteLLM's proxy, as its package starts it, one worker: once with its master key alone, and once with a key that has a budget
// and a rate limit. Its own keys are rows of a PostgreSQL database, read with a program that its database client fetches from
// outside of the registries; its hook for keys from elsewhere needs neither, and budget and rate limit go by it all the same.
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { questionOf } from "../answers.ts";
import { headersWith, PATH } from "../requests.ts";
import { costsOf } from "./costs.ts";
import { configOf, KEYS, keysModule } from "./litellm-config.ts";
import { ANSWERS, type Peer, type Row } from "./peer.ts";
import { freePort, startProgram, untilReady } from "./processes.ts";
import { provesLimits } from "./proof.ts";

/** It takes a quarter of a minute where nothing else is done. */
const START_TIMEOUT_MS = 180_000;

const MASTER = {
  id: "litellm.master",
  name: "LiteLLM, master key",
  facts: {
    runtime: "Python, one process",
    token: "the one master key",
    key: "the proxy",
    limits: "none: for its budget it wants a database",
    meters: "reckons each answer's cost and keeps nothing: for that it wants a database",
    revokes: "by a restart",
  },
} as const;

const LIMITED = {
  id: "litellm.limited",
  name: "LiteLLM, key with budget and rate limit",
  facts: {
    runtime: "Python, one process",
    token: "a key of a list in memory, by its hash (its hook `custom_auth`), not of its database",
    key: "the proxy",
    limits: "both, counted in the memory of one process; gone with it",
    meters: "the key's cost, in memory; gone with the process",
    revokes: "not measured: the list is part of the process",
  },
} as const;

/** Switches off all that it would ask others for: prices, news, presets. It has no telemetry left to switch off. */
const QUIET = Object.fromEntries(
  ["MODEL_COST_MAP", "ANTHROPIC_BETA_HEADERS", "BLOG_POSTS", "POLICY_TEMPLATES", "AUTOROUTER_PRESETS"].map(
    (name) => [`LITELLM_LOCAL_${name}`, "True"] as const,
  ),
);

type Kind = typeof MASTER | typeof LIMITED;

async function startOne(kind: Kind, folder: string, provider: number): Promise<{ row: Row; end(): Promise<void> }> {
  const home = await mkdtemp(join(tmpdir(), "doppelgate-litellm-"));
  const remove = (): void => rmSync(home, { recursive: true, force: true });
  process.once("exit", remove);
  await writeFile(join(home, "config.yaml"), configOf(ANSWERS, provider, kind === LIMITED));
  await writeFile(join(home, "keys.py"), keysModule());
  const port = await freePort();
  const started = startProgram({
    command: join(folder, "venv/bin/litellm"),
    args: ["--config", "config.yaml", "--host", "127.0.0.1", "--port", String(port), "--num_workers", "1"],
    folder: home,
    env: { PATH: process.env["PATH"], HOME: home, LITELLM_MODE: "PRODUCTION", LITELLM_LOG: "ERROR", ...QUIET },
  });
  const end = async (): Promise<void> => {
    await started.end();
    process.off("exit", remove);
    remove();
  };
  const right = kind === MASTER ? KEYS.master : KEYS.limited;
  const row: Row = {
    ...kind,
    port,
    wrongKey: "refused",
    // It knows where to ask by the model's name.
    question: (answer, key = right) => ({
      target: PATH,
      headers: headersWith(key),
      body: JSON.stringify({ ...(JSON.parse(questionOf(answer !== "json")) as object), model: answer }),
    }),
    ...costsOf(started.pid),
  };
  try {
    await untilReady(started, `http://127.0.0.1:${port}/health/liveliness`, START_TIMEOUT_MS);
    if (kind === LIMITED) await provesLimits(row, [KEYS.spent, KEYS.fast]);
    return { row, end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** LiteLLM. */
export const LITELLM: Peer = {
  package: {
    name: "litellm",
    // The newest one whose own parts are all on PyPI.
    version: "1.106.12",
    registry: "PyPI",
    files: {},
    steps: [
      ["python3", "-m", "venv", "venv"],
      ["venv/bin/pip", "install", "--disable-pip-version-check", "--quiet", "litellm[proxy]==1.106.12"],
    ],
  },
  rows: [MASTER, LIMITED],
  async start(folder, provider) {
    const master = await startOne(MASTER, folder, provider);
    try {
      const limited = await startOne(LIMITED, folder, provider);
      const end = async (): Promise<void> => void (await Promise.all([master.end(), limited.end()]));
      return { rows: [master.row, limited.row], end };
    } catch (error) {
      await master.end();
      throw error;
    }
  },
};
