import { defineConfig } from "vitest/config";

/** They count for long and wait for long, and hold the gateway to no time. */
const LONG = ["test/raw/{bench,soak/soak}.test.ts"];

const NODE = { environment: "node", testTimeout: 20_000, hookTimeout: 60_000 } as const;

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "raw",
          ...NODE,
          include: ["test/raw/**/*.test.ts"],
          exclude: LONG,
          // One gateway for all files, and nothing beside it while times are measured, nor beside the simulation's crowd.
          isolate: false,
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Beside each other: where one waits another computes. Each has gateways of its own.
        test: { name: "raw-long", ...NODE, include: LONG, maxWorkers: 2, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
