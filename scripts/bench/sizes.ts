import { gzipSync } from "node:zlib";
import { type Bundle, bundles, type WorkerName } from "./bundles.ts";

function sizeOf(bundle: Bundle): number {
  return [...bundle.values()].reduce((sum, file) => sum + gzipSync(file).length, 0) / 1024;
}

/** How much a deployment uploads of each Worker: KiB after gzip, each file by itself. */
export async function bundleSizes(): Promise<Record<WorkerName, number>> {
  const { gateway, admin } = await bundles();
  return { gateway: sizeOf(gateway), admin: sizeOf(admin) };
}
