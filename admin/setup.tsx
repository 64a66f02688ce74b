import type { Context } from "hono";
import { MIN_SECRET_LENGTH } from "./bindings.ts";
import { isApiPath } from "./api/errors.ts";
import { problemResponse } from "./api/problem.ts";
import { page } from "./console/page.tsx";
import { SetupPage } from "./console/pages/setup.tsx";

const COMMAND = "npx wrangler secret put ADMIN_SECRET -c wrangler.admin.toml";

/** The answer to everything while the admin has no usable secret: shut, and saying how to open it. */
export function setupAnswer(c: Context): Response | Promise<Response> {
  if (!isApiPath(c.req.path)) return page(c, <SetupPage minLength={MIN_SECRET_LENGTH} command={COMMAND} />, 503);
  return problemResponse(c, {
    status: 503,
    code: "not-set-up",
    title: "The admin isn't set up",
    detail: `ADMIN_SECRET is missing or shorter than ${MIN_SECRET_LENGTH} characters. Set it with: ${COMMAND}`,
  });
}
