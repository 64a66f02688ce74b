import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { toFile } from "openai";
import type OpenAI from "openai";
import { describe } from "vitest";
import { OPENAI, type Way } from "./support/clients.ts";
import { collect, LARGE, MESSAGES, TOOLS } from "./support/inputs.ts";
import { test as base } from "./support/test.ts";
import { bothWays, type Case } from "./support/ways.ts";

const MODEL = "gpt-5.5";

/** A file of 1 MiB, so that the upload takes many chunks. */
// oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
const test = base.extend("upload", { scope: "file" }, async ({}, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), "doppelgate-upload-"));
  onCleanup(() => rm(folder, { recursive: true }));
  const path = join(folder, "sound.wav");
  await writeFile(path, Buffer.alloc(1024 * 1024, "0123456789abcdef"));
  return path;
});

const CASES: Case<OpenAI>[] = [
  { name: "chat", run: (openai) => openai.chat.completions.create({ model: MODEL, messages: MESSAGES }) },
  {
    name: "chat stream",
    run: async (openai) =>
      collect(await openai.chat.completions.create({ model: MODEL, messages: MESSAGES, stream: true })),
  },
  {
    name: "chat stream with usage",
    run: async (openai) =>
      collect(
        await openai.chat.completions.create({
          model: "fake-usage-100-20-60-5",
          messages: MESSAGES,
          stream: true,
          stream_options: { include_usage: true },
        }),
      ),
  },
  {
    name: "chat with tools, stream helper",
    run: (openai) =>
      openai.chat.completions.stream({ model: MODEL, messages: MESSAGES, tools: TOOLS }).finalChatCompletion(),
  },
  {
    name: "chat with a body of 1 MiB",
    run: (openai) => openai.chat.completions.create({ model: MODEL, messages: [{ role: "user", content: LARGE }] }),
  },
  { name: "responses", run: (openai) => openai.responses.create({ model: MODEL, input: "say hello" }) },
  {
    name: "responses stream",
    run: async (openai) => collect(await openai.responses.create({ model: MODEL, input: "say hello", stream: true })),
  },
  {
    name: "embeddings",
    run: (openai) => openai.embeddings.create({ model: "text-embedding-3-small", input: ["one", "two"] }),
  },
  { name: "models list", run: async (openai) => (await openai.models.list()).data },
  { name: "one model", run: (openai) => openai.models.retrieve(MODEL) },
  {
    name: "speech",
    run: async (openai) => {
      const speech = await openai.audio.speech.create({ model: "gpt-4o-mini-tts", voice: "alloy", input: "one two" });
      return Buffer.from(await speech.arrayBuffer()).toString("base64");
    },
  },
  { name: "images", run: (openai) => openai.images.generate({ model: "gpt-image-1", prompt: "a gate" }) },
  { name: "moderations", run: (openai) => openai.moderations.create({ input: "a gate" }) },
  {
    name: "upload from memory",
    run: async (openai) =>
      openai.files.create({ purpose: "user_data", file: await toFile(Buffer.from("gate"), "gate.txt") }),
  },
  ...[400, 403, 404, 429, 500, 503].map((status) => ({
    name: `the provider's ${status}`,
    run: (openai: OpenAI) => openai.chat.completions.create({ model: `fake-status-${status}`, messages: MESSAGES }),
  })),
  {
    name: "the provider's error in a stream",
    run: async (openai) =>
      collect(
        await openai.chat.completions.create({ model: "fake-error-midstream", messages: MESSAGES, stream: true }),
      ),
  },
  {
    name: "a stream that the provider cuts",
    run: async (openai) => {
      const options = { model: "fake-reset-midstream", messages: MESSAGES, stream: true } as const;
      const chunks: unknown[] = [];
      const stream = await openai.chat.completions.create(options);
      const ended = await collect(stream, chunks).then(
        () => "whole",
        () => "cut",
      );
      return { ended, chunks };
    },
  },
  {
    name: "a page of HTML",
    run: (openai) => openai.chat.completions.create({ model: "fake-html", messages: MESSAGES }),
  },
  { name: "an unknown path", run: (openai) => openai.get("/no-such-thing") },
];

describe(`${OPENAI.name} through the gateway`, () => {
  for (const one of CASES) {
    test(one.name, async ({ harness, token, expect }) => {
      await bothWays({ harness, token, expect }, OPENAI, one);
    });
  }

  test("transcription streamed from a file", async ({ harness, token, upload, expect }) => {
    const { through } = await bothWays({ harness, token, expect }, OPENAI, {
      name: "transcription",
      run: (openai) =>
        openai.audio.transcriptions.create({ model: "gpt-4o-transcribe", file: createReadStream(upload) }),
    });
    const names = through.recordings[0]?.headers.map(([name]) => name.toLowerCase());
    expect(names).toContain("transfer-encoding");
    expect(names).not.toContain("content-length");
  });

  test("the SDK's own retries", async ({ harness, token, expect }) => {
    const patient = { ...OPENAI, make: (way: Way) => OPENAI.make(way, 1) };
    const { through } = await bothWays({ harness, token, expect }, patient, {
      name: "retried",
      run: (openai) => openai.chat.completions.create({ model: "fake-status-500", messages: MESSAGES }),
    });
    expect(through.recordings).toHaveLength(2);
  });
});
