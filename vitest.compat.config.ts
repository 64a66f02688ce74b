import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "compat",
    include: ["test/compat/**/*.test.ts"],
    environment: "node",
    // One worker for all files, without isolation: the pair of Workers is started once, and nothing else runs while
    // times are measured.
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
