// Bundles both Workers as a deployment would, and holds their sizes and start-up times to what is promised.
import { bundleSizes } from "./bench/sizes.ts";
import { startupTimes } from "./bench/startup.ts";

/** KiB after gzip. A Worker may have 3 MB on the free plan; what is small starts fast and can be read. */
const KIB = { gateway: 87.5, admin: 380 };

/**
 * Ms for the global scope, beyond an empty Worker: several times what a fast machine takes, so that a busy one doesn't
 * fail. Cloudflare refuses a Worker that takes 1 s, and until 2025-10-10 refused one that took 400 ms:
 * https://developers.cloudflare.com/changelog/2025-10-10-increased-startup-time
 */
const MS = { gateway: 150, admin: 800 };

const ROUNDS = 5;

const sizes = await bundleSizes();
const times = await startupTimes(ROUNDS);
for (const name of ["gateway", "admin"] as const) {
  console.log(`${name}: ${sizes[name].toFixed(1)} KiB gzip (limit ${KIB[name]})`);
  if (sizes[name] > KIB[name]) process.exitCode = 1;
  console.log(`${name}: starts in ${times[name].toFixed(0)} ms (limit ${MS[name]})`);
  if (times[name] > MS[name]) process.exitCode = 1;
}
