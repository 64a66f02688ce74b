import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenRecord } from "../../../shared/record.ts";
import { workerdConfig } from "../config.ts";
import { bundleGateway, end, kvRows, portsOf, run, varsOf } from "../harness.ts";
import { startKv } from "../kv.ts";
import { cpuMsOf, memoryOf, socketsOf } from "../process.ts";

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
  /** What is held once the engine has thrown away all that nobody needs: it does that by itself when it likes to. */
  heldAfterAll(): Promise<Held>;
  /** Ends workerd with SIGKILL and starts it again. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
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
  const kv = await startKv(kvRows(records));
  await bundleGateway("test/raw/simulation/entry.ts", join(folder, "gateway.js"));
  const keys = { openai: "raw-test-openai-key", anthropic: "raw-test-anthropic-key" };
  const vars = varsOf({ upstreams: { openai: upstream, anthropic: upstream }, keys });
  const config = workerdConfig({
    workers: [{ name: "gateway", bundle: "gateway.js", vars }],
    kvAddress: kv.address,
    storage,
    v8Flags: ["--expose-gc"],
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
    held() {
      const pid = running?.workerd.pid ?? 0;
      return { memory: memoryOf(pid), sockets: socketsOf(pid), cpuMs: cpuMsOf(pid) };
    },
    async heldAfterAll() {
      await fetch(`${house.url}/simulation/collect`);
      return house.held();
    },
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
