import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "vitest";
import { installPeers } from "../../../scripts/bench/peers/compare.ts";
import { LITELLM } from "../../../scripts/bench/peers/litellm.ts";
import { PORTKEY } from "../../../scripts/bench/peers/portkey.ts";
import { asJson, asTable } from "../../../scripts/bench/peers/report.ts";

let cache = "";
beforeEach(async () => void (cache = await mkdtemp(join(tmpdir(), "doppelgate-peers-test-"))));
afterEach(() => rm(cache, { recursive: true, force: true }));

describe("peers that can't be installed", () => {
  it("are told row by row, with the reason, and the others go on", async ({ expect }) => {
    const said: string[] = [];
    const { ready, missing } = await installPeers(
      [PORTKEY, LITELLM],
      cache,
      (line) => said.push(line),
      (program) => (program.command === "npm" ? Promise.resolve() : Promise.reject(new Error("python3 is missing"))),
    );
    expect(ready.map(({ peer }) => peer)).toEqual([PORTKEY]);
    expect(missing.map(({ id, measured }) => [id, measured])).toEqual([
      ["litellm.master", null],
      ["litellm.limited", null],
    ]);
    const reason = "litellm 1.106.12 couldn't be installed from PyPI: python3 is missing";
    expect(missing.map((row) => row.reason)).toEqual([reason, reason]);
    expect(said).toHaveLength(2);
    const results = { rate: null, rows: missing };
    expect(asTable(results)).toContain(`NOT COMPARED: LiteLLM, master key (litellm 1.106.12): ${reason}`);
    expect(asJson(results)).toMatchObject({
      rate: null,
      rows: [
        { id: "litellm.master", measured: null, reason },
        { id: "litellm.limited", measured: null, reason },
      ],
    });
  });
});
