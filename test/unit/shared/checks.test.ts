import { describe, it } from "vitest";
import { isAmount, isNumber, isText, listOf, oneOf, orNull, shapeOf } from "../../../shared/checks.ts";

describe("a check", () => {
  it("takes numbers that are numbers alone, and amounts from zero", ({ expect }) => {
    expect([0, -1.5].every(isNumber)).toBe(true);
    expect([Number.NaN, Infinity, "1", null, undefined].some(isNumber)).toBe(false);
    expect([0, 0.5].every(isAmount)).toBe(true);
    expect([-1, Number.NaN, "1", null].some(isAmount)).toBe(false);
  });

  it("takes null only where it may", ({ expect }) => {
    expect(orNull(isText)(null)).toBe(true);
    expect(orNull(isText)(undefined)).toBe(false);
    expect(isText(null)).toBe(false);
  });

  it("looks at each member of a list", ({ expect }) => {
    const isList = listOf(oneOf(["a", "b"]));
    expect(isList([])).toBe(true);
    expect(isList(["a", "b"])).toBe(true);
    expect(isList(["a", "c"])).toBe(false);
    expect(isList({ 0: "a", length: 1 })).toBe(false);
  });
});

describe("the check of an object", () => {
  const isPoint = shapeOf<{ x: number; name: string | null }>({ x: isNumber, name: orNull(isText) });

  it("takes one whose fields are right, and others beside them", ({ expect }) => {
    expect(isPoint({ x: 1, name: null, more: [] })).toBe(true);
  });

  it.for([{ x: 1 }, { x: "1", name: null }, [1, null], null, "x", undefined])("refuses %j", (value, { expect }) => {
    expect(isPoint(value)).toBe(false);
  });
});
