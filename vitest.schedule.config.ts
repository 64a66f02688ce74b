import { defineConfig } from "vitest/config";

// schedule.sh runs on the owner's machine, so its tests run in plain Node, with the real script and the real background processes.
export default defineConfig({
  test: {
    name: "schedule",
    include: ["test/schedule/**/*.test.ts"],
    // Child processes, because a worker thread can't change its time zone.
    pool: "forks",
    // More than cores: most of them wait for a waiter.
    maxWorkers: 3,
    testTimeout: 90_000,
    hookTimeout: 30_000,
  },
});
