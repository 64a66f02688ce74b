import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GoogleGenAI } from "@google/genai";
import { describe } from "vitest";
import { type Harness, type Issued, KEYS } from "../harness.ts";
import { GENAI_1, GENAI_3 } from "./support/clients.ts";
import { test, type TestFile } from "./support/files.ts";
import { bothWays } from "./support/ways.ts";
import { credentialsOf, placesOf } from "./support/wire.ts";

const mimeType = "video/mp4";
const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("base64");

interface UploadCase {
  name: string;
  parts: number;
  run(genai: GoogleGenAI, file: TestFile): Promise<unknown>;
}

const CASES: UploadCase[] = [
  {
    name: "files.upload of a path",
    parts: 2,
    run: ({ files }, { path }) => files.upload({ file: path, config: { mimeType, displayName: "grüße" } }),
  },
  {
    name: "files.upload of a Blob",
    parts: 2,
    run: ({ files }, { bytes }) => files.upload({ file: new Blob([bytes], { type: mimeType }) }),
  },
  {
    name: "files.upload of a small Blob",
    parts: 1,
    run: ({ files }) => files.upload({ file: new Blob(["small"], { type: "text/plain" }) }),
  },
  {
    name: "fileSearchStores.uploadToFileSearchStore",
    parts: 2,
    run: ({ fileSearchStores }, { path }) =>
      fileSearchStores.uploadToFileSearchStore({ fileSearchStoreName: "fileSearchStores/s-1", file: path }),
  },
];

const ENVIRONMENT: UploadCase = {
  name: "environments.files.upload",
  parts: 2,
  run: ({ environments }, { bytes }) =>
    environments.files.upload({ environment: "e-1", path: "a/film.mp4", file: bytes, mime_type: mimeType }),
};

for (const [kind, cases] of [
  [GENAI_3, [...CASES, ENVIRONMENT]],
  [GENAI_1, CASES],
] as const) {
  describe(`uploads of ${kind.name}`, () => {
    for (const one of cases) {
      test(one.name, async ({ harness, token, file, expect }) => {
        const run = (genai: GoogleGenAI): Promise<unknown> => one.run(genai, file);
        const { through } = await bothWays({ harness, token, expect }, kind, { name: one.name, run });
        // The first leg, and each part.
        expect(through.recordings).toHaveLength(1 + one.parts);
        expect(through.exchanges.map(({ url }) => new URL(url).origin)).toEqual(
          through.recordings.map(() => harness.gatewayUrl),
        );
        expect(JSON.stringify(through.result)).toMatch(/"(name|path)":/);
      });
    }

    test("upload, look, download, delete", async ({ harness, token, file, expect }) => {
      const saved: Buffer[] = [];
      const { through } = await bothWays({ harness, token, expect }, kind, {
        name: "life of a file",
        run: async ({ files }) => {
          const { name = "" } = await files.upload({ file: file.path, config: { mimeType } });
          const described = await files.get({ name });
          const downloadPath = join(file.folder, `copy-${saved.length}.mp4`);
          await files.download({ file: name, downloadPath });
          saved.push(await readFile(downloadPath));
          return { described, deleted: await files.delete({ name }) };
        },
      });
      expect(saved.map(sha256)).toEqual([sha256(file.bytes), sha256(file.bytes)]);
      expect(through.result).toMatchObject({ described: { sha256Hash: sha256(file.bytes) } });
      expect(through.recordings.map(({ target }) => target).join(" ")).toMatch(/:download\?alt=media \/download\//);
      expect(new Set(through.exchanges.map(({ url }) => new URL(url).origin))).toEqual(new Set([harness.gatewayUrl]));
    });
  });
}

/** The first leg as the AI SDK, Python's SDK and curl send it. */
async function begin(harness: Harness, { secret }: Issued, size: number): Promise<string> {
  const response = await fetch(`${harness.gatewayUrl}/upload/v1beta/files`, {
    method: "POST",
    headers: {
      "x-goog-api-key": secret,
      "x-goog-upload-protocol": "resumable",
      "x-goog-upload-command": "start",
      "x-goog-upload-header-content-length": String(size),
      "x-goog-upload-header-content-type": "text/plain",
      "content-type": "application/json",
      "x-fake-model": "fake-random-ids",
    },
    body: JSON.stringify({ file: { displayName: "keyless" } }),
  });
  const url = response.headers.get("x-goog-upload-url") ?? "";
  if (response.headers.get("x-goog-upload-control-url") !== url) throw new Error("The control URL differs.");
  return url;
}

const command = (what: string, body = "", headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  headers: { "x-goog-upload-command": what, "x-goog-upload-offset": "0", ...headers },
  ...(body !== "" && { body }),
});

