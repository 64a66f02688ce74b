import { defineConfig } from "vitest/config";

// What breaks, and what it costs: docs/faults.md is the table of it.
export default defineConfig({
  test: {
    name: "faults",
    include: ["test/faults/**/*.test.ts"],
    environment: "node",
    // One build of the Workers for all files; and what a file breaks, it breaks for itself.
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
