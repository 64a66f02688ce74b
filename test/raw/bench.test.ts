import { beforeAll, describe, it } from "vitest";
import { SMOKE } from "../../scripts/bench/extents.ts";
import { figuresIn } from "../../scripts/bench/figure.ts";
import { sectionsOf } from "../../scripts/bench/figures.ts";
import type { Measured } from "../../scripts/bench/measured.ts";
import { asJson, asMarkdown } from "../../scripts/bench/report.ts";
import { measureAll } from "../../scripts/bench/running.ts";

let measured: Measured;
beforeAll(async () => {
  measured = await measureAll(SMOKE, null, () => undefined);
}, 300_000);

/** Every number in an object. */
const numbersIn = (value: unknown): unknown[] =>
  typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [value];

// How fast anything is, `npm run bench` says on a quiet machine, and no test.
describe("the bench", () => {
  it("measures every figure of its object", ({ expect }) => {
    const numbers = numbersIn(asJson(figuresIn(sectionsOf(measured))));
    expect(numbers.length).toBeGreaterThan(15);
    // Only Linux tells the CPU time and the memory of a process.
    if (process.platform === "linux") expect(numbers.filter((one) => typeof one !== "number")).toEqual([]);
  });

  it("counts that no request writes to KV, and that a busy token asks its guard for few of its requests", ({
    expect,
  }) => {
    const { unlimited, limited } = measured.operations;
    expect([unlimited.busy.kvWrites, unlimited.calm.kvWrites, limited.busy.kvWrites, limited.calm.kvWrites]).toEqual([
      0, 0, 0, 0,
    ]);
    for (const { busy } of [unlimited, limited]) expect(busy.guardCalls).toBeLessThan(900);
  });

  it("writes all of it down", ({ expect }) => {
    const sections = sectionsOf(measured);
    const page = asMarkdown(sections, { now: new Date(), machine: "a machine", before: "" });
    for (const { name } of figuresIn(sections)) expect(page).toContain(name);
  });
});
