import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "attacks",
    include: ["test/attacks/**/*.test.ts"],
    environment: "node",
    // One pair of Workers and one Chromium for all files.
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 120_000,
    // The first test of a file waits for workerd, for Chromium, or for all of the canaries' traffic; a busy machine is no failure.
    hookTimeout: 120_000,
  },
});