describe("a second leg without a key, as the AI SDK and Python's SDK send it", () => {
  test("works; the provider gets its own key, and nobody's token", async ({ harness, token, expect }) => {
    const url = await begin(harness, token, 5);
    expect(new URL(url).origin).toBe(harness.gatewayUrl);
    expect(url).not.toContain(token.secret);
    const response = await fetch(url, command("upload, finalize", "hello"));
    expect(response.headers.get("x-goog-upload-status")).toBe("final");
    expect(await response.json()).toMatchObject({ file: { displayName: "keyless", sizeBytes: "5" } });
    const sent = harness.providers.gemini.recordings.at(-1);
    if (sent === undefined) throw new Error("nothing was sent");
    expect(sent.target).toMatch(/^\/upload\/v1beta\/files\?upload_id=[\w-]+&upload_protocol=resumable$/);
    expect(credentialsOf(sent)).toEqual([`x-goog-api-key: ${KEYS.gemini}`]);
    expect(placesOf(token.secret, sent)).toEqual([]);
  });

  test("can be asked about, go wrong, go on and be given up", async ({ harness, token, expect }) => {
    const url = await begin(harness, token, 262_144 + 5);
    const part = "x".repeat(262_144);
    expect((await fetch(url, command("upload", part))).headers.get("x-goog-upload-status")).toBe("active");
    const wrong = await fetch(url, command("upload, finalize", "hello", { "x-goog-upload-offset": "7" }));
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({ error: { message: "Wrong offset 7; expected 262144." } });
    const asked = await fetch(url, command("query"));
    expect(asked.headers.get("x-goog-upload-size-received")).toBe("262144");
    const last = await fetch(url, command("upload, finalize", "hello", { "x-goog-upload-offset": "262144" }));
    expect(last.headers.get("x-goog-upload-status")).toBe("final");
    const other = await begin(harness, token, 5);
    expect((await fetch(other, command("cancel"))).headers.get("x-goog-upload-status")).toBe("cancelled");
  });

  test("with the token sent along, as @google/genai 1.34 does", async ({ harness, token, expect }) => {
    const url = await begin(harness, token, 5);
    const response = await fetch(url, command("upload, finalize", "hello", { "x-goog-api-key": token.secret }));
    expect(response.headers.get("x-goog-upload-status")).toBe("final");
  });

  test("ends with its token: at once when it is revoked", async ({ harness, expect }) => {
    const issued = await harness.admin.issue();
    const url = await begin(harness, issued, 262_144 + 5);
    expect((await fetch(url, command("query"))).status).toBe(200);
    await harness.admin.edit(issued.id, { status: "disabled" });
    const before = harness.providers.gemini.recordings.length;
    const response = await fetch(url, command("upload, finalize", "hello"));
    expect(response.status).toBe(401);
    expect(response.headers.get("x-doppelgate-error")).toBe("unknown_token");
    expect(harness.providers.gemini.recordings.length).toBe(before);
    await harness.admin.edit(issued.id, { status: "active" });
    expect((await fetch(url, command("query"))).status).toBe(200);
  });

  test("is good for no other upload and no other holder", async ({ harness, token, expect }) => {
    const [one, two] = [new URL(await begin(harness, token, 5)), new URL(await begin(harness, token, 5))];
    two.searchParams.set("gw", one.searchParams.get("gw") ?? "");
    const swapped = await fetch(two, command("upload, finalize", "hello"));
    expect(swapped.status).toBe(401);
    expect(swapped.headers.get("x-doppelgate-error")).toBe("invalid_upload_capability");
    const other = await harness.admin.issue();
    const stolen = await fetch(one, command("upload, finalize", "hello", { "x-goog-api-key": other.secret }));
    expect(stolen.status).toBe(401);
    expect(stolen.headers.get("x-doppelgate-error")).toBe("invalid_upload_capability");
    expect(await stolen.json()).toMatchObject({
      error: { message: "This upload address is not valid here, or not any more. Start the upload again." },
    });
  });
});
