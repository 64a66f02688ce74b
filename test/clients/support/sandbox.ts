import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { NPM } from "./folders.ts";

/** Longer than any client needs, retries included; in milliseconds. */
const PATIENCE_MS = 75_000;

/** What a tool of an agent finds in `note.txt`. */
export const NOTE = "note-4711";

/** How a client is started. */
export interface Command {
  /** The program, by its name or its path, and its arguments. */
  argv: readonly [string, ...string[]];
  env: Record<string, string>;
  /** Files that lie in the home folder, by their path there. */
  files?: Record<string, string>;
}

/** What came of it. */
export interface Outcome {
  /** Null where it had to be ended. */
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a step with a home folder that holds nothing but `work/note.txt`, and takes it away after. */
export async function withHome<Result>(use: (home: string) => Promise<Result>): Promise<Result> {
  const home = await mkdtemp(join(tmpdir(), "doppelgate-client-"));
  try {
    await mkdir(join(home, "work"));
    await writeFile(join(home, "work/note.txt"), `${NOTE}\n`);
    return await use(home);
  } finally {
    // A client's last helper may still be writing.
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The whole environment of a client: nothing of this process's own goes in, so no credential either. */
function surroundings(home: string, proxy: string): Record<string, string> {
  const direct = "127.0.0.1,localhost";
  return {
    PATH: [join(NPM.folder, "node_modules/.bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
    HOME: home,
    TMPDIR: home,
    TERM: "dumb",
    LANG: "C.UTF-8",
    HTTPS_PROXY: proxy,
    HTTP_PROXY: proxy,
    https_proxy: proxy,
    http_proxy: proxy,
    NO_PROXY: direct,
    no_proxy: direct,
    // Node's own fetch looks at the proxy only when told to (nodejs.org/api/cli.html).
    NODE_USE_ENV_PROXY: "1",
  };
}

/**
 * Runs a client to its end, in `home/work`, with every way but the one to 127.0.0.1 leading into the proxy.
 *
 * @param command what to run
 * @param home its home folder
 * @param proxy address of the dead proxy
 */
export async function runClient(command: Command, home: string, proxy: string): Promise<Outcome> {
  for (const [name, content] of Object.entries(command.files ?? {})) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), content);
  }
  const [file, ...args] = command.argv;
  const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
  const env = { ...surroundings(home, proxy), ...command.env };
  // A group of its own, so that what the client started ends with it.
  const child = spawn(file, args, { cwd: join(home, "work"), env, stdio: ["ignore", "pipe", "pipe"], detached: true });
  const endGroup = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // Nobody is left in it.
    }
  };
  const timer = setTimeout(endGroup, PATIENCE_MS);
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.on("error", reject);
  child.on("exit", endGroup);
  child.on("close", (code) =>
    resolve({ code, stdout: Buffer.concat(out).toString("utf8"), stderr: Buffer.concat(err).toString("utf8") }),
  );
  return promise.finally(() => clearTimeout(timer));
}
