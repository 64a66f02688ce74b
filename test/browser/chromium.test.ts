import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "vitest";
import { findChromium, launchChromium } from "./chromium.ts";

const folder = await mkdtemp(join(tmpdir(), "doppelgate-chromium-"));

async function program(name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, "");
  await chmod(path, 0o755);
  return path;
}

describe("Chromium is found", () => {
  test("by CHROME_PATH first", async ({ expect, onTestFinished }) => {
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const named = await program("my-chrome");
    const inPath = await program("google-chrome");
    expect(await findChromium({ CHROME_PATH: named, PATH: folder })).toEqual({ path: named, environment: {} });
    expect(await findChromium({ PATH: `/nowhere:${folder}` })).toEqual({ path: inPath, environment: {} });
    await expect(findChromium({ CHROME_PATH: join(folder, "missing") })).rejects.toThrow("CHROME_PATH is no program");
  });

  // The package holds a program for this one kind of machine.
  const bare = process.platform === "linux" && process.arch === "x64" ? test : () => undefined;
  bare("in the npm package on a bare Linux machine, and runs", async ({ expect }) => {
    const browser = await launchChromium(await findChromium({}));
    const page = await browser.newPage();
    await page.setContent("<h1>it runs</h1>");
    expect(await page.textContent("h1")).toBe("it runs");
    await browser.close();
  });
});
