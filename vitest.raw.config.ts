import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "raw",
    include: ["test/raw/**/*.test.ts"],
    environment: "node",
    // One gateway for all files, and nothing beside it while times are measured.
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
