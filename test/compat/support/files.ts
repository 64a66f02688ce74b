import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base } from "./test.ts";

/** A file in a folder of its own. */
export interface TestFile {
  folder: string;
  path: string;
  bytes: Buffer<ArrayBuffer>;
}

/** A test with a file of 9 MiB and a bit, so that SDKs send it in two parts. */
export const test = base.extend(
  "file",
  { scope: "file" },
  // oxlint-disable-next-line no-empty-pattern -- vitest reads the names of the fixtures off the pattern
  async ({}, { onCleanup }): Promise<TestFile> => {
    const folder = await mkdtemp(join(tmpdir(), "doppelgate-file-"));
    onCleanup(() => rm(folder, { recursive: true }));
    const path = join(folder, "film.mp4");
    const bytes = randomBytes(9 * 1024 * 1024 + 12_345);
    await writeFile(path, bytes);
    return { folder, path, bytes };
  },
);
