import { stat } from "node:fs/promises";
import { join } from "node:path";
import type Anthropic from "@anthropic-ai/sdk";
import { GenerateVideosOperation } from "@google/genai";
import { describe, type ExpectStatic } from "vitest";
import { type Harness, type Issued, KEYS } from "../harness.ts";
import { ANTHROPIC_0, ANTHROPIC_1, GENAI_1, GENAI_3, type ClientKind } from "./support/clients.ts";
import { collect, MESSAGES } from "./support/inputs.ts";
import { test } from "./support/files.ts";
import { bothWays, type Case } from "./support/ways.ts";

const params = { model: "claude-haiku-4-5", max_tokens: 20, messages: MESSAGES };

/** What a run gives, with the one field that must differ cut down to the part that mustn't. */
function pathsOnly<Batch extends { results_url: string | null }>(batch: Batch): Batch {
  return { ...batch, results_url: batch.results_url === null ? null : new URL(batch.results_url).pathname };
}

/** Runs a case both ways, and expects that the client asked nobody but the gateway. */
async function inside<Client>(
  context: { harness: Harness; token: Issued; expect: ExpectStatic },
  kind: ClientKind<Client>,
  one: Case<Client>,
): Promise<unknown> {
  const { through } = await bothWays(context, kind, one);
  const origins = through.exchanges.map(({ url }) => new URL(url).origin);
  context.expect([...new Set(origins)]).toEqual([context.harness.gatewayUrl]);
  return through.result;
}

const BATCHES: Case<Anthropic>[] = [
  {
    name: "create, retrieve, results",
    run: async ({ messages: { batches } }) => {
      const created = await batches.create({
        requests: [
          { custom_id: "one", params },
          { custom_id: "two", params },
        ],
      });
      const retrieved = await batches.retrieve(created.id);
      const results = await collect(await batches.results(created.id));
      return { created, retrieved: pathsOnly(retrieved), results };
    },
  },
  {
    name: "beta: create, retrieve, results",
    run: async ({ beta: { messages } }) => {
      const { batches } = messages;
      const { id } = await batches.create({ requests: [{ custom_id: "beta", params }] });
      return { retrieved: pathsOnly(await batches.retrieve(id)), results: await collect(await batches.results(id)) };
    },
  },
  {
    name: "list, page by page",
    run: async ({ messages: { batches } }) => {
      for (const custom_id of ["three", "four"]) await batches.create({ requests: [{ custom_id, params }] });
      return (await collect(batches.list({ limit: 2 }))).slice(0, 4).map(pathsOnly);
    },
  },
  {
    name: "cancel",
    run: async ({ messages: { batches } }) => {
      const { id } = await batches.create({ requests: [{ custom_id: "five", params }] });
      return batches.cancel(id);
    },
  },
  ...["gzip", "br", "deflate"].map((coding) => ({
    name: `retrieve an answer in ${coding}`,
    run: async ({ messages: { batches } }: Anthropic) => {
      const { id } = await batches.create({ requests: [{ custom_id: coding, params }] });
      return pathsOnly(await batches.retrieve(id, {}, { headers: { "x-fake-coding": coding } }));
    },
  })),
];

for (const kind of [ANTHROPIC_1, ANTHROPIC_0]) {
  describe(`batches of ${kind.name}`, () => {
    for (const one of BATCHES) {
      test(one.name, async ({ harness, token, expect }) => {
        await inside({ harness, token, expect }, kind, one);
      });
    }

    test("results_url in a coding that the gateway can't read doesn't pass", async ({ harness, token, expect }) => {
      const { batches } = kind.make({ url: harness.gatewayUrl, key: token.secret }).messages;
      const { id } = await batches.create({ requests: [{ custom_id: "zstd", params }] });
      const retrieved = batches.retrieve(id, {}, { headers: { "x-fake-coding": "zstd" } });
      await expect(retrieved).rejects.toMatchObject({ status: 502 });
      await expect(retrieved).rejects.toThrow("Anthropic answered 200 in a form that can't be passed on.");
    });

    test("results_url leads to the gateway", async ({ harness, token, expect }) => {
      const { batches } = kind.make({ url: harness.gatewayUrl, key: token.secret }).messages;
      const { id } = await batches.create({ requests: [{ custom_id: "seven", params }] });
      for (const batch of [await batches.retrieve(id), ...(await batches.list()).data]) {
        expect(batch.results_url).toBe(`${harness.gatewayUrl}/v1/messages/batches/${batch.id}/results`);
      }
    });
  });
}

/** Begins a video; @google/genai 3 itself no longer offers that for Gemini's own API. */
async function beginVideo(url: string, key: string): Promise<string> {
  const response = await fetch(`${url}/v1beta/models/veo-3.1:predictLongRunning`, {
    method: "POST",
    headers: { "x-goog-api-key": key, "content-type": "application/json" },
    body: JSON.stringify({ instances: [{ prompt: "a cat" }] }),
  });
  const { name } = (await response.json()) as { name: string };
  return name;
}

describe("generated videos", () => {
  for (const kind of [GENAI_3, GENAI_1]) {
    test(`${kind.name} finds and downloads the video of an operation`, async ({ harness, token, file, expect }) => {
      const operation = new GenerateVideosOperation();
      operation.name = await beginVideo(harness.gatewayUrl, token.secret);
      const downloadPath = join(file.folder, "video.mp4");
      const result = await inside({ harness, token, expect }, kind, {
        name: "video",
        run: async ({ files, operations }) => {
          const { response } = await operations.getVideosOperation({ operation });
          const video = response?.generatedVideos?.[0]?.video ?? {};
          const uri = new URL(video.uri ?? "");
          await files.download({ file: video, downloadPath });
          const { size } = await stat(downloadPath);
          return { protocol: uri.protocol, path: uri.pathname + uri.search, size };
        },
      });
      const path = expect.stringMatching(/^\/v1beta\/files\/[a-z0-9]+:download\?alt=media$/);
      expect(result).toEqual({ protocol: "https:", path, size: 64_000 });
    });
  }
});

test("video.uri has the gateway's host, so that the AI SDK brings its key there", async ({
  harness,
  token,
  expect,
}) => {
  const name = await beginVideo(harness.gatewayUrl, token.secret);
  const headers = { "x-goog-api-key": token.secret };
  const text = await (await fetch(`${harness.gatewayUrl}/v1beta/${name}`, { headers })).text();
  const uri = new URL(/"uri": "([^"]+)"/.exec(text)?.[1] ?? "");
  expect(uri.protocol).toBe("https:");
  expect(uri.host).toBe(new URL(harness.gatewayUrl).host);
  // What it does next, over the plain http of a local run.
  const video = await fetch(`${harness.gatewayUrl}${uri.pathname}${uri.search}&key=${token.secret}`);
  expect(video.status).toBe(200);
  expect(video.redirected).toBe(true);
  expect(new URL(video.url).origin).toBe(harness.gatewayUrl);
  expect(new URL(video.url).pathname).toMatch(/^\/download\/v1beta\/files\//);
  expect(video.url).not.toContain(KEYS.gemini);
  // Its one credential is in the query, so it has to be in the redirect as well.
  expect(new URL(video.url).searchParams.get("key")).toBe(token.secret);
  const recording = harness.providers.gemini.recordings.at(-1);
  expect(recording?.target).toMatch(/^\/download\/v1beta\/files\/[a-z0-9]+:download\?alt=media$/);
});
