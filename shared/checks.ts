// What is looked at in a value that comes from outside: a table of its fields, each with its check.

/** Tells whether a value is what it has to be. */
export type Check = (value: unknown) => boolean;

export const isText: Check = (value) => typeof value === "string";
export const isFlag: Check = (value) => typeof value === "boolean";
/** A number that is one. */
export const isNumber: Check = (value) => Number.isFinite(value);
/** A number, zero or more. */
export const isAmount: Check = (value) => typeof value === "number" && isNumber(value) && value >= 0;

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
export const oneOf =
  (values: readonly unknown[]): Check =>
  (value) =>
    values.includes(value);
export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every((one) => check(one));

/** A check of an object: each field's has to pass. There may be other fields. */
export function shapeOf<T>(fields: Readonly<Record<keyof T, Check>>): (value: unknown) => value is T {
  const rows = Object.entries<Check>(fields);
  return (value): value is T => isObject(value) && rows.every(([name, check]) => check(value[name]));
}
