import { createRoute, type OpenAPIHono } from "@hono/zod-openapi";
import type { AdminApp } from "../context.ts";
import { inTime } from "../deadline.ts";
import { allPricesShape, listedJson, ownJson, ownShape, pricesInput } from "./price-schemas.ts";
import { invalidInput, toFieldErrors, valueOf } from "./problem.ts";
import { answer, body, PROBLEMS, READ_PROBLEMS, WRITE_PROBLEMS } from "./route.ts";

const read = createRoute({
  method: "get",
  path: "/api/prices",
  summary: "Read all prices",
  responses: { 200: answer("The owner's prices and the built-in ones.", allPricesShape), ...READ_PROBLEMS },
});

const replace = createRoute({
  method: "put",
  path: "/api/prices",
  summary: "Replace the owner's prices",
  request: { body: body(pricesInput) },
  responses: { 200: answer("The owner's prices as they are now.", ownShape), ...WRITE_PROBLEMS, ...PROBLEMS.input },
});

/** Puts the routes of prices onto the API. */
export function priceRoutes(api: OpenAPIHono<AdminApp>): void {
  api.openapi(read, async (c) => {
    const { registry, gateway } = c.var.bindings;
    const [own, builtIn] = await Promise.all([
      registry.readPrices(),
      inTime(gateway.builtInPrices()).catch(() => null),
    ]);
    const told = builtIn === null ? null : { ...builtIn, prices: builtIn.prices.map(listedJson) };
    return c.json({ own: { ...own, prices: own.prices.map(ownJson) }, builtIn: told }, 200);
  });

  api.openapi(
    replace,
    async (c) => {
      const { prices } = c.req.valid("json");
      const { registry } = c.var.bindings;
      const own = valueOf(await registry.changePrices({ do: "replaceAll", prices }, c.var.actor));
      return c.json({ ...own, prices: own.prices.map(ownJson) }, 200);
    },
    (result) => {
      // A list of prices is long: which one of them is wrong has to be said.
      if (!result.success) throw invalidInput(toFieldErrors(result.error.issues, true));
    },
  );
}
