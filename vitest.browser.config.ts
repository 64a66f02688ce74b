import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    name: "browser",
    include: ["test/browser/**/*.test.ts"],
    environment: "node",
    // One Chromium and one pair of Workers for all files.
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
    // The first test of a file may have to wait for workerd and Chromium; a busy machine is no failure.
    testTimeout: 90_000,
    // Unpacking the Chromium of the npm package takes a while on a slow disk.
    hookTimeout: 120_000,
  },
});
