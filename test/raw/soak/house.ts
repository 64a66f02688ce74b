import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenRecord } from "../../../shared/record.ts";
import { workerdConfig } from "../config.ts";
import { bundleGateway, end, portsOf, run, varsOf } from "../harness.ts";
import { startKv } from "../kv.ts";

/** What workerd's process holds; null where the system doesn't tell. */
export interface Held {
  /** In bytes. */
  memory: number | null;
  /** Open sockets. */
  sockets: number | null;
  /** CPU time so far, in ms. */
  cpuMs: number | null;
}

/** The gateway on a storage that outlives it. */
export interface House {
  /** Origin without a slash at the end; another one after each start. */
  url: string;
  /** Lines of its log that tell of settlements which were given up. */
  lost(): string[];
  held(): Held;
  /** Ends workerd with SIGKILL and starts it again. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

const read = <T>(get: () => T): T | null => {
  try {
    return get();
  } catch {
    return null;
  }
};

/** One that was closed meanwhile is none. */
const isSocket = (link: string): boolean => read(() => readlinkSync(link))?.startsWith("socket:") === true;

/** From Linux's proc(5): VmRSS in KiB, utime and stime as the 14th and 15th field in hundredths of a second. */
function heldBy(pid: number): Held {
  const kibibytes = read(() => /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) ?? null;
  const stat = read(() =>
    readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" "),
  );
  return {
    memory: kibibytes === null ? null : Number(kibibytes) * 1024,
    sockets: read(() => readdirSync(`/proc/${pid}/fd`).filter((name) => isSocket(`/proc/${pid}/fd/${name}`)).length),
    cpuMs: stat === null ? null : (Number(stat[11]) + Number(stat[12])) * 10,
  };
}

/**
 * Starts it with the simulation's door.
 *
 * @param upstream origin of the provider
 * @param records put into KV; no guard is told of them
 */
export async function startHouse(upstream: string, records: readonly TokenRecord[]): Promise<House> {
  const folder = await mkdtemp(join(tmpdir(), "doppelgate-soak-"));
  const storage = join(folder, "storage");
  await mkdir(storage);
  const values = records.flatMap((one) => one.secrets.map(({ hash }) => [hash, JSON.stringify(one)] as const));
  const kv = await startKv(values);
  await bundleGateway("test/raw/simulation/entry.ts", join(folder, "gateway.js"));
  const keys = { openai: "raw-test-openai-key", anthropic: "raw-test-anthropic-key" };
  const vars = varsOf({ upstreams: { openai: upstream, anthropic: upstream }, keys });
  const config = workerdConfig({
    workers: [{ name: "gateway", bundle: "gateway.js", vars }],
    kvAddress: kv.address,
    storage,
  });
  await writeFile(join(folder, "config.capnp"), config);
  const log: string[] = [];
  const lost: string[] = [];
  let running: ReturnType<typeof run> | null = null;
  // Half an hour's lines would fill this process's memory.
  const forget = (): void => {
    lost.push(...log.filter((line) => line.includes("settlements_lost")));
    log.length = 0;
  };
  const timer = setInterval(forget, 10_000);
  const kill = async (): Promise<void> => {
    if (running !== null) await end(running.workerd);
    forget();
  };
  const house: House = {
    url: "",
    lost() {
      forget();
      return lost;
    },
    held: () => heldBy(running?.workerd.pid ?? 0),
    async restart() {
      await kill();
      running = run(folder, log);
      const { gateway } = await portsOf(running, ["gateway"], log);
      house.url = `http://127.0.0.1:${gateway}`;
    },
    async dispose() {
      clearInterval(timer);
      await kill();
      await kv.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
  try {
    await house.restart();
    return house;
  } catch (error) {
    await house.dispose();
    throw error;
  }
}
