import { defineConfig } from "vitest/config";

/** Minutes of traffic, of counting and of waiting for what lapses by itself; none of them holds the gateway to a time. */
const LONG = ["test/raw/{bench,simulation/simulation,soak/soak}.test.ts"];

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
          // One gateway for all files, and nothing beside it while times are measured.
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
