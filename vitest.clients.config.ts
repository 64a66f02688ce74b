import { defineConfig } from "vitest/config";

// The clients that people really use, each of them a process of its own.
export default defineConfig({
  test: {
    name: "clients",
    include: ["test/clients/**/*.test.ts"],
    environment: "node",
    // Installs what isn't installed yet.
    globalSetup: ["test/clients/support/install.ts"],
    // One pair of Workers for all, and one client at a time: each step reads what its client alone sent.
    isolate: false,
    maxWorkers: 1,
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 60_000,
  },
});
