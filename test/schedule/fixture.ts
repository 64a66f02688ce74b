import { test as base } from "vitest";
import { LOGIN, Sandbox } from "./sandbox.ts";

/** A test with its own sandbox. Whatever the test was about, the login must not have been printed or stored. */
export const test = base.extend<{ box: Sandbox }>({
  // oxlint-disable-next-line eslint/no-empty-pattern -- vitest reads the pattern
  box: async ({}, use) => {
    const box = await Sandbox.open();
    try {
      await use(box);
      if (box.everything.includes(LOGIN)) throw new Error("the login was printed or stored");
    } finally {
      await box.close();
    }
  },
});
