import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "vitest";
import { unstable_readConfig as readConfig } from "wrangler";

// SECURITY.md names a test for each promise: it mustn't go on to name one that is gone.

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "SECURITY.md"), "utf8");
const NAMED = [...page.matchAll(/\[[^\]]+\]\((test\/[^)]+)\) “([^”]+)”/g)].map(([, file = "", title = ""]) => ({
  file,
  title,
}));
/** Rows of the tables of promises: two columns, and a test in the second. */
const PROMISES = page
  .slice(page.indexOf("## What is promised"), page.indexOf("## What isn't promised"))
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (?:promise|-+) /.test(line));

/** The part of wrangler's configuration used here; its own types need a package that wrangler doesn't install. */
interface Observed {
  observability: {
    redact_query_string: boolean;
    logs: { enabled: boolean; invocation_logs: boolean };
    traces: { enabled: boolean };
  };
}

describe("SECURITY.md", () => {
  it("names a test for each promise", ({ expect }) => {
    expect(PROMISES.length).toBeGreaterThan(30);
    expect(PROMISES.filter((line) => !/\]\(test\/[^)]+\) “/.test(line))).toEqual([]);
  });

  it("names tests that there are, by words of theirs", ({ expect }) => {
    expect(NAMED.length).toBeGreaterThan(50);
    const gone = NAMED.filter(({ file, title }) => {
      const path = join(ROOT, file);
      return !existsSync(path) || !readFileSync(path, "utf8").includes(title);
    });
    expect(gone).toEqual([]);
  });

  it("names every file of this tier", ({ expect }) => {
    const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".test.ts"));
    expect(files.filter((name) => !page.includes(`(test/attacks/${name})`))).toEqual([]);
  });
});

describe("the platform's own logs", () => {
  for (const name of ["gateway", "admin"]) {
    it(`keep no address and no header of a request: ${name}`, ({ expect }) => {
      const config = readConfig({ config: join(ROOT, `wrangler.${name}.toml`) }) as unknown as Observed;
      expect(config.observability).toMatchObject({
        redact_query_string: true,
        logs: { enabled: true, invocation_logs: false },
        traces: { enabled: false },
      });
    });
  }
});
