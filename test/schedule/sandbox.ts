import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { FakeCloudflare } from "./fake-cloudflare.ts";
import { endGroup, endWaiter } from "./processes.ts";

const PROJECT = join(import.meta.dirname, "..", "..");

/** The login of the tests: no run may print or store it. */
export const LOGIN = "login-of-the-schedule-tests";

/** Stands in for the owner's crontab, which a test must never touch. Without CRONTAB_FILE it refuses, as some machines do. */
const CRONTAB = `#!/bin/sh
[ -n "$CRONTAB_FILE" ] || { echo "you are not allowed to use this program" >&2; exit 1; }
case "$1" in
  -l) [ -f "$CRONTAB_FILE" ] && exec cat "$CRONTAB_FILE"; echo "no crontab for tester" >&2; exit 1 ;;
  -) exec cat >"$CRONTAB_FILE" ;;
esac
`;

/** What a call of `schedule.sh` came to. */
export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A copy of the project in a folder with spaces, its own state and home, and a fake Cloudflare. */
export class Sandbox {
  readonly folder = mkdtempSync(join(tmpdir(), "doppelgate schedule's "));
  readonly root = join(this.folder, "my project");
  readonly state = join(this.folder, "state");
  readonly home = join(this.folder, "home");
  readonly crontabFile = join(this.folder, "crontab.txt");
  readonly cloudflare = new FakeCloudflare();
  private readonly printed: string[] = [];

  static async open(): Promise<Sandbox> {
    const sandbox = new Sandbox();
    const { root, home } = sandbox;
    for (const folder of [join(root, "scripts"), join(home, "bin")]) mkdirSync(folder, { recursive: true });
    cpSync(join(PROJECT, "schedule.sh"), join(root, "schedule.sh"));
    cpSync(join(PROJECT, "scripts", "schedule"), join(root, "scripts", "schedule"), { recursive: true });
    cpSync(join(PROJECT, "package.json"), join(root, "package.json"));
    symlinkSync(join(PROJECT, "node_modules"), join(root, "node_modules"));
    for (const label of ["gateway", "admin"]) {
      sandbox.configure(label, "preview_urls = false\n");
      sandbox.cloudflare.workers.set(`account-one/my-${label}`, { enabled: true, previews_enabled: false });
    }
    writeFileSync(join(home, "bin", "crontab"), CRONTAB);
    chmodSync(join(home, "bin", "crontab"), 0o755);
    await sandbox.cloudflare.start();
    return sandbox;
  }

  /** Writes a Worker's wrangler file. The table at its end has a `name` too, which must not be taken for the Worker's. */
  configure(label: string, lines: string): void {
    const text = `# name = "old"\nname = "my-${label}" # its name\n${lines}\n[[durable_objects.bindings]]\nname = "OTHER"\n`;
    writeFileSync(join(this.root, `wrangler.${label}.toml`), text);
  }

  /** Calls `./schedule.sh` as the owner would. A variable set to `undefined` is taken away. */
  async run(words: string[], env: Record<string, string | undefined> = {}, cwd = this.root): Promise<Result> {
    return this.call(join(this.root, "schedule.sh"), words, env, cwd);
  }

  /** Schedules a switch and returns the new job's file name. */
  async schedule(...words: string[]): Promise<string> {
    const before = this.jobs;
    const { code, stderr } = await this.run(words);
    if (code !== 0) throw new Error(stderr);
    return this.jobs.find((name) => !before.includes(name)) ?? "";
  }

  /** Calls any program with the sandbox's environment, and then closes its terminal, so to speak. */
  async call(file: string, words: string[], env: Record<string, string | undefined>, cwd: string): Promise<Result> {
    const own = {
      PATH: [join(this.home, "bin"), process.env["PATH"]].join(delimiter),
      HOME: this.home,
      DOPPELGATE_STATE: this.state,
      CLOUDFLARE_API_BASE_URL: this.cloudflare.base,
      CLOUDFLARE_API_TOKEN: LOGIN,
      CRONTAB_FILE: this.crontabFile,
    };
    const options = { cwd, env: { ...own, ...env }, detached: true } as const;
    const child = spawn(file, words, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => (stdout += String(chunk)));
    child.stderr.on("data", (chunk) => (stderr += String(chunk)));
    const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
    this.printed.push(stdout, stderr);
    endGroup(child.pid);
    return { code, stdout, stderr };
  }

  /** The jobs' files: `ID.json`, `ID.PID.json` or `ID.failed.json`. */
  get jobs(): string[] {
    const folder = join(this.state, "jobs");
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  get log(): string {
    return this.read(join(this.state, "schedule.log"));
  }

  get crontab(): string {
    return this.read(this.crontabFile);
  }

  /** Everything that was printed or written, to look for what must not be there. */
  get everything(): string {
    if (!existsSync(this.state)) return this.printed.join("\n");
    const files = readdirSync(this.state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return [...this.printed, this.crontab, ...files.map((file) => this.read(join(file.parentPath, file.name)))].join(
      "\n",
    );
  }

  /** Ends what is left running and removes the folder. */
  async close(): Promise<void> {
    for (const name of this.jobs) endWaiter(name);
    await this.cloudflare.stop();
    // A waiter that has just finished its job may still be writing its last line.
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }

  private read(path: string): string {
    return existsSync(path) ? readFileSync(path, "utf8") : "";
  }
}
