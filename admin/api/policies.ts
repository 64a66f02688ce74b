import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AdminApp } from "../context.ts";
import { requireFreshApi } from "../fresh.tsx";
import type { PolicyView } from "../registry/types.ts";
import {
  defaultInput,
  namedShape,
  policiesJson,
  policiesShape,
  policyDeletion,
  policyInput,
  policyJson,
  policyPatch,
} from "./policy-schemas.ts";
import { refused, valueOf } from "./problem.ts";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";

const ONE = z.object({ policy: namedShape });
const byId = { params: z.object({ id: z.string() }) };
const WRITE = { ...WRITE_PROBLEMS, ...PROBLEMS.input };

const list = createRoute({
  method: "get",
  path: "/api/policies",
  summary: "List the named policies",
  responses: { 200: answer("All policies, by name.", policiesShape), ...READ_PROBLEMS },
});

const create = createRoute({
  method: "post",
  path: "/api/policies",
  summary: "Create a policy",
  request: { body: body(policyInput) },
  responses: { 201: answer("The policy.", ONE), ...WRITE, ...PROBLEMS.conflict },
});

const choose = createRoute({
  method: "put",
  path: "/api/policies/default",
  summary: "Say which policy new tokens follow",
  request: { body: body(defaultInput) },
  responses: { 200: answer("All policies.", policiesShape), ...WRITE, ...PROBLEMS.missing },
});

const read = createRoute({
  method: "get",
  path: "/api/policies/{id}",
  summary: "Read a policy",
  request: byId,
  responses: { 200: answer("The policy.", ONE), ...READ_PROBLEMS, ...PROBLEMS.missing },
});

const update = createRoute({
  method: "patch",
  path: "/api/policies/{id}",
  summary: "Change a policy, and all tokens that follow it",
  request: { ...byId, body: body(policyPatch) },
  responses: { 200: answer("The policy as it is now.", ONE), ...WRITE, ...PROBLEMS.missing, ...PROBLEMS.conflict },
});

const remove = createRoute({
  method: "delete",
  path: "/api/policies/{id}",
  summary: "Delete a policy",
  middleware: requireFreshApi,
  request: { ...byId, body: { ...body(policyDeletion), required: false } },
  responses: {
    200: answer("The policies that are left.", policiesShape),
    ...WRITE,
    ...PROBLEMS.missing,
    ...PROBLEMS.conflict,
  },
});

/** Puts the routes of named policies onto the API. */
export function policyRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(list, async (c) => c.json(policiesJson(await c.var.bindings.registry.listPolicies()), 200));

  api.openapi(create, async (c) => {
    const policy = valueOf(await c.var.bindings.registry.createPolicy(c.req.valid("json"), c.var.actor));
    return c.json({ policy: policyJson(policy) }, 201, { location: `/api/policies/${policy.id}` });
  });

  api.openapi(choose, async (c) => {
    const { id } = c.req.valid("json");
    return c.json(policiesJson(valueOf(await c.var.bindings.registry.setDefaultPolicy(id, c.var.actor))), 200);
  });

  api.openapi(read, async (c) => {
    const policy = policyOf((await c.var.bindings.registry.listPolicies()).policies, c.req.valid("param").id);
    return c.json({ policy: policyJson(policy) }, 200);
  });

  api.openapi(update, async (c) => {
    const { id } = c.req.valid("param");
    const outcome = await c.var.bindings.registry.updatePolicy(id, c.req.valid("json"), c.var.actor);
    return c.json({ policy: policyJson(valueOf(outcome)) }, 200);
  });

  api.openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    // A request without a body passes unchecked, as {}: this gives it the defaults.
    const { detach } = policyDeletion.parse(c.req.valid("json"));
    return c.json(policiesJson(valueOf(await c.var.bindings.registry.deletePolicy(id, detach, c.var.actor))), 200);
  });
}

/**
 * Finds a policy.
 *
 * @throws ProblemError where there is none of that id
 */
export function policyOf(policies: readonly PolicyView[], id: string): PolicyView {
  const found = policies.find((policy) => policy.id === id);
  if (found === undefined) throw refused({ kind: "missing", field: null, message: "There is no policy of that id." });
  return found;
}
