// What the bench found, as figures with the marks that they are held to: docs/benchmarks.md section by section.
import { type Figure, type Section, atLeast, atMost, figure } from "./figure.ts";
import { operationSections } from "./operation-figures.ts";
import type { Measured } from "./measured.ts";

const MIB = 1024 * 1024;
/** What Cloudflare's free plan gives a request to a Worker: developers.cloudflare.com/workers/platform/limits. */
const FREE_PLAN_CPU_MS = 10;

const speeds = ({ json, sse }: Measured): Section => ({
  title: "Requests a second",
  about:
    "As many requests as go through 16 connections, each sent when the answer before it is whole. The provider answers at once. The least that metering takes is a Worker of some thirty lines: it puts in a key, reads the usage of the answer and writes a line of the log; no token is looked up, nothing judged, priced or kept. The ratios are the marks: how many requests a second beside the baseline's.",
  figures: [
    figure(null, "requests a second: the provider, asked directly", json.direct.perSecond, "/s"),
    figure(null, "requests a second: bare passthrough Worker (the baseline)", json.baseline.perSecond, "/s"),
    figure(null, "requests a second: token without limits or rules", json.open.perSecond, "/s"),
    figure(null, "requests a second: token without limits", json.unlimited.perSecond, "/s"),
    figure(null, "requests a second: token with a budget and a rate limit", json.limited.perSecond, "/s"),
    figure(null, "the least that metering takes, ÷ baseline", json.least.ratio, "×"),
    figure(null, "the least that metering a 50-chunk event stream takes, ÷ baseline", sse.least.ratio, "×"),
    figure(null, "token without limits or rules, ÷ baseline", json.open.ratio, "×"),
    figure("rps.unlimited", "token without limits, ÷ baseline", json.unlimited.ratio, "×", atLeast(0.75)),
    figure("rps.limited", "token with a budget and a rate limit, ÷ baseline", json.limited.ratio, "×", atLeast(0.45)),
    figure("rps.sse50", "50-chunk event stream, metered, ÷ baseline", sse.unlimited.ratio, "×", atLeast(0.55)),
  ],
});

const delays = ({ firstBytes, chunks }: Measured): Section => ({
  title: "Added delay",
  about:
    "What a client waits longer than behind the baseline: for the first byte of an answer, at a rate that both carry with ease; and for each word of a slow stream.",
  figures: [
    ...firstBytes.flatMap(({ connections, p50, p99 }): Figure[] => {
      const name = `first byte later than behind the baseline, ${connections} connections, 400 requests a second`;
      const isNamed = connections === 16;
      return [
        figure(isNamed ? "ttfbAddedMs.p50" : null, `${name}: median`, p50, "ms"),
        figure(isNamed ? "ttfbAddedMs.p99" : null, `${name}: p99`, p99, "ms"),
      ];
    }),
    figure("chunkDelayMs.p50", "words of a slow stream (every 30 ms) later: median", chunks.p50, "ms", atMost(1)),
    figure("chunkDelayMs.p99", "words of a slow stream (every 30 ms) later: p99", chunks.p99, "ms", atMost(5)),
  ],
});

const processor = ({ json, sse, stream, lone }: Measured): Section => ({
  title: "CPU time",
  about: `Of the workerd process, with all that it does behind the answer, guards and ledger included; Cloudflare bills these apart. The free plan gives a request ${FREE_PLAN_CPU_MS} ms.`,
  figures: [
    figure(null, "CPU time of a request: baseline", json.baseline.cpuMs, "ms"),
    figure(null, "CPU time of a request: the least that metering takes", json.least.cpuMs, "ms"),
    figure(null, "CPU time of a request: token without limits or rules", json.open.cpuMs, "ms"),
    figure("cpuMs.request", "CPU time of a request: token without limits", json.unlimited.cpuMs, "ms", atMost(3)),
    figure(null, "CPU time of a request: token with limits", json.limited.cpuMs, "ms", atMost(FREE_PLAN_CPU_MS)),
    figure(null, "baseline's CPU time ÷ that of a token without limits or rules", json.open.cpuRatio, "×"),
    figure(null, "baseline's CPU time ÷ that of a token without limits", json.unlimited.cpuRatio, "×"),
    figure(null, "baseline's CPU time ÷ that of a token with limits", json.limited.cpuRatio, "×"),
    figure(null, "baseline's CPU time ÷ that of a 50-chunk event stream", sse.unlimited.cpuRatio, "×"),
    figure(
      "cpuMs.stream1000",
      "CPU time of a streamed answer of 1,000 chunks",
      stream.unlimited.cpuMs,
      "ms",
      atMost(FREE_PLAN_CPU_MS),
    ),
    figure(
      null,
      "CPU time of a streamed answer of 1,000 chunks, beyond the baseline's",
      stream.unlimited.cpuMs - stream.baseline.cpuMs,
      "ms",
      atMost(3),
    ),
    figure(
      null,
      "the least that metering such an answer takes, beyond the baseline's",
      stream.least.cpuMs - stream.baseline.cpuMs,
      "ms",
    ),
    figure(null, "baseline's CPU time ÷ that of a streamed answer of 1,000 chunks", stream.unlimited.cpuRatio, "×"),
    figure(null, "the same by itself, after a pause, beyond the baseline's", lone.addedCpuMs, "ms"),
  ],
});

