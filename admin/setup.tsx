import type { Context } from "hono";
import { type AdminBindings, MIN_SECRET_LENGTH } from "./bindings.ts";
import { isApiPath } from "./api/errors.ts";
import { problemResponse } from "./api/problem.ts";
import { secretCommand, type SetupFault } from "./auth/settings.ts";
import { page } from "./console/page.tsx";
import { SetupPage } from "./console/pages/setup.tsx";

const NO_SECRET: SetupFault = {
  message: `ADMIN_SECRET is missing or shorter than ${MIN_SECRET_LENGTH} characters.`,
  command: secretCommand("put", "ADMIN_SECRET"),
};

const inOneLine = ({ message, command }: SetupFault): string =>
  command === null ? message : `${message} Set it with: ${command}`;

/** The answer to everything while the admin's settings leave the door in doubt: shut, and saying how to open it. */
export function setupAnswer(
  c: Context,
  { adminSecret, faults }: Pick<AdminBindings, "adminSecret" | "faults">,
): Response | Promise<Response> {
  const all = adminSecret === null ? [NO_SECRET, ...faults] : faults;
  if (!isApiPath(c.req.path)) return page(c, <SetupPage faults={all} />, 503);
  return problemResponse(c, {
    status: 503,
    code: "not-set-up",
    title: "The admin isn't set up",
    detail: all.map(inOneLine).join(" "),
  });
}
