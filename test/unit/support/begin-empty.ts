import { reset } from "cloudflare:test";
import { beforeAll } from "vitest";

// Of every file of tests: its runtime is one for many files, and what the last one stored is no business of the next.
beforeAll(async () => {
  await reset();
});