const long = ({ relay, grownBytes, socket, extent }: Measured): Section => ({
  title: "Long answers and sockets",
  about:
    "One answer of very many small chunks, one of very many bytes, and messages of 200 bytes over one WebSocket, with two of the client's on their way and 50 of the provider's for each of them. The bare relay is a Worker of two listeners; sockets that no JavaScript looks at, the runtime pumps by itself.",
  figures: [
    figure(
      "relay200k",
      `time of ${extent.chunks.toLocaleString("en")} small chunks, ÷ baseline`,
      relay.timeRatio,
      "×",
      atMost(1.8),
    ),
    figure(null, `memory that a body of ${extent.megabytes} MB adds to workerd`, grownBytes / MIB, "MiB", atMost(32)),
    figure("websocket", "messages a second over a WebSocket, ÷ a bare relay", socket.toRelay, "×", atLeast(0.7)),
    figure(null, "messages a second over a WebSocket, ÷ the runtime's own pump", socket.toBaseline, "×"),
  ],
});

const sizes = ({ bundles, starts }: Measured): Section => ({
  title: "Size and start",
  about:
    "Each Worker as a deployment uploads it, after gzip; and what its global scope costs at the start, beyond an empty Worker's: CPU time where the system tells it, else time on the clock.",
  figures: [
    figure("bundleKiB.gateway", "bundle of the gateway, gzip", bundles.gateway, "KiB", atMost(60)),
    figure("bundleKiB.admin", "bundle of the admin, gzip", bundles.admin, "KiB"),
    figure(null, "start of the gateway, beyond an empty Worker", starts.gateway, "ms"),
    figure(null, "start of the admin, beyond an empty Worker", starts.admin, "ms"),
  ],
});

function growth({ growth: found, extent }: Measured): Section {
  const { tokens, usage, audit } = extent.growth;
  const [many, rows, lines] = [tokens, usage, audit].map((count) => count.toLocaleString("en"));
  return {
    title: "Growth",
    about: `Both Workers with 10 tokens and 10 rows of usage, with a thousand tokens, which fill its pages, and with ${many} tokens, ${rows} rows of usage and ${lines} lines of the audit log, in turns. A request is compared with one beside 10 tokens; a page with itself beside a thousand, where it shows as much then. \`npm run bench:growth\` tells of each page.`,
    figures: [
      figure("growth.authorize", "a hot token's request, many tokens ÷ few", found.authorize, "×", atMost(1.2)),
      figure(null, "a cold token's request, many tokens ÷ few", found.authorizeCold, "×", atMost(1.2)),
      figure("growth.console", "all pages of the console, many tokens ÷ a thousand", found.console, "×", atMost(1.2)),
      {
        ...figure(null, "pages of the console that take more than a fifth longer", found.grown, ""),
        note: Number.isNaN(found.pages) ? "" : `of ${found.pages}`,
      },
      figure(null, "the slowest page of the console with many tokens", found.slowestMs, "ms", atMost(100)),
    ],
  };
}

/** All figures of a run. */
export const sectionsOf = (measured: Measured): Section[] => [
  speeds(measured),
  delays(measured),
  processor(measured),
  long(measured),
  ...operationSections(measured),
  sizes(measured),
  growth(measured),
];
