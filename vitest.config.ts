import { join } from "node:path";
import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { build } from "esbuild";
import { defineConfig } from "vitest/config";
import { buildConsole } from "./scripts/build-console.ts";
import { buildGateway } from "./scripts/build-gateway.ts";

/** Much longer than any test takes: what a busy machine makes slow is no failure. */
const TEST_TIMEOUT_MS = 30_000;

/** One runtime for many files, emptied before each: starting another takes seconds. */
const SHARED = { isolate: false, setupFiles: ["test/unit/support/begin-empty.ts"] };

const NO_CERTIFICATES = join(import.meta.dirname, "admin/auth/no-certificates.ts");

const GATEWAY_BUNDLE = ".wrangler/test/gateway.js";

// Wrangler's `[build]` isn't run by vitest.
await buildConsole();
await buildGateway();

// The admin's tests talk to the real gateway over the real RPC binding, so it is bundled for them as a second Worker.
await build({
  entryPoints: ["gateway/index.ts"],
  outfile: GATEWAY_BUNDLE,
  bundle: true,
  format: "esm",
  target: "es2024",
  external: ["cloudflare:workers"],
  logLevel: "warning",
});

const gatewayWorker = {
  name: "doppelgate-gateway",
  modules: true as const,
  scriptPath: GATEWAY_BUNDLE,
  compatibilityDate: "2026-11-01",
  compatibilityFlags: ["enable_request_signal"],
  kvNamespaces: { TOKENS: "PUT_YOUR_KV_NAMESPACE_ID_HERE" },
  durableObjects: {
    GUARD: { className: "Guard", useSQLite: true },
    KEY_HEALTH: { className: "KeyHealth", useSQLite: true },
    RELAY: { className: "Relay", useSQLite: true },
    LEDGER: { className: "Ledger", useSQLite: true },
  },
  bindings: { OPENAI_API_KEY: "unit-test-openai-key" },
};

/** Their tests look at all that an isolate does and stores, or hold its timers, so each has one of its own. */
const ALONE = [
  "test/unit/gateway/admit.test.ts",
  "test/unit/gateway/forward-deadline.test.ts",
  "test/unit/gateway/guard/guard.test.ts",
  "test/unit/gateway/sockets/{connect,relay}.test.ts",
  "test/unit/gateway/telling.test.ts",
];

const gateway = cloudflareTest({
  wrangler: { configPath: "./wrangler.gateway.toml" },
  miniflare: {
    bindings: {
      OPENAI_API_KEY: "unit-test-openai-key",
      ANTHROPIC_API_KEY: "unit-test-anthropic-key",
      GEMINI_API_KEY: "unit-test-gemini-key",
    },
  },
});

export default defineConfig({
  test: {
    // More than cores: many tests wait for a clock, few for the processor.
    maxWorkers: 3,
    projects: [
      {
        // What the scripts reckon, in plain Node.
        test: { name: "scripts", include: ["test/unit/scripts/**/*.test.ts"], environment: "node" },
      },
      {
        plugins: [gateway],
        test: {
          name: "gateway",
          testTimeout: TEST_TIMEOUT_MS,
          include: ["test/unit/{shared,gateway}/**/*.test.ts"],
          exclude: ALONE,
          ...SHARED,
          setupFiles: ["test/unit/support/begin-silent.ts", ...SHARED.setupFiles],
          // One project after the other: a runtime belongs to one.
          sequence: { groupOrder: 0 },
        },
      },
      {
        plugins: [gateway],
        test: { name: "gateway-alone", testTimeout: TEST_TIMEOUT_MS, include: ALONE, sequence: { groupOrder: 1 } },
      },
      {
        plugins: [
          cloudflareTest({
            wrangler: { configPath: "./wrangler.admin.toml" },
            miniflare: { bindings: { ADMIN_SECRET: "unit-test-admin-secret" }, workers: [gatewayWorker] },
          }),
        ],
        // The same as in wrangler.admin.toml, which vitest doesn't read for this.
        resolve: { alias: { "@peculiar/x509": NO_CERTIFICATES, "reflect-metadata": NO_CERTIFICATES } },
        test: {
          name: "admin",
          testTimeout: TEST_TIMEOUT_MS,
          include: ["test/unit/admin/**/*.test.ts"],
          ...SHARED,
          sequence: { groupOrder: 2 },
          // In one piece, as wrangler bundles it: its hundreds of files, asked for one by one, take longer than a test may.
          deps: { optimizer: { ssr: { enabled: true, include: ["@simplewebauthn/server"] } } },
        },
      },
    ],
  },
});
