import { beforeAll } from "vitest";
import { forgetTelling } from "../../../gateway/telling.ts";

// What the last file's requests still had to tell would open guards anew in the next one.
beforeAll(() => forgetTelling());
