import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { AdminApp } from "../context.ts";
import { tokenOf } from "../finding.ts";
import { requireFreshApi } from "../fresh.tsx";
import type { TokenCursor } from "../registry/types.ts";
import { gatewayFor } from "../handover/gateway-address.ts";
import { endStreams } from "../streams.ts";
import { encodeTokenCursor } from "./cursor.ts";
import { valueOf } from "./problem.ts";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";
import { sortOf, tokenQuery } from "./list-schemas.ts";
import { listedJson, listedShape } from "./list-shapes.ts";
import { rotationInput, tokenInput, tokenPatch } from "./schemas.ts";
import { issuedShape, preparedJson, preparedShape, tokenJson, tokenShape } from "./shapes.ts";
import { time, toTimeOrNull } from "./times.ts";

const ONE = z.object({ token: tokenShape });
const PAGE = z.object({
  tokens: z.array(listedShape),
  total: z.int().openapi({ description: "How many match in all; where `totalIsExact` is false, that many or more." }),
  totalIsExact: z.boolean().openapi({
    description: "Many are counted up to a bound: of a filter or a search 1,000. Actions on many tokens count all.",
  }),
  previous: z.string().nullable().openapi({ description: "The cursor of the page before; null: this is the first." }),
  next: z.string().nullable(),
  usedAsOf: time
    .nullable()
    .openapi({ description: "When all of the tokens' use was last known; null: never, so what is missing may exist." }),
});
const byId = { params: z.object({ id: z.string() }) };
const CREATED = "The token and its secret, or where a claim link was asked for, that; shown this once.";
const WRITE = { ...WRITE_PROBLEMS, ...PROBLEMS.input };

const list = createRoute({
  method: "get",
  path: "/api/tokens",
  summary: "List tokens",
  request: { query: tokenQuery },
  responses: {
    200: answer("A page of tokens; `next` is null at the end.", PAGE),
    ...READ_PROBLEMS,
    ...PROBLEMS.input,
  },
});

const create = createRoute({
  method: "post",
  path: "/api/tokens",
  summary: "Create a token",
  middleware: requireFreshApi,
  request: { body: body(tokenInput) },
  responses: { 201: answer(CREATED, z.union([issuedShape, preparedShape])), ...WRITE, ...PROBLEMS.conflict },
});

const read = createRoute({
  method: "get",
  path: "/api/tokens/{id}",
  summary: "Read a token",
  request: byId,
  responses: { 200: answer("The token; a deleted one too.", ONE), ...READ_PROBLEMS, ...PROBLEMS.missing },
});

const update = createRoute({
  method: "patch",
  path: "/api/tokens/{id}",
  summary: "Change a token",
  request: { ...byId, body: body(tokenPatch) },
  responses: { 200: answer("The token as it is now.", ONE), ...WRITE, ...PROBLEMS.missing, ...PROBLEMS.conflict },
});

const remove = createRoute({
  method: "delete",
  path: "/api/tokens/{id}",
  summary: "Delete a token for good",
  middleware: requireFreshApi,
  request: byId,
  responses: { 200: answer("The deleted token.", ONE), ...WRITE_PROBLEMS, ...PROBLEMS.missing },
});

const rotate = createRoute({
  method: "post",
  path: "/api/tokens/{id}/rotate",
  summary: "Give a token a new secret",
  middleware: requireFreshApi,
  request: { ...byId, body: { ...body(rotationInput), required: false } },
  responses: {
    200: answer("The token and its new secret, shown this once.", issuedShape),
    ...WRITE,
    ...PROBLEMS.missing,
    ...PROBLEMS.conflict,
  },
});

const streams = createRoute({
  method: "post",
  path: "/api/tokens/{id}/end-streams",
  summary: "End a token's open streams and sockets",
  request: byId,
  responses: {
    200: answer(
      "`ended`: the long ones, which were told at once. Those younger than 2.5 s end within 3 s, and aren't counted.",
      z.object({ ended: z.number().int() }),
    ),
    ...WRITE_PROBLEMS,
    ...PROBLEMS.missing,
  },
});

/** Puts the routes of tokens onto the API. */
export function tokenRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(list, async (c) => {
    const filter = c.req.valid("query");
    const { tokens, total, totalIsExact, previous, next, uses } = await c.var.bindings.registry.listTokens(filter);
    const place = (cursor: TokenCursor | null): string | null =>
      cursor === null ? null : encodeTokenCursor(cursor, sortOf(filter));
    const places = { previous: place(previous), next: place(next) };
    const counted = { total, totalIsExact };
    return c.json({ tokens: tokens.map(listedJson), ...counted, ...places, usedAsOf: toTimeOrNull(uses.asOf) }, 200);
  });

  api.openapi(create, async (c) => {
    const input = c.req.valid("json");
    const issued = valueOf(await c.var.bindings.registry.createToken(input, c.var.actor));
    const { secret, token } = issued;
    const made = input.claim === null ? { secret, token: tokenJson(token) } : preparedJson(issued, gatewayFor(c));
    return c.json(made, 201, { location: `/api/tokens/${token.id}` });
  });

  api.openapi(read, async (c) => {
    const token = await tokenOf(c.var.bindings.registry, c.req.valid("param").id);
    return c.json({ token: tokenJson(token) }, 200);
  });

  api.openapi(update, async (c) => {
    const { id } = c.req.valid("param");
    const outcome = await c.var.bindings.registry.updateToken(id, c.req.valid("json"), c.var.actor);
    return c.json({ token: tokenJson(valueOf(outcome)) }, 200);
  });

  api.openapi(remove, async (c) => {
    const outcome = await c.var.bindings.registry.deleteToken(c.req.valid("param").id, c.var.actor);
    return c.json({ token: tokenJson(valueOf(outcome)) }, 200);
  });

  api.openapi(streams, async (c) => {
    const { ended } = await endStreams(c.var.bindings, c.req.valid("param").id, c.var.actor);
    return c.json({ ended }, 200);
  });

  api.openapi(rotate, async (c) => {
    const { id } = c.req.valid("param");
    // A request without a body passes unchecked, as {}: this gives it the defaults.
    const rotation = rotationInput.parse(c.req.valid("json"));
    const { secret, token } = valueOf(await c.var.bindings.registry.rotateToken(id, rotation, c.var.actor));
    return c.json({ secret, token: tokenJson(token) }, 200);
  });
}
